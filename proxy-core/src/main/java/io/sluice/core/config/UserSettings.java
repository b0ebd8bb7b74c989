// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Someone who may log in, with the same name and password on the servers.
 *
 * @param oldPassword valid, too, here and on servers that refuse the password; null for none
 * @param maxClients 0 for no limit
 * @param schema of a client that names none; empty for none
 */
public record UserSettings(
        String name, Secret password, @Nullable Secret oldPassword, int maxClients, String schema) {

    static Optional<UserSettings> read(Section section, MysqlSettings mysql) {
        Optional<String> name = name(section, "The name to log in with, here and on the servers.");
        Secret password = section.secret(true, "this user, here and on the servers");
        Secret oldPassword = section.secret(
                        "old_password",
                        "While the password is being changed, the other one that is valid, too; may be ${NAME}.")
                .filter(other -> !other.isEmpty() && !other.equals(password))
                .orElse(null);
        int maxClients = section.get(new Key<>(
                "max_clients",
                mysql.maxClientsPerUser(),
                "mysql.max_clients_per_user",
                "a whole number from 0 to 1000000",
                "Most clients at once of this user; 0: no limit.",
                Key.integer("", 0, 0, 1_000_000, "").parse(),
                text -> "write a number without a unit, such as 100"));
        String schema = section.get(Key.text("schema", "", "The schema of a client that names none at login."));
        return name.map(valid -> new UserSettings(valid, password, oldPassword, maxClients, schema));
    }

    static Optional<String> name(Section section, String meaning) {
        return section.require(
                new Key<>("name", "", "required", "a user's name", meaning, Optional::of, text -> ""),
                text -> Optional.of(text).filter(Predicate.not(String::isEmpty)),
                "write the user's name");
    }
}
