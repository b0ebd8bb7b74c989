// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Flavor;

/**
 * What the transactions of one connection carry in their GTIDs, and those of no other connection at the time: a tag
 * (manual: gtid_next, AUTOMATIC:tag; MySQL 8.3), on MariaDB a server id of the session's own. A transaction of the slot
 * with a higher number than is known is then the one whose answer got lost. Confined to the connection's event loop.
 */
final class WriteSlot {
    /** What takes it from a connection to MariaDB. */
    static final String UNSETTING = "SET SESSION server_id=@@GLOBAL.server_id";

    private static final int NEVER = -1;

    private final SlotTags.Tag tag;
    private final Flavor flavor;
    private final String serverUuid;
    private final boolean provesDefinitions;
    private SlotNumbers known = SlotNumbers.NONE;
    private boolean sure;
    private int setAtReset = NEVER;
    private long setAtNanos;
    private long usedAtNanos;

    /**
     * A slot that is not set yet.
     *
     * @param serverUuid of the server; empty on MariaDB, which has none
     * @param provesDefinitions whether CREATE TABLE and the like are in the binary log if, and only if, they are done
     */
    WriteSlot(SlotTags.Tag tag, Flavor flavor, String serverUuid, boolean provesDefinitions) {
        this.tag = tag;
        this.flavor = flavor;
        this.serverUuid = serverUuid;
        this.provesDefinitions = provesDefinitions;
    }

    boolean provesDefinitions() {
        return provesDefinitions;
    }

    SlotTags.Tag tag() {
        return tag;
    }

    /** Of the server; empty on MariaDB. */
    String serverUuid() {
        return serverUuid;
    }

    boolean isOfMariadb() {
        return flavor == Flavor.MARIADB;
    }

    /** What gives the connection the slot. */
    String setting() {
        return isOfMariadb()
                ? "SET SESSION server_id=" + tag.serverId()
                : "SET gtid_next='AUTOMATIC:" + tag.name() + "'";
    }

    /** What asks the server for the transactions that it has. */
    String question() {
        return isOfMariadb() ? "SELECT @@GLOBAL.gtid_binlog_state" : "SELECT @@GLOBAL.gtid_executed";
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
        return sure;
    }

    /** A statement may have written more than once, or failed amid it: the server has to be asked. */
    void unsure() {
        sure = false;
    }

    /** A write, or a transaction, begins. */
    void usedAt(long nanos) {
        usedAtNanos = nanos;
    }

    /** The server has answered the question; nothing of the connection is under way. */
    void answered(String gtids) {
        known = known.and(numbers(gtids));
        sure = true;
    }

    /** The server has told what it has just written. What was unknown before stays so. */
    void wrote(String gtids) {
        known = known.and(numbers(gtids));
    }

    private SlotNumbers numbers(String gtids) {
        return isOfMariadb()
                ? SlotNumbers.ofServerId(gtids, Long.toString(tag.serverId()))
                : SlotNumbers.ofTag(GtidSet.parse(gtids), serverUuid, tag.name());
    }

    /** What was on its way when the connection was lost. */
    InterruptedWrite interrupted(BackendConnection connection) {
        String name = isOfMariadb() ? Long.toString(tag.serverId()) : tag.name();
        return new InterruptedWrite(
                connection.address(), serverUuid, name, known, connection.threadId(), setAtNanos, usedAtNanos);
    }
}
