// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.log.QueryLog;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.core.view.ExemplarView;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.protocol.packet.WireFormat;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the terminal packets of one response and draws the conclusions: what the session's state is now, whether the
 * statement wrote, what the connection holds. Belongs to one {@link Relay}; used again for every command.
 */
final class ResponseReader {
    private static final int ER_SERVER_SHUTDOWN = 1053;
    private static final int ER_OPTION_PREVENTS_STATEMENT = 1290;
    private static final int ER_READ_ONLY_MODE = 1836;
    private static final int ER_UNKNOWN_COM_ERROR = 1047;
    /** SQLSTATE "transaction rollback", such as that of a deadlock. */
    private static final String ROLLED_BACK = "40";
    /** Others that may roll back: row changed since it was read (MariaDB), lock wait timeout, error during COMMIT. */
    private static final Set<Integer> MAY_ROLL_BACK = Set.of(1020, 1205, 1180);

    private static final int EOF_HEADER = 0xfe;
    private static final Capabilities TRACKED = new Capabilities(Capabilities.CLIENT_SESSION_TRACK);

    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final StatementEffects effects;

    private Statement statement = TextlessCommands.NOTHING;
    private @Nullable Prepared prepared;
    private @Nullable BackendConnection connection;
    private Destination destination = Destination.SOURCE;
    private boolean inTransaction;
    private boolean mayGoElsewhere;
    private long sentAtNanos;
    private long affectedRows;
    private boolean sawError;
    private int errorCode;
    private boolean sawGtid;
    private boolean sawWarnings;
    private boolean sawOk;
    private boolean sawEof;
    private boolean notExecuted;
    private boolean sawRows;
    /** An error may have ended the transaction, or not kept one from beginning. */
    private boolean transactionUnsure;

