// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of the configuration can be changed while Sluice runs, as it is by now. */
public record InForce(List<ServerSettings> servers, List<User> users, List<RuleSpec> rules) {
    public InForce {
        servers = List.copyOf(servers);
        users = List.copyOf(users);
        rules = List.copyOf(rules);
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
