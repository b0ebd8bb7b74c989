// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The admin port, which speaks the MySQL protocol. Without users nobody can log in.
 *
 * @param database the file of the schema disk; null for none
 * @param maxDigests of statements that are counted; 0: none
 */
public record AdminSettings(
        ListenAddress listen, List<User> users, @Nullable Path database, int maxDigests) {
    public AdminSettings {
        users = List.copyOf(users);
    }

    /** Someone who may log in to the admin port. */
    public record User(String name, Secret password) {
        static Optional<User> read(Section section) {
            Optional<String> name = UserSettings.name(section, "The name to log in with.");
            Secret password = section.secret(true, "this admin user");
            return name.map(valid -> new User(valid, password));
        }
    }

    static AdminSettings read(Section section) {
        return new AdminSettings(
                section.get(Key.listen("listen", "127.0.0.1:6032", "Where admins connect with a MySQL client.")),
                section.list("users", "Who may log in to the admin port; none: nobody.", User::read, User::name),
                section.path("database", "A file where SAVE ... TO DISK keeps what is configured there; \"\": none."),
                section.get(Key.integer(
                        "max_digests",
                        2000,
                        0,
                        1_000_000,
                        "Most digests of statements that are counted, those that come most often; 0: none.")));
    }
}
