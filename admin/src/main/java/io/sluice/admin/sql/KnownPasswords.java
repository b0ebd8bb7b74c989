// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.ClientProof;
import io.sluice.core.config.Secret;
import io.sluice.core.config.UserSettings.Passwords;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.PasswordHash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets tables hold hashes in place of passwords: what an operator writes in clear is kept here, in memory alone, by the
 * hash that the table has instead. For one thread.
 */
final class KnownPasswords {
    /** The name of {@link #keep} in SQL. */
    static final String FUNCTION = "sluice_kept_password";

    /** The name of {@link #nativeHash} in SQL. */
    static final String NATIVE_HASH = "mysql_native_password";

    /** The name of {@link #compare} in SQL. */
    static final String COLLATION = "sluice_password";

    /** Of more than these, the hash alone is known. */
    private static final int MAX = 1_000_000;

    private final Map<String, Secret> byHash = new HashMap<>();
    /** Of the same passwords, which are not hashed again each time that users are compared. */
    private final Map<Secret, String> hashes = new HashMap<>();

    /** What a table has in place of this: the same if it is a hash, or empty. */
    String keep(String written) {
        if (written.isEmpty()) {
            return written;
        }
        PasswordHash hash = PasswordHash.parse(written).orElse(null);
        return hash == null ? shown(new Secret(written)) : hash.stored();
    }

    /**
     * A password in clear is the same as its hash: who asks whether a row has the password that he has written there, as
     * tools do before they write it once more, is told that it has.
     */
    static int compare(String one, String other) {
        return one.equals(other) ? 0 : hashed(one).compareTo(hashed(other));
    }

    private static String hashed(String written) {
        return written.isEmpty()
                ? written
                : PasswordHash.parse(written).map(PasswordHash::stored).orElseGet(() -> nativeHash(written));
    }

    /** What a table has for a user who proves that. */
    String shown(ClientProof proof) {
        Passwords passwords = proof.passwords();
        return passwords == null ? proof.hashes().get(0).stored() : shown(passwords.current());
    }

    private String shown(Secret password) {
        if (password.isEmpty()) {
            return "";
        }
        String known = hashes.get(password);
        if (known != null) {
            return known;
        }
        String hash = nativeHash(password.reveal());
        if (byHash.size() < MAX) {
            byHash.put(hash, password);
            hashes.put(password, hash);
        }
        return hash;
    }

    /** What mysql_native_password stores, as ProxySQL's function of that name tells. */
    static String nativeHash(String password) {
        return PasswordHash.ofNative(Password.of(password)).stored();
    }

    /** What proves a user of whom a table has that; null if it is nothing of this. */
    @Nullable
    ClientProof proof(String inTable) {
        Secret known = inTable.isEmpty() ? Secret.EMPTY : byHash.get(inTable);
        if (known != null) {
            return new ClientProof(new Passwords(known, null), List.of());
        }
        return PasswordHash.parse(inTable)
                .map(hash -> new ClientProof(null, List.of(hash)))
                .orElse(null);
    }

    /** Whether it stands for a password that is kept here. */
    boolean isKnown(String inTable) {
        return byHash.containsKey(inTable);
    }

    /** No table has others of those that are known any more. */
    void retain(Set<String> others) {
        byHash.keySet().retainAll(others);
        hashes.values().retainAll(byHash.keySet());
    }
}
