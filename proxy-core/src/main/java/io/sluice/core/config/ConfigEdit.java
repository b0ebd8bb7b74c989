// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.core.config.ConfigItem.KeyChange;
import io.sluice.core.config.HostgroupSettings.ServerRole;
import io.sluice.core.config.InForce.User;
import io.sluice.core.config.YamlText.ListChange;
import io.sluice.routing.hostgroup.RoleNumbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Makes the text of a file say what is in force. */
final class ConfigEdit {
    private static final String USERS = "users";
    private static final String HOSTGROUPS = "hostgroups";

    private ConfigEdit() {}

    /**
     * The text that says so.
     *
     * @param before what the text says now
     * @param settings the texts of single settings of which it says something else, by their keys
     */
    static String text(String file, String text, SluiceConfig before, InForce wanted, Map<String, String> settings)
            throws ConfigException {
        String edited = lists(file, text, before, wanted);
        for (Map.Entry<String, String> setting : settings.entrySet()) { // they are few, and each moves the next
            YamlText next =
                    new YamlText(edited, SluiceConfig.compose(file, edited).orElse(null));
            next.set(List.of(setting.getKey().split("\\.")), YamlScalar.of(setting.getValue()));
            edited = next.toString();
        }
        return edited;
    }

    private static String lists(String file, String text, SluiceConfig before, InForce wanted) throws ConfigException {
        Node root = SluiceConfig.compose(file, text).orElse(null);
        YamlText edited = new YamlText(text, root);
        InForce now = InForce.of(before);
        Map<List<String>, ListChange> changes = new LinkedHashMap<>();
        changes.put(List.of("servers"), change(servers(now, before), servers(wanted, before)));
        changes.put(
                isMapping(root, USERS) ? List.of(USERS, "list") : List.of(USERS),
                change(users(now, before), users(wanted, before)));
        changes.put(List.of("rules"), change(rules(now), rules(wanted)));
        changes.put(List.of(HOSTGROUPS), change(hostgroups(null, before), hostgroups(wanted.roles(), before)));
        changes.keySet().stream()
                .sorted(Comparator.comparing(edited::line).reversed())
                .forEach(path -> edited.change(path, Objects.requireNonNull(changes.get(path))));
        return edited.toString();
    }

    private static boolean isMapping(@Nullable Node root, String key) {
        return root instanceof MappingNode mapping
                && mapping.getValue().stream()
                        .anyMatch(tuple -> tuple.getKeyNode() instanceof ScalarNode name
                                && name.getValue().equals(key)
                                && tuple.getValueNode() instanceof MappingNode);
    }

    private static ListChange change(Map<String, ConfigItem> now, Map<String, ConfigItem> wanted) {
        Map<String, ConfigItem> left = new LinkedHashMap<>(wanted);
        List<@Nullable List<KeyChange>> changes = new ArrayList<>();
        now.forEach((name, item) -> {
            ConfigItem next = left.remove(name);
            changes.add(next == null ? null : next.changesFrom(item));
        });
        return new ListChange(changes, List.copyOf(left.values()));
    }

    /** What a configuration says otherwise than it should, in words; empty if nothing. */
    static List<String> differences(SluiceConfig config, InForce wanted) {
        InForce now = InForce.of(config);
        List<String> all = new ArrayList<>();
        compare("server", servers(now, config), servers(wanted, config), all);
        compare("user", users(now, config), users(wanted, config), all);
        compare("rule", rules(now), rules(wanted), all);
        RoleNumbers roles = config.allHostgroups().roles();
        if (wanted.roles() != null && !wanted.roles().equals(roles)) {
            all.add("the hostgroups of the source and of the replicas");
        }
        Map<String, User> written = new HashMap<>();
        now.users().forEach(user -> written.put(user.settings().name(), user));
        for (User user : wanted.users()) {
            User there = written.get(user.settings().name());
            if (there != null
                    && !Objects.equals(
                            user.settings().backendPasswords(), there.settings().backendPasswords())) {
                all.add("user " + user.settings().name()
                        + " has a backend_password, which is written to no file by itself");
            }
        }
        return all;
    }

    private static void compare(
            String what, Map<String, ConfigItem> now, Map<String, ConfigItem> wanted, List<String> all) {
        wanted.forEach((name, item) -> {
            if (!item.equals(now.get(name))) {
                all.add(what + " " + name);
            }
        });
        now.keySet().stream().filter(name -> !wanted.containsKey(name)).forEach(name -> all.add(what + " " + name));
    }

    private static Map<String, ConfigItem> servers(InForce layer, SluiceConfig file) {
        return named(layer.servers().stream()
                .map(server -> ConfigItem.of(server, file.pool()))
                .toList());
    }

    private static Map<String, ConfigItem> users(InForce layer, SluiceConfig file) {
        return named(layer.users().stream()
                .map(user -> ConfigItem.of(user.settings(), user.defaultHostgroup(), user.remark(), file.mysql()))
                .toList());
    }

    private static Map<String, ConfigItem> rules(InForce layer) {
        return named(layer.rules().stream().map(ConfigItem::of).toList());
    }

    /** Those of the file, of which the first for the source and the first for the replicas get these numbers. */
    private static Map<String, ConfigItem> hostgroups(@Nullable RoleNumbers roles, SluiceConfig file) {
        Map<String, ConfigItem> items = new LinkedHashMap<>();
        for (HostgroupSettings one : file.hostgroups()) {
            String key = one.role() == ServerRole.MEMBERS || items.containsKey(key(one)) ? "id " + one.id() : key(one);
            if (roles == null || !key.equals(key(one))) {
                items.put(key, ConfigItem.of(one, key, one.id(), ""));
            } else {
                int id = one.role() == ServerRole.SOURCE ? roles.source() : roles.replicas();
                items.put(key, ConfigItem.of(one, key, id, roles.name()));
            }
        }
        if (roles != null && !roles.equals(file.allHostgroups().roles())) {
            add(items, roles.source(), ServerRole.SOURCE, roles.name());
            add(items, roles.replicas(), ServerRole.REPLICAS, roles.name());
        }
        return items;
    }

    private static String key(HostgroupSettings hostgroup) {
        return hostgroup.role().keyword();
    }

    private static void add(Map<String, ConfigItem> items, int id, ServerRole role, String name) {
        HostgroupSettings added = new HostgroupSettings(id, name, role, Set.of(), null);
        items.putIfAbsent(key(added), ConfigItem.of(added, key(added), id, name));
    }

    private static Map<String, ConfigItem> named(List<ConfigItem> items) {
        Map<String, ConfigItem> named = new LinkedHashMap<>();
        items.forEach(item -> named.put(item.name(), item));
        return named;
    }
}
