// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.config.ClientProof;
import io.sluice.core.config.ConfigException;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.ConfigMode;
import io.sluice.core.config.InForce;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.Users;
import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.RuleList;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerList;
import io.sluice.core.view.UserList;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.hostgroup.RoleNumbers;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes the configuration while the proxy runs: by its file, or single settings. Thread-safe. */
public final class ConfigReload implements ConfigControl {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    private final ConfigFile file;
    private final ServerList servers;
    private final RuleList rules;
    private final UserList users;
    private final Consumer<SluiceConfig> settings;
    /** Of settings that have changed since the start, by their keys. Guarded by this, as is what they make. */
    private Map<String, String> texts = Map.of();

    private SluiceConfig inForce;

    /** @param settings takes those that can change, whenever some have */
    public ConfigReload(
            ConfigFile file, ServerList servers, RuleList rules, UserList users, Consumer<SluiceConfig> settings) {
        this.file = file;
        this.servers = servers;
        this.rules = rules;
        this.users = users;
        this.settings = settings;
        this.inForce = file.atStart();
    }

    @Override
    public SluiceConfig read() throws Refused {
        return version().config();
    }

    private ConfigFile.Version version() throws Refused {
        try {
            return file.read();
        } catch (ConfigException mistakes) {
            throw new Refused(String.valueOf(mistakes.getMessage()));
        }
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public boolean isAsKnown() throws Refused {
        try {
            return file.isAsKnown();
        } catch (ConfigException mistakes) {
            throw new Refused(String.valueOf(mistakes.getMessage()));
        }
    }

    @Override
    public synchronized ConfigFile.Version reload() throws Refused {
        if (file.atStart().mode() == ConfigMode.DATABASE) {
            throw new Refused(
                    "config.mode is database, so that the file's servers, users, rules and settings do not count; LOAD"
                            + " MYSQL SERVERS FROM CONFIG (USERS, QUERY RULES) takes them over one by one, LOAD .. TO RUNTIME"
                            + " puts them in force, SAVE .. TO DISK keeps them");
        }
        ConfigFile.Version now = version();
        refuseIfWrong(now.config());
        SluiceConfig next = with(now.changeable());
        boolean newServers = takeServers(now.config().servers());
        boolean newRules =
                takeRules(now.config().rules(), now.config().allHostgroups().roles());
        boolean newUsers = takeUsers(UserList.Entry.of(now.config()));
        boolean newSettings = take(now.changeable(), next);
        file.accept(now);
        LOG.info(
                "event=config_reloaded file={} servers={} rules={} users={} settings={} needs_restart=\"{}\"",
                file.path(),
                word(newServers),
                word(newRules),
                word(newUsers),
                word(newSettings),
                String.join(", ", now.restart()));
        return now;
    }

    @Override
    public synchronized SluiceConfig settings() {
        return inForce;
    }

    @Override
    public synchronized void change(Map<String, String> changes) throws Refused {
        Map<String, String> all = new HashMap<>(texts);
        all.putAll(changes);
        if (take(all, with(all))) {
            LOG.info("event=settings_changed keys=\"{}\"", String.join(", ", new TreeSet<>(changes.keySet())));
        }
    }

    private SluiceConfig with(Map<String, String> all) throws Refused {
        try {
            return file.with(all);
        } catch (ConfigException mistakes) {
            throw new Refused(mistakes.problems().stream()
                    .map(problem -> problem.path() + ": " + problem.wrong() + "; " + problem.right())
                    .collect(Collectors.joining("; ")));
        }
    }

    private boolean take(Map<String, String> all, SluiceConfig next) {
        boolean changed = !partsThatCanChange(next).equals(partsThatCanChange(inForce));
        texts = Map.copyOf(all);
        inForce = next;
        if (changed) {
            settings.accept(next);
        }
        return changed;
    }

    private static List<?> partsThatCanChange(SluiceConfig config) {
        return List.of(
                config.mysql(),
                config.backend(),
                config.pool(),
                config.monitor(),
                config.routing(),
                config.failover(),
                config.log());
    }

    @Override
    public synchronized ConfigFile.Saved save(boolean force) throws Refused {
        try {
            ConfigFile.Saved saved = file.save(inForce(), force);
            LOG.info("event=config_saved file={} backup={}", file.path(), saved.backup());
            return saved;
        } catch (ConfigException | IOException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private InForce inForce() {
        return new InForce(
                listedServers(),
                users.users().stream()
                        .map(user -> new InForce.User(
                                user.settings(),
                                user.defaultHostgroup(),
                                new Users.Remark(user.active(), user.comment())))
                        .toList(),
                rules.rules().stream().map(Rule::spec).toList(),
                texts,
                rules.hostgroups().roles());
    }

    private List<ServerSettings> listedServers() {
        return servers.servers().stream()
                .filter(server -> !server.discovered())
                .map(ServerList.Entry::settings)
                .toList();
    }

    private static String word(boolean changed) {
        return changed ? "changed" : "same";
    }

    /** What is right in a file may need something that counts after a restart only. */
    private void refuseIfWrong(SluiceConfig now) throws Refused {
        List<String> problems = new ArrayList<>();
        Hostgroups there = file.atStart().allHostgroups();
        try {
            there = there.withRoles(now.allHostgroups().roles());
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        for (Rule rule : now.rules()) {
            Integer hostgroup = rule.spec().action().hostgroup();
            if (hostgroup != null && there.byId(hostgroup) == null) {
                problems.add("rule " + rule.id() + " names hostgroup " + hostgroup);
            }
        }
        for (Map.Entry<String, Integer> user : now.defaultHostgroups().entrySet()) {
            if (there.byId(user.getValue()) == null) {
                problems.add("user " + user.getKey() + " has the default_hostgroup " + user.getValue());
            }
        }
        if (now.users().stream().noneMatch(user -> now.isActive(user.name()))
                && !file.atStart().authentication().passthrough()) {
            problems.add("no user is listed, so nobody could log in");
        }
        if (!problems.isEmpty()) {
            throw new Refused(String.join("; ", problems)
                    + "; hostgroups with members, and authentication, are read at a restart only: restart");
        }
    }

    private boolean takeServers(List<ServerSettings> next) throws Refused {
        if (listedServers().equals(next)) {
            return false;
        }
        servers.replace(next);
        return true;
    }

    /** The same ones go on counting their hits. */
    private boolean takeRules(List<Rule> next, RoleNumbers numbers) throws Refused {
        List<RuleSpec> specs = next.stream().map(Rule::spec).toList();
        if (rules.rules().stream().map(Rule::spec).toList().equals(specs)
                && rules.hostgroups().roles().equals(numbers)) {
            return false;
        }
        rules.replace(specs, numbers);
        return true;
    }

    private boolean takeUsers(List<UserList.Entry> next) throws Refused {
        List<UserList.Entry> known = withKnownPasswords(next);
        if (users.users().equals(known)) {
            return false;
        }
        users.replace(known);
        return true;
    }

    /** Of a user whose password is known, a file that has its hash, as one that was saved, says nothing new. */
    private List<UserList.Entry> withKnownPasswords(List<UserList.Entry> next) {
        Map<String, ClientProof> proofs = new HashMap<>();
        users.users().forEach(user -> proofs.put(user.name(), user.settings().proof()));
        return next.stream()
                .map(user -> {
                    ClientProof now = proofs.get(user.name());
                    return now != null && user.settings().proof().isHashOf(now)
                            ? user.with(user.settings().with(now))
                            : user;
                })
                .toList();
    }
}
