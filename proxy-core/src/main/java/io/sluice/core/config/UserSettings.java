// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Someone who may log in.
 *
 * @param proof that clients give
 * @param backendUser as whom Sluice logs in to servers
 * @param backendPasswords that it shows there; null for what clients show
 * @param maxClients 0 for no limit
 * @param schema of a client that names none; empty for none
 */
public record UserSettings(
        String name,
        ClientProof proof,
        String backendUser,
        @Nullable Passwords backendPasswords,
        int maxClients,
        String schema,
        Access access) {

    /** Which clients may log in as the user: what their TLS must be, and from where they may come. */
    public record Access(TlsRequirement tls, List<HostPattern> from) {
        /** Any client from anywhere. */
        public static final Access ANY = new Access(TlsRequirement.NONE, List.of(HostPattern.ANY));

        public Access {
            from = List.copyOf(from);
        }

        static Access read(Section section, MysqlSettings mysql) {
            return new Access(
                    TlsRequirement.read(section, mysql),
                    section.getSome(new Key<>(
                            "from",
                            HostPattern.ANY,
                            "%",
                            HostPattern.ALLOWED,
                            "Where this user's clients may come from; one pattern or a list.",
                            HostPattern::parse,
                            text -> "write it as 10.0.0.0/8, 192.168.1.% or localhost; names are not resolved")));
        }
    }

    /**
     * A password, or two that are as good while it is being changed.
     *
     * @param old null for none
     */
    public record Passwords(Secret current, @Nullable Secret old) {}

    /** The same with another proof. */
    public UserSettings with(ClientProof other) {
        return new UserSettings(name, other, backendUser, backendPasswords, maxClients, schema, access);
    }

    static Optional<UserSettings> read(Section section, MysqlSettings mysql) {
        Optional<String> name = name(section, "The name to log in with.");
        ClientProof proof = ClientProof.read(section);
        String backendUser = section.get(new Key<>(
                "backend_user",
                "",
                "users[].name",
                "a user's name",
                "As whom Sluice logs in to the servers for this user.",
                Optional::of,
                text -> ""));
        Passwords backendPasswords = backendPasswords(section);
        int maxClients = section.get(new Key<>(
                "max_clients",
                mysql.maxClientsPerUser(),
                "mysql.max_clients_per_user",
                "a whole number from 0 to 1000000",
                "Most clients at once of this user; 0: no limit.",
                Key.integer("", 0, 0, 1_000_000, "").parse(),
                text -> "write a number without a unit, such as 100"));
        String schema = section.get(Key.text("schema", "", "The schema of a client that names none at login."));
        Access access = Access.read(section, mysql);
        return name.map(valid -> new UserSettings(
                valid,
                proof,
                backendUser.isEmpty() ? valid : backendUser,
                backendPasswords,
                maxClients,
                schema,
                access));
    }

    private static @Nullable Passwords backendPasswords(Section section) {
        Optional<Secret> given = section.secret(
                "backend_password", "The password on the servers, where it is another than here; may be ${NAME}.");
        Secret old = ClientProof.other(
                section,
                "backend_old_password",
                "While the one on the servers is being changed, the other one that is valid there; may be ${NAME}.");
        if (given.isPresent()) {
            return new Passwords(given.get(), old);
        }
        if (old != null && !section.has("backend_password_file")) {
            section.problem(
                    section.has("backend_old_password") ? "backend_old_password" : "backend_old_password_file",
                    "is given without backend_password",
                    "add backend_password, or write old_password if clients show the same as servers get");
        }
        return null;
    }

    static Optional<String> name(Section section, String meaning) {
        return section.require(
                Key.required("name", "a user's name", meaning),
                text -> Optional.of(text).filter(Predicate.not(String::isEmpty)),
                "write the user's name");
    }
}
