// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.protocol.auth.PasswordHash;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The admin port, which speaks the MySQL protocol.
 *
 * @param generatePassword whether, without users, there is one whose password is made at the first start
 * @param database the file of the schema disk; null for none
 * @param maxDigests of statements that are counted; 0: none
 * @param maxDecisions of routing that are kept; 0: none
 * @param decisionsOneIn of so many statements one's decision is kept; 1: all
 */
public record AdminSettings(
        ListenAddress listen,
        List<User> users,
        boolean generatePassword,
        @Nullable Path database,
        int maxDigests,
        int maxDecisions,
        int decisionsOneIn) {
    public AdminSettings {
        users = List.copyOf(users);
    }

    /** What an admin user may do. */
    public enum Role implements Keyword {
        /** Everything. */
        ADMIN,
        /** Look, and what concerns servers and clients that are there, but no change of the configuration. */
        OPERATOR,
        /** Look, but not at passwords. */
        READ_ONLY;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Someone who may log in to the admin port.
     *
     * @param hash of the password, of mysql_native_password; null where the password is given
     */
    public record User(
            String name, Secret password, @Nullable PasswordHash hash, Role role) {
        /** With a password, who may do everything. */
        public User(String name, Secret password) {
            this(name, password, null, Role.ADMIN);
        }

        static Optional<User> read(Section section) {
            Optional<String> name = UserSettings.name(section, "The name to log in with.");
            String text = section.get(Key.text(
                    "password_hash",
                    "",
                    "In place of the password, its hash: * and 40 hex digits, SHA1(SHA1(password))."));
            Secret password = section.secret(text.isEmpty(), "this admin user");
            Optional<PasswordHash> hash = PasswordHash.parse(text)
                    .filter(known -> known.nativeDigest().isPresent());
            if (!text.isEmpty() && hash.isEmpty()) {
                section.problem(
                        "password_hash",
                        "is not * and 40 hex digits",
                        "on the admin port, SELECT mysql_native_password('...') tells a password's");
            }
            if (!text.isEmpty() && !password.isEmpty()) {
                section.problem("password_hash", "a password and password_hash are both given", "remove one of them");
            }
            Role role = section.get(Key.choice(
                    "role",
                    Role.ADMIN,
                    Role.class,
                    "What the user may do: all; servers and clients, not the configuration; or only look."));
            return name.map(valid -> new User(valid, password, hash.orElse(null), role));
        }
    }

    static AdminSettings read(Section section) {
        return new AdminSettings(
                section.get(Key.listen("listen", "127.0.0.1:6032", "Where admins connect with a MySQL client.")),
                section.list("users", "Who may log in to the admin port.", User::read, User::name),
                section.get(Key.flag(
                        "generate_password",
                        true,
                        "Where nobody is listed: the user admin, whose password is made and shown at the first start;"
                                + " false: nobody.")),
                section.path("database", "A file where SAVE ... TO DISK keeps what is configured there; \"\": none."),
                section.get(Key.integer(
                        "max_digests",
                        2000,
                        0,
                        1_000_000,
                        "Most digests of statements that are counted, those that come most often; 0: none.")),
                section.get(Key.integer(
                        "max_decisions",
                        1000,
                        0,
                        100_000,
                        "Of so many statements, the latest, it is kept where they went and why; 0: of none.")),
                section.get(Key.integer(
                        "decisions_one_in",
                        1,
                        1,
                        1_000_000,
                        "Of so many statements one is kept so; 1: all, more: those kept reach back further.")));
    }

    /** Whether anybody can log in: who is listed, or the one whose password is made. */
    boolean hasUsers() {
        return !users.isEmpty() || generatePassword;
    }
}
