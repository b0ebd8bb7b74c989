// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.core.account.BackendAccount;
import io.sluice.protocol.Shape;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a connection cannot change after its handshake, hence must fit the session that leases it: the account that the
 * server sees, shape, the collation that the client named in its handshake, from which the server derives the session's
 * charsets, and where the client is, if servers are told. Immutable. No record, since every command looks a pool up by
 * it and the hash is worth keeping.
 */
public final class PoolKey {
    private final BackendAccount account;
    private final Shape shape;
    private final int collation;
    private final @Nullable InetAddress client;
    private final int hash;

    /** For clients wherever they are. */
    public PoolKey(BackendAccount account, Shape shape, int collation) {
        this(account, shape, collation, null);
    }

    /** @param client what servers are told of where the client is; null: nothing */
    public PoolKey(BackendAccount account, Shape shape, int collation, @Nullable InetAddress client) {
        this.account = account;
        this.shape = shape;
        this.collation = collation;
        this.client = client;
        this.hash = 31 * (31 * (31 * account.hashCode() + shape.bits()) + collation) + Objects.hashCode(client);
    }

    /** The same in another shape. */
    public PoolKey withShape(Shape other) {
        return new PoolKey(account, other, collation, client);
    }

    public BackendAccount account() {
        return account;
    }

    /** The server's name of the account. */
    public String user() {
        return account.user();
    }

    public Shape shape() {
        return shape;
    }

    public int collation() {
        return collation;
    }

    public @Nullable InetAddress client() {
        return client;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof PoolKey that
                        && hash == that.hash
                        && collation == that.collation
                        && shape.bits() == that.shape.bits()
                        && account.equals(that.account)
                        && Objects.equals(client, that.client);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "PoolKey[" + user() + ", " + shape + ", collation=" + collation + (client == null ? "" : ", " + client)
                + "]";
    }
}
