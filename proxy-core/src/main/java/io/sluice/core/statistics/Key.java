// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.sluice.routing.topology.BackendAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What statements and errors are counted by. One object of a loop is used again for every look-up, and copied when it
 * is to be kept, so that counting what is known allocates nothing.
 */
final class Key {
    private String user = "";
    private String schema = "";
    private int hostgroup;
    private long number;
    private @Nullable BackendAddress server;

    /**
     * @param of the digest, or the code of an error
     * @param from null where all servers are counted together
     */
    Key set(String by, @Nullable String in, int to, long of, @Nullable BackendAddress from) {
        user = by;
        schema = in == null ? "" : in;
        hostgroup = to;
        number = of;
        server = from;
        return this;
    }

    Key copy() {
        return new Key().set(user, schema, hostgroup, number, server);
    }

    String user() {
        return user;
    }

    String schema() {
        return schema;
    }

    int hostgroup() {
        return hostgroup;
    }

    long number() {
        return number;
    }

    BackendAddress server() {
        return Objects.requireNonNull(server);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Key that
                && number == that.number
                && hostgroup == that.hostgroup
                && user.equals(that.user)
                && schema.equals(that.schema)
                && Objects.equals(server, that.server);
    }

    @Override
    public int hashCode() {
        int names = user.hashCode() * 31 + schema.hashCode();
        return (names * 31 + hostgroup) * 31 + Long.hashCode(number) + (server == null ? 0 : server.hashCode());
    }
}