    ResponseReader(Session session, LoopScope scope, SessionState state) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.effects = new StatementEffects(scope, state);
    }

    /**
     * A statement is on its way.
     *
     * @param executed the prepared statement that it runs, or null
     * @param elsewhere whether a server's word that it takes no writes is to be kept from the client, since the
     *     statement can go to another server
     */
    void begin(
            Statement sent,
            @Nullable Prepared executed,
            BackendConnection over,
            Destination to,
            boolean openTransaction,
            boolean elsewhere) {
        statement = sent;
        prepared = executed;
        connection = over;
        destination = to;
        inTransaction = openTransaction;
        mayGoElsewhere = elsewhere;
        sentAtNanos = scope.nanos();
        affectedRows = 0;
        sawError = false;
        errorCode = 0;
        sawGtid = false;
        sawWarnings = false;
        sawOk = false;
        sawEof = false;
        notExecuted = false;
        transactionUnsure = false;
    }

    /** Returns the packet that the client gets in its place, or null if it gets this one. */
    @Nullable
    ByteBuf ok(ByteBuf payload, int sequenceId) {
        int start = payload.readerIndex();
        payload.skipBytes(1);
        affectedRows += WireFormat.readLengthEncodedInteger(payload);
        long insertId = WireFormat.readLengthEncodedInteger(payload);
        int flags = payload.readUnsignedShortLE();
        sawWarnings = payload.readUnsignedShortLE() != 0;
        sawOk = true;
        if (insertId != 0) {
            state.lastInsertId().told(Objects.requireNonNull(connection), insertId);
        }
        sawRows = payload.getUnsignedByte(start) == EOF_HEADER;
        status(flags);
        if ((flags & ServerStatus.SERVER_SESSION_STATE_CHANGED) == 0) {
            return null;
        }
        payload.readerIndex(start);
        OkPacket ok = OkPacket.read(payload, TRACKED);
        changed(ok.changes());
        boolean tracks = session.capabilities().has(Capabilities.CLIENT_SESSION_TRACK);
        if (tracks && statement.has(Trait.SETS_TRACKERS)) {
            return null; // the connection has the client's trackers, not ours, so the server has chosen
        }
        ClientTrackers wanted = tracks ? state.trackers() : null;
        return ClientPackets.okForClient(session.channel().alloc(), ok, payload.readerIndex(start), wanted, sequenceId);
    }

    void eof(ByteBuf payload) {
        sawWarnings = payload.getUnsignedShortLE(payload.readerIndex() + 1) != 0;
        sawEof = true;
        sawRows = true;
        status(payload.getUnsignedShortLE(payload.readerIndex() + 3));
    }

    private void status(int flags) {
        state.setStatus(flags);
        Prepared executed = prepared;
        if (executed == null) {
            return;
        }
        boolean open = ServerStatus.cursorExists(flags) && !ServerStatus.lastRowSent(flags);
        if (executed.isCursorOpen() != open) {
            executed.setCursorOpen(open);
            if (open) {
                state.pins().hold(Pin.CURSOR);
            } else if (!session.prepared().hasOpenCursor()) {
                state.pins().letGoAll(Pin.CURSOR);
            }
        }
    }

    private void changed(SessionChanges changes) {
        BackendConnection over = Objects.requireNonNull(connection);
        boolean variablesStay = !statement.has(Trait.TRANSIENT_VARIABLES);
        BackendAddress node = nodeOf(over);
        if (state.apply(changes, variablesStay, node != null)) {
            sawGtid = true;
            if (node != null) {
                state.statementWroteAt(scope.nanos(), node);
            }
        }
        if (variablesStay) {
            over.apply(changes);
        }
        state.share(over);
        boolean explained = !changes.variables().isEmpty()
                || changes.schema() != null
                || changes.characteristics() != null
                || statement.pin() != null
                || statement.has(Trait.SETS_USER_LITERALS)
                || statement.has(Trait.SETS_ROLE);
        if (changes.stateChanged() && !explained) {
            over.markDirty();
            if (statement.statementClass() != StatementClass.R && !statement.has(Trait.UNPIN_LOCK_TABLES)) {
                state.pins().hold(Pin.UNTRACKED_STATE);
            }
        }
        scope.writeSlots().told(over, changes);
        if (changes.gtids() != null && destination == Destination.REPLICA && !inTransaction) {
            mispredicted(over.address(), "a replica wrote: GTID " + changes.gtids());
        }
    }

    private @Nullable BackendAddress nodeOf(BackendConnection over) {
        return scope.topology().isClustered(over.address()) ? over.address() : null;
    }

    /** Returns null if the client gets the packet, an empty buffer if it does not. */
    @Nullable
    ByteBuf err(ByteBuf payload, boolean relayed) {
        SqlError error = ErrPacket.read(payload.duplicate());
        sawError = true;
        errorCode = error.code();
        sawRows = false;
        transactionUnsure = inTransaction
                ? error.sqlState().startsWith(ROLLED_BACK) || MAY_ROLL_BACK.contains(error.code())
                : !state.isAutocommit();
        if (!relayed && mayGoElsewhere && refusedOutsideCluster(error)) {
            notExecuted = true;
            return Unpooled.EMPTY_BUFFER;
        }
        if (!relayed && refusedAsByReplica(error)) {
            BackendAddress address = Objects.requireNonNull(connection).address();
            if (destination == Destination.REPLICA) {
                mispredicted(address, "a replica refused a statement taken for a read");
            } else if (mayGoElsewhere) {
                notExecuted = true;
                return Unpooled.EMPTY_BUFFER;
            }
        }
        boolean mayRepeat = !relayed && mayGoElsewhere && !Loss.mayWrite(statement.statementClass());
        if (error.code() == ER_SERVER_SHUTDOWN && mayRepeat) {
            notExecuted = true;
            return Unpooled.EMPTY_BUFFER;
        }
        scope.events().serverError();
        scope.statistics()
                .failed(
                        session.user(),
                        state.schema(),
                        Objects.requireNonNull(connection).address(),
                        destination,
                        error,
                        scope.nanos());
        return null;
    }

    private void mispredicted(BackendAddress address, String what) {
        scope.events().mispredicted(address, what);
        scope.functions().distrust(statement, state.schemaOf(prepared));
    }

    /** Says that a server takes no writes, hence that this one was not executed: it has been demoted meanwhile. */
    private static boolean refusedAsByReplica(SqlError error) {
        return error.code() == ER_READ_ONLY_MODE
                || error.code() == ER_OPTION_PREVENTS_STATEMENT
                        && error.message().contains("read-only");
    }

    /** Says that a node of a Galera cluster is not in its primary component: it executes nothing that needs a table. */
    private static boolean refusedOutsideCluster(SqlError error) {
        return error.code() == ER_UNKNOWN_COM_ERROR && error.message().contains("WSREP");
    }

    /**
     * The response is complete: settles what the texts of statements tell and no tracker does.
     *
     * @param wasExecution and not, say, the preparation of the statement
     */
    void ended(boolean wasExecution, Supplier<@Nullable StatementText> text) {
        if (wasExecution) {
            effects.apply(
                    statement,
                    sawError,
                    effects.needText(statement) ? text.get() : null,
                    Objects.requireNonNull(connection));
        }
        if (wasExecution) {
            scope.writeSlots().ended(Objects.requireNonNull(connection), statement, sawError, sawEof);
        }
        if (wasExecution && !sawError && statement.has(Trait.SETS_LAST_INSERT_ID)) {
            state.lastInsertId().wasSetOn(Objects.requireNonNull(connection));
        }
        if (prepared != null && wasExecution) {
            prepared.dropLongData();
        }
        boolean mayHaveWritten = !sawGtid && !state.isInTransaction() && Loss.mayWrite(statement.statementClass());
        // An EOF packet has no room for a GTID, so it hides what INSERT .. RETURNING or a function wrote.
        boolean provenNot =
                sawOk && !sawEof && !sawError && session.writesAreTracked() && !statement.has(Trait.SETS_TRACKERS);
        if (mayHaveWritten && !provenNot) {
            state.statementWroteAt(scope.nanos(), nodeOf(Objects.requireNonNull(connection)));
        }
        state.sent();
    }

    /** The client has its answer: for the metrics, and for the next choice among replicas. */
    void count(Reason reason, Direction direction, long startedAtNanos) {
        long now = scope.nanos();
        BackendAddress server = Objects.requireNonNull(connection).address();
        scope.events().heardFrom(server, now);
        scope.events().answered(reason);
        Statement counted = prepared == null ? statement : prepared.statement();
        boolean hasText = !TextlessCommands.stand(counted);
        ExemplarView span = hasText && scope.traces().isOn()
                ? trace(counted, server, direction, reason, now - startedAtNanos)
                : null;
        scope.statistics()
                .took(
                        session.user(),
                        statement.statementClass(),
                        server,
                        destination,
                        direction.hostgroup(),
                        now - startedAtNanos,
                        span);
        if (hasText) {
            scope.statistics()
                    .answered(
                            session.user(),
                            state.schema(),
                            counted,
                            server,
                            destination,
                            reason,
                            direction.hostgroup(),
                            now,
                            now - startedAtNanos,
                            affectedRows);
            scope.statistics()
                    .decisions()
                    .add(
                            session.id(),
                            session.user(),
                            counted,
                            destination,
                            server,
                            reason,
                            now,
                            sentAtNanos - startedAtNanos,
                            now - startedAtNanos);
            log(counted, server, reason, now - startedAtNanos);
        }
        if (reason == Reason.READ_ON_REPLICA && now > sentAtNanos) {
            scope.router().answered(server, statement, now - sentAtNanos);
        }
    }

    private void log(Statement counted, BackendAddress server, Reason reason, long nanos) {
        String why = scope.queryLog().why(nanos, session.queries().rules().logged());
        if (why != null) {
            String text = scope.queryLog().wantsLiterals() ? session.queries().sentText() : null;
            scope.queryLog().write(why, answer(counted, server, reason, nanos, text));
        }
    }

    private @Nullable ExemplarView trace(
            Statement counted, BackendAddress server, Direction direction, Reason reason, long nanos) {
        return scope.traces()
                .answered(
                        session.queries().traceParent(),
                        scope.statistics().hostgroup(direction.hostgroup(), destination, server),
                        () -> answer(counted, server, reason, nanos, null));
    }

    private QueryLog.Answer answer(
            Statement counted, BackendAddress server, Reason reason, long nanos, @Nullable String text) {
        return new QueryLog.Answer(
                session.id(),
                session.user(),
                session.owner().clientAddress(),
                state.schema(),
                counted,
                destination,
                server,
                reason,
                nanos,
                affectedRows,
                errorCode,
                text);
    }

    /** Whether a transaction may be open of which we know nothing, or trackers set: then the server is asked. */
    boolean leavesStatusUnknown() {
        return transactionUnsure || sawError && statement.has(Trait.HIDES_STATUS) || statement.has(Trait.SETS_TRACKERS);
    }

    /** Whether SHOW WARNINGS, ROW_COUNT() and the like have something to tell on that connection. */
    boolean leavesDiagnostics(boolean wasExecution) {
        return sawError
                || sawWarnings
                || statement.has(Trait.CALC_FOUND_ROWS)
                || (statement.statementClass() == StatementClass.W && wasExecution);
    }

    /** Whether the last statement had a result set. */
    boolean sawRows() {
        return sawRows;
    }

    /** The session is as new: it has no last statement. */
    void forget() {
        sawRows = false;
    }

    boolean sawWarnings() {
        return sawWarnings;
    }

    boolean sawError() {
        return sawError;
    }

    boolean wasNotExecuted() {
        return notExecuted;
    }
}
