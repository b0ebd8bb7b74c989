// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.topology.BackendAddress;
import org.jspecify.annotations.Nullable;

/**
 * A statement and what its session's past demands of the place where it runs.
 *
 * @param inTransaction by the server's last status flags
 * @param autocommit by the server's last status flags
 * @param readOnly whether a transaction that the statement begins is a read-only one unless it says otherwise
 * @param pinnedTo the backend of a lease that is kept, for a transaction, a pin, or (class L) the statement before
 * @param requiredGtids the writes that it must see: a replica must have them
 * @param writtenAtNanos when a write was answered whose GTID is not known, 0 for none: a replica must have all that
 *     the source was observed to have after this moment
 * @param writtenOn the node of a cluster that took this write, and so has it; null: unknown
 * @param mayWait whether a replica may be asked to wait for those writes if none is known to have them
 * @param direction where a read is wanted by a hint and the like
 * @param clientKey names the client, for balancers that keep a client on one replica
 */
public record RouteRequest(
        Statement statement,
        boolean inTransaction,
        boolean autocommit,
        boolean readOnly,
        @Nullable BackendAddress pinnedTo,
        GtidSet requiredGtids,
        long writtenAtNanos,
        @Nullable BackendAddress writtenOn,
        boolean mayWait,
        Direction direction,
        long clientKey) {

    /** That nobody directs anywhere. */
    public RouteRequest(
            Statement statement,
            boolean inTransaction,
            boolean autocommit,
            boolean readOnly,
            @Nullable BackendAddress pinnedTo,
            GtidSet requiredGtids,
            long writtenAtNanos,
            boolean mayWait,
            long clientKey) {
        this(
                statement,
                inTransaction,
                autocommit,
                readOnly,
                pinnedTo,
                requiredGtids,
                writtenAtNanos,
                null,
                mayWait,
                Direction.NONE,
                clientKey);
    }

    /** Of a session that has done nothing yet. */
    public static RouteRequest ofNewSession(Statement statement) {
        return new RouteRequest(statement, false, true, false, null, GtidSet.EMPTY, 0, false, 0);
    }

    /** The same for a session that keeps a connection to this backend, or none. */
    public RouteRequest pinnedTo(@Nullable BackendAddress backend) {
        return new RouteRequest(
                statement,
                inTransaction,
                autocommit,
                readOnly,
                backend,
                requiredGtids,
                writtenAtNanos,
                writtenOn,
                mayWait,
                direction,
                clientKey);
    }

    /** The same, wanted there. */
    public RouteRequest directed(Direction where) {
        return new RouteRequest(
                statement,
                inTransaction,
                autocommit,
                readOnly,
                pinnedTo,
                requiredGtids,
                writtenAtNanos,
                writtenOn,
                mayWait,
                where,
                clientKey);
    }
}
