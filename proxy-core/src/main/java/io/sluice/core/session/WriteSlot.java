// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.routing.gtid.GtidSet;

/**
 * The tag that the transactions of one connection carry in their GTIDs (manual: gtid_next, AUTOMATIC:tag; MySQL 8.3),
 * which no other connection has at the time. A transaction of the tag with a higher number than is known is then the one
 * whose answer got lost. Confined to the connection's event loop.
 */
final class WriteSlot {
    private static final long UNSURE = -1;
    private static final int NEVER = -1;

    private final String tag;
    private final String serverUuid;
    private long known = UNSURE;
    private int setAtReset = NEVER;
    private long setAtNanos;

    WriteSlot(String tag, String serverUuid) {
        this.tag = tag;
        this.serverUuid = serverUuid;
    }

    String tag() {
        return tag;
    }

    /** Whether the connection's next transaction will carry the tag. */
    boolean isSetOn(BackendConnection connection) {
        return setAtReset == connection.resets();
    }

    void wasSetOn(BackendConnection connection, long nanos) {
        setAtReset = connection.resets();
        setAtNanos = nanos;
    }

    /** The client may have chosen another GTID. */
    void mayBeUnset() {
        setAtReset = NEVER;
    }

    boolean isSure() {
        return known != UNSURE;
    }

    /** A statement may have written more than once, or failed amid it: the server has to be asked. */
    void unsure() {
        known = UNSURE;
    }

    /** All that the server has, or what it has just written. */
    void has(GtidSet executed) {
        known = Math.max(known, executed.highest(serverUuid, tag));
    }

    /** What was on its way when the connection was lost. */
    InterruptedWrite interrupted(BackendConnection connection) {
        return new InterruptedWrite(connection.address(), serverUuid, tag, known, connection.threadId(), setAtNanos);
    }
}
