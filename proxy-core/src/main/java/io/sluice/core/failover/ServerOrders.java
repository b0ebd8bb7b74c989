// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.routing.topology.BackendAddress;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one server is told in the course of a switchover. Every method may block, for as long as its driver waits. */
interface ServerOrders extends AutoCloseable {

    /** As whom replicas log in to their source. */
    record ReplicationAccount(String user, String password) {}

    /** Opens the way to a server. */
    interface Factory {
        ServerOrders at(BackendAddress server) throws SQLException;
    }

    /** Whether it replicates from anywhere, and both threads run. */
    boolean isReplicating() throws SQLException;

    /** What no two servers have in common. */
    String identity() throws SQLException;

    boolean isWritable() throws SQLException;

    /** The statement that lets the account of these orders {@link #freeze}, for people. */
    String grantToFreeze();

    /** Takes no more writes, of nobody. */
    void freeze() throws SQLException;

    /** Takes writes. */
    void thaw() throws SQLException;

    /** All transactions that it has executed, as the server writes them. */
    String position() throws SQLException;

    /** Whether it has all of that, at the latest after a while. */
    boolean reach(String position, Duration atMost) throws SQLException;

    /** The transactions that it has and that position has not; empty for none, or if this server cannot tell. */
    String beyond(String position) throws SQLException;

    /** Stops to replicate; it still knows from whom. */
    void stopReplicating() throws SQLException;

    /** Takes up again what {@link #stopReplicating} ended. */
    void resumeReplicating() throws SQLException;

    /** Forgets from whom it replicated. */
    void forgetSource() throws SQLException;

    /**
     * Replicates from that server from now on.
     *
     * @param account null for the one it has used so far
     */
    void follow(BackendAddress source, @Nullable ReplicationAccount account) throws SQLException;

    @Override
    void close();
}
