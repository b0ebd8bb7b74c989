// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.protocol.Shape;
import io.sluice.protocol.auth.Password;
import org.jspecify.annotations.Nullable;

/**
 * What a connection cannot change after its handshake, hence must fit the session that leases it: user, password,
 * shape, and the collation that the client named in its handshake, from which the server derives the session's
 * charsets. Immutable. No record, since every command looks a pool up by it and the hash is worth keeping.
 */
public final class PoolKey {
    private final String user;
    private final Password password;
    private final Shape shape;
    private final int collation;
    private final int hash;

    /** @param password compared by identity: a reloaded configuration makes new connections */
    public PoolKey(String user, Password password, Shape shape, int collation) {
        this.user = user;
        this.password = password;
        this.shape = shape;
        this.collation = collation;
        this.hash = 31 * (31 * user.hashCode() + shape.bits()) + collation;
    }

    public String user() {
        return user;
    }

    public Password password() {
        return password;
    }

    public Shape shape() {
        return shape;
    }

    public int collation() {
        return collation;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a password has no other equality
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof PoolKey that
                        && hash == that.hash
                        && collation == that.collation
                        && shape.bits() == that.shape.bits()
                        && password == that.password
                        && user.equals(that.user);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "PoolKey[" + user + ", " + shape + ", collation=" + collation + "]";
    }
}
