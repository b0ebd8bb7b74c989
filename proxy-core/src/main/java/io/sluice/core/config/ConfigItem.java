// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.core.config.UserSettings.Passwords;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.PasswordHash;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.rule.Treatment.Multiplex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One server, user or rule as the file would say it: each key's value as YAML, in the order in which they are written.
 *
 * @param name what tells it apart from others of its list
 * @param values without the keys that are at their defaults
 */
public record ConfigItem(String name, Map<String, String> values) {
    /** Keys that are written together: they say one thing. */
    private static final List<Set<String>> GROUPS = List.of(
            Set.of(
                    "password",
                    "password_file",
                    "password_hash",
                    "old_password",
                    "old_password_file",
                    "old_password_hash"),
            Set.of("require_tls", "require_subject", "require_issuer"));

    /** By the number that the key has. */
    private static final List<Multiplex> MULTIPLEX = List.of(Multiplex.OFF, Multiplex.ON, Multiplex.UNCHANGED);

    static ConfigItem of(ServerSettings server, PoolSettings pool) {
        Values values = new Values();
        values.text("address", server.address().toString());
        values.unless(1, "weight", server.weight());
        values.unless(pool.maxConnections(), "max_connections", server.maxConnections());
        values.unless("", "zone", server.zone());
        return new ConfigItem(server.address().toString(), values.map);
    }

    /** Passwords are hashes, unless there is none; those for servers alone are left out. */
    static ConfigItem of(
            UserSettings user, @Nullable Integer defaultHostgroup, Users.Remark remark, MysqlSettings mysql) {
        Values values = new Values();
        values.text("name", user.name());
        List<String> hashes = hashes(user.proof());
        if (hashes.isEmpty()) {
            values.text("password", "");
        } else {
            values.text("password_hash", hashes.get(0));
            if (hashes.size() > 1) {
                values.text("old_password_hash", hashes.get(1));
            }
        }
        values.unless(user.name(), "backend_user", user.backendUser());
        TlsRequirement tls = user.access().tls();
        values.unless(
                TlsRequirement.Level.FALSE.keyword(), "require_tls", tls.level().keyword());
        values.unless("", "require_subject", tls.subject());
        values.unless("", "require_issuer", tls.issuer());
        if (!user.access().from().equals(List.of(HostPattern.ANY))) {
            values.map.put(
                    "from",
                    user.access().from().stream()
                            .map(pattern -> YamlScalar.of(pattern.toString()))
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        values.unless(mysql.maxClientsPerUser(), "max_clients", user.maxClients());
        values.unless("", "schema", user.schema());
        values.given("default_hostgroup", defaultHostgroup);
        values.unless(true, "active", remark.active());
        values.unless("", "comment", remark.comment());
        return new ConfigItem(user.name(), values.map);
    }

    /**
     * A hostgroup.
     *
     * @param key what tells it apart
     * @param id its number, whatever the settings say
     * @param name of it; empty for what the settings say
     */
    static ConfigItem of(HostgroupSettings hostgroup, String key, int id, String name) {
        Values values = new Values();
        values.text("id", String.valueOf(id));
        values.unless("", "name", name.isEmpty() ? hostgroup.name() : name);
        values.unless(
                HostgroupSettings.ServerRole.MEMBERS.keyword(),
                "role",
                hostgroup.role().keyword());
        return new ConfigItem(key, values.map);
    }

    /** What servers would store of the passwords, the one of now first; empty if there is no password. */
    static List<String> hashes(ClientProof proof) {
        Passwords passwords = proof.passwords();
        if (passwords == null) {
            return proof.hashes().stream().map(PasswordHash::stored).toList();
        }
        List<String> hashes = new ArrayList<>();
        if (!passwords.current().isEmpty()) {
            hashes.add(hash(passwords.current()));
            if (passwords.old() != null) {
                hashes.add(hash(passwords.old()));
            }
        }
        return hashes;
    }

    private static String hash(Secret password) {
        return PasswordHash.ofNative(Password.of(password.reveal())).stored();
    }

    /** A rule, with the keys that are not at their defaults. */
    public static ConfigItem of(RuleSpec rule) {
        RuleSpec.Match match = rule.match();
        RuleSpec.Action action = rule.action();
        Treatment treatment = action.treatment();
        Multiplex multiplex = treatment.multiplex();
        Values values = new Values();
        values.text("rule_id", String.valueOf(rule.id()));
        values.unless(true, "active", rule.active());
        values.given("username", match.user());
        values.given("schemaname", match.schema());
        values.unless(0, "flagIN", match.flagIn());
        values.given("client_addr", match.clientAddress());
        values.given("proxy_addr", match.proxyAddress());
        values.given("proxy_port", match.proxyPort());
        values.given("digest", match.digest());
        values.given("match_digest", match.matchDigest());
        values.given("match_pattern", match.matchPattern());
        values.unless(false, "negate_match_pattern", match.negate());
        values.unless("caseless", "re_modifiers", modifiers(match.caseless(), action.replacesAll()));
        values.given("replace_pattern", action.replace());
        values.given("timeout", treatment.timeoutMillis());
        values.given("delay", treatment.delayMillis());
        values.given("retries", treatment.retries());
        values.given("multiplex", multiplex == null ? null : MULTIPLEX.indexOf(multiplex));
        values.given("log", treatment.log());
        values.given("destination_hostgroup", action.hostgroup());
        values.unless(false, "unsafe", action.unsafe());
        values.given("error_msg", action.error());
        values.given("OK_msg", action.ok());
        values.given("flagOUT", rule.flagOut());
        values.unless(false, "apply", rule.apply());
        values.unless("", "comment", rule.comment());
        return new ConfigItem(String.valueOf(rule.id()), values.map);
    }

    private static String modifiers(boolean caseless, boolean global) {
        return caseless ? (global ? "caseless,global" : "caseless") : global ? "global" : "none";
    }

    /** What is to be written in place of what to get here from what the file says of the same item. */
    List<KeyChange> changesFrom(ConfigItem before) {
        List<KeyChange> changes = new ArrayList<>();
        Map<String, String> all = new LinkedHashMap<>(values);
        before.values.forEach(all::putIfAbsent);
        Set<String> done = new HashSet<>();
        for (String key : all.keySet()) {
            Set<String> group = GROUPS.stream()
                    .filter(keys -> keys.contains(key))
                    .findFirst()
                    .orElse(Set.of(key));
            boolean same = group.stream().allMatch(one -> Objects.equals(values.get(one), before.values.get(one)));
            if (!same && done.addAll(group)) {
                Map<String, String> written = new LinkedHashMap<>(values);
                written.keySet().retainAll(group);
                changes.add(new KeyChange(group, written));
            }
        }
        return changes;
    }

    /**
     * A change of some keys of an item.
     *
     * @param keys those that are not written any more
     * @param written what is written instead, as YAML
     */
    record KeyChange(Set<String> keys, Map<String, String> written) {}

    /** Collects them in order. */
    private static final class Values {
        final Map<String, String> map = new LinkedHashMap<>();

        void text(String key, String value) {
            map.put(key, YamlScalar.of(value));
        }

        void given(String key, @Nullable Object value) {
            if (value != null) {
                text(key, value.toString());
            }
        }

        void unless(Object initial, String key, Object value) {
            if (!initial.equals(value)) {
                text(key, value.toString());
            }
        }
    }
}
