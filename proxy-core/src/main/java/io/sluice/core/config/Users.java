// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The key users: a list, or a mapping with the list and, next to it, the switch that else stands in authentication.
 *
 * @param passthrough null if it is not given here
 */
record Users(List<UserSettings> list, @Nullable Boolean passthrough) {

    static Users read(Section document, MysqlSettings mysql) {
        if (!document.isMapping("users")) {
            return new Users(list(document, "users", mysql), null);
        }
        return document.section("users", section -> {
            boolean passthrough = section.get(AuthenticationSettings.PASSTHROUGH);
            return new Users(list(section, "list", mysql), document.isGiven("users.passthrough") ? passthrough : null);
        });
    }

    private static List<UserSettings> list(Section section, String name, MysqlSettings mysql) {
        return section.list(
                name,
                "Users for whom something is set; the servers know them by the same name and password, unless it says otherwise.",
                user -> UserSettings.read(user, mysql),
                UserSettings::name);
    }
}
