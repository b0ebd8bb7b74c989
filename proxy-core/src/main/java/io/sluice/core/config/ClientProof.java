// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.core.config.UserSettings.Passwords;
import io.sluice.protocol.auth.PasswordHash;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What clients prove a user's identity by: passwords, or hashes of them.
 *
 * @param passwords null if there are hashes
 * @param hashes as servers store them; each is as good
 */
public record ClientProof(@Nullable Passwords passwords, List<PasswordHash> hashes) {
    public ClientProof {
        hashes = List.copyOf(hashes);
    }

    /** Whether this is what the file has of those passwords once they are saved. */
    public boolean isHashOf(ClientProof clear) {
        return passwords == null
                && clear.passwords() != null
                && ConfigItem.hashes(clear)
                        .equals(hashes.stream().map(PasswordHash::stored).toList());
    }

    static ClientProof read(Section section) {
        Optional<Secret> password = section.secret("password", "The password of this user; may be ${NAME}.");
        Secret old = other(
                section,
                "old_password",
                "While the password is being changed, the other one that is valid, too; may be ${NAME}.");
        List<PasswordHash> hashes = Stream.of(
                        hash(section, "password_hash", "In place of the password, its hash as a server stores it."),
                        hash(section, "old_password_hash", "The same for the old password."))
                .flatMap(Optional::stream)
                .toList();
        reportContradictions(section);
        if (!hashes.isEmpty()) {
            return new ClientProof(null, hashes);
        }
        return new ClientProof(new Passwords(password.orElse(Secret.EMPTY), old), List.of());
    }

    private static void reportContradictions(Section section) {
        boolean clear = section.has("password") || section.has("password_file");
        boolean hash = section.has("password_hash");
        if (clear && hash) {
            section.problem("password_hash", "a password and password_hash are both given", "remove one of them");
        } else if (!clear && !hash) {
            section.problem("", "has neither password, password_file nor password_hash", "add one of them");
        }
        for (String old : List.of("old_password", "old_password_file")) {
            if (hash && section.has(old)) {
                section.problem(old, "is given next to password_hash", "write old_password_hash");
            }
        }
        if (!hash && section.has("old_password_hash")) {
            section.problem("old_password_hash", "is given without password_hash", "write old_password");
        }
    }

    /** The mistaken text is not shown: it may be a password. */
    private static Optional<PasswordHash> hash(Section section, String name, String meaning) {
        String text = section.get(Key.text(name, "", meaning));
        Optional<PasswordHash> hash = PasswordHash.parse(text);
        if (hash.isEmpty() && !text.isEmpty()) {
            section.problem(
                    name,
                    "is not what a server stores: * and 40 hex digits, or 0x244124... of caching_sha2_password",
                    "take it from mysql.user, or from SHOW CREATE USER with print_identified_with_as_hex");
        }
        return hash;
    }

    /** A further password, if there is one that is not empty. */
    static @Nullable Secret other(Section section, String name, String meaning) {
        return section.secret(name, meaning)
                .filter(Predicate.not(Secret::isEmpty))
                .orElse(null);
    }
}
