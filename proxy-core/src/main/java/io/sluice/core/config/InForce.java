// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.routing.hostgroup.RoleNumbers;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of the configuration can be changed while Sluice runs, as it is by now.
 *
 * @param settings the texts of single settings that may have changed since the start, by their keys; a file keeps what it
 *     says of the others
 * @param roles what the source and the replicas are counted in; null for what a file says
 */
public record InForce(
        List<ServerSettings> servers,
        List<User> users,
        List<RuleSpec> rules,
        Map<String, String> settings,
        @Nullable RoleNumbers roles) {
    public InForce {
        servers = List.copyOf(servers);
        users = List.copyOf(users);
        rules = List.copyOf(rules);
        settings = Map.copyOf(settings);
    }

    /** Of lists alone. */
    public InForce(List<ServerSettings> servers, List<User> users, List<RuleSpec> rules) {
        this(servers, users, rules, Map.of(), null);
    }

    /**
     * One user.
     *
     * @param defaultHostgroup where reads go that no hint and no rule directs; null for any replica
     */
    public record User(UserSettings settings, @Nullable Integer defaultHostgroup, Users.Remark remark) {}

    /** What a file says of it. */
    static InForce of(SluiceConfig config) {
        return new InForce(
                config.servers(),
                config.users().stream()
                        .map(user -> new User(
                                user,
                                config.defaultHostgroups().get(user.name()),
                                config.remarks().getOrDefault(user.name(), Users.Remark.NONE)))
                        .toList(),
                config.rules().stream().map(Rule::spec).toList());
    }
}
