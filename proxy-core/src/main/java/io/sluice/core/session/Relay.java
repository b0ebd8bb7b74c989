// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.Exchange;
import io.sluice.core.backend.LeaseRequest;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionVariables;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.protocol.packet.WireFormat;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import io.sluice.routing.Decision;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way of one command to a backend, and of its response back. Each session has one and uses it again for every
 * command. Confined to the session's event loop.
 *
 * <p>Nothing is executed twice: a command is sent again only while it has not been sent, or if it is a read outside a
 * transaction of which the client has not seen a byte, or if the server's answer says that it was not executed.
 */
final class Relay implements Exchange, LeaseRequest {
    /** Waiting: for a source or a lease. Syncing: the connection is brought into the session's state. */
    enum Phase {
        IDLE,
        WAITING,
        SYNCING,
        RELAYING,
        UPLOADING
    }

    private static final int MAX_ATTEMPTS = 3;
    private static final int ER_OPTION_PREVENTS_STATEMENT = 1290;
    private static final int ER_READ_ONLY_MODE = 1836;
    private static final Capabilities TRACKED = new Capabilities(Capabilities.CLIENT_SESSION_TRACK);

    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final ConnectionSync sync;

    private Phase phase = Phase.IDLE;
    private @Nullable Command command;
    private Statement statement;
    private ResponseKind kind = ResponseKind.RESULT;
    private @Nullable Prepared prepared;
    private @Nullable BackendConnection lease;
    private @Nullable BackendConnection lingering;
    private boolean diagnosticsTaken;
    private boolean sameConnection;
    private @Nullable BackendAddress waitingFor;
    private Reason reason = Reason.WRITE;
    private Destination destination = Destination.SOURCE;
    private long startedAtNanos;
    private long deadlineNanos;
    private int attempts;
    private boolean relayed;
    private boolean wasInTransaction;
    private boolean sawError;
    private boolean sawGtid;
    private boolean sawWarnings;
    private boolean endedWithOk;
    private boolean notExecuted;
    private @Nullable SqlError syncError;

    Relay(Session session, LoopScope scope, SessionState state) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.sync = new ConnectionSync(this, state);
        this.statement = Session.NOTHING;
    }

    /** Takes over the command; the session is called back once the client has its whole answer. */
    void begin(Command newCommand, Statement classified, ResponseKind responseKind, @Nullable Prepared executed) {
        assert phase == Phase.IDLE : phase;
        command = newCommand;
        statement = classified;
        kind = responseKind;
        prepared = executed;
        startedAtNanos = scope.nanos();
        deadlineNanos = 0;
        attempts = 0;
        relayed = false;
        sawError = false;
        sawGtid = false;
        sawWarnings = false;
        endedWithOk = false;
        notExecuted = false;
        syncError = null;
        wasInTransaction = state.isInTransaction();
        dispatch();
    }

    // ---- to a connection

    private void dispatch() {
        become(Phase.WAITING);
        if (lease != null) {
            reason = wasInTransaction ? Reason.IN_TRANSACTION : Reason.PINNED;
            use(lease, true);
            return;
        }
        if (asksForDiagnostics() && takeLingering()) {
            return;
        }
        if (statement.has(Trait.USES_DIAGNOSTICS) && diagnosticsTaken) {
            fail(Errors.diagnosticsLost());
            return;
        }
        state.settleWrites(scope.topology(), scope.nanos());
        Decision decision = scope.router().route(request(), scope.topology());
        if (decision instanceof Decision.Forward forward) {
            reason = forward.reason();
            destination = forward.destination();
            leaseFrom(forward.backend());
        } else if (decision instanceof Decision.Hold hold) {
            reason = hold.reason();
            hold();
        } else if (decision instanceof Decision.Reject reject) {
            fail(Errors.refusedByPolicy(String.valueOf(reject.refusal())));
        } else {
            answerOk();
        }
    }

    private RouteRequest request() {
        return new RouteRequest(
                statement,
                state.isInTransaction(),
                state.isAutocommit(),
                null,
                state.required(),
                state.wroteAtNanos(),
                session.id());
    }

    private boolean asksForDiagnostics() {
        return statement.has(Trait.USES_DIAGNOSTICS) || statement.has(Trait.USES_LAST_INSERT_ID);
    }

    private boolean takeLingering() {
        BackendConnection connection = lingering;
        if (connection == null) {
            return false;
        }
        lingering = null;
        connection.reclaim();
        reason = Reason.DIAGNOSTICS;
        use(connection, true);
        return true;
    }

    private void leaseFrom(BackendAddress backend) {
        BackendConnection before = lingering;
        if (before != null) {
            lingering = null;
            before.reclaim();
            boolean fits = before.address().equals(backend)
                    && before.key().equals(state.poolKey())
                    && (before.schema() == null || state.schema() != null);
            if (fits) {
                use(before, true);
                return;
            }
            before.release();
        }
        BackendConnection connection = scope.pool(backend).lease(this);
        if (connection != null) {
            use(connection, false);
        } else {
            deadlineNanos = scope.nanos() + scope.limits().acquireTimeout().toNanos();
            waitingFor = backend;
            scope.awaitLease(this);
        }
    }

    private void hold() {
        if (deadlineNanos == 0 || waitingFor != null) {
            deadlineNanos = startedAtNanos + scope.limits().hold().toNanos();
            waitingFor = null;
        }
        if (deadlineNanos - scope.nanos() <= 0) {
            fail(Errors.noSource(scope.limits().hold(), scope.topology().note()));
        } else if (!scope.hold(this)) {
            fail(Errors.tooManyHeld(scope.limits().maxHeld()));
        }
    }

    /** The topology changed while this command is held. */
    void tryAgain() {
        scope.stopWaiting(this);
        dispatch();
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    void waitedTooLong() {
        BackendAddress backend = waitingFor;
        stopWaiting();
        fail(
                backend == null
                        ? Errors.noSource(
                                scope.limits().hold(), scope.topology().note())
                        : Errors.noConnection(
                                backend,
                                scope.pool(backend).limit(),
                                scope.limits().acquireTimeout()));
    }

    private void stopWaiting() {
        scope.stopWaiting(this);
        if (waitingFor != null) {
            scope.pool(waitingFor).cancel(this);
            waitingFor = null;
        }
    }

    @Override
    public void leased(BackendConnection connection) {
        scope.stopWaiting(this);
        waitingFor = null;
        use(connection, false);
    }

    @Override
    public void leaseFailed(BackendPool pool, ConnectFailure failure) {
        scope.stopWaiting(this);
        waitingFor = null;
        SqlError error = failure.error();
        if (error != null && !failure.isServersFault()) {
            fail(Errors.backendRefuses(pool.address(), state.poolKey().user(), error));
            return;
        }
        scope.shun(pool.address(), failure.cause());
        dispatch();
    }

    private void use(BackendConnection connection, boolean same) {
        lease = connection;
        sameConnection = same;
        become(Phase.SYNCING);
        // A read may follow its steps at once: if one of them fails, the answer is thrown away.
        boolean pipelined = statement.statementClass() == StatementClass.R && prepared == null;
        if (sync.begin(connection, statement, prepared, same) && !pipelined) {
            connection.flush();
            return;
        }
        send(connection);
    }

    /** The connection is in step, or not: then the server's error says why. */
    void synced(BackendConnection connection, @Nullable SqlError error) {
        if (phase == Phase.SYNCING) {
            if (error == null) {
                send(connection);
            } else {
                fail(error);
            }
        } else if (error != null) {
            // Pipelined: the command's own response comes next and is replaced by this error.
            syncError = error;
        }
    }

    private void send(BackendConnection connection) {
        become(Phase.RELAYING);
        attempts++;
        Command current = Objects.requireNonNull(command);
        Prepared executed = prepared;
        ByteBuf packets;
        if (executed == null) {
            packets = current.packets().retainedDuplicate();
        } else {
            packets = sync.forServer(current, executed, connection);
        }
        connection.send(packets, this);
        connection.flush();
        session.watchBackend(connection);
    }

    // ---- the response

    @Override
    public ResponseKind kind() {
        return kind;
    }

    @Override
    public void relay(ByteBuf bytes) {
        if (notExecuted || syncError != null) {
            bytes.release();
            return;
        }
        relayed = true;
        session.write(bytes);
    }

    @Override
    public void pause() {
        session.flush();
    }

    @Override
    public @Nullable ByteBuf terminal(TerminalPacket packet, ByteBuf payload, int sequenceId) {
        if (syncError != null) {
            return null;
        }
        switch (packet) {
            case OK:
                return ok(payload, sequenceId);
            case EOF:
                sawWarnings = payload.getUnsignedShortLE(1) != 0;
                endedWithOk = false;
                status(payload.getUnsignedShortLE(3));
                return null;
            case ERR:
                return err(payload);
            case FILE_REQUEST:
                become(Phase.UPLOADING);
                session.uploadStarts();
                return null;
            case PREPARE_OK:
                return prepareOk(payload);
        }
        throw new AssertionError(packet);
    }

    private @Nullable ByteBuf ok(ByteBuf payload, int sequenceId) {
        int start = payload.readerIndex();
        payload.skipBytes(1);
        WireFormat.readLengthEncodedInteger(payload);
        long insertId = WireFormat.readLengthEncodedInteger(payload);
        int flags = payload.readUnsignedShortLE();
        sawWarnings = payload.readUnsignedShortLE() != 0;
        endedWithOk = true;
        if (insertId != 0) {
            state.setLastInsertId(insertId);
        }
        status(flags);
        if ((flags & ServerStatus.SERVER_SESSION_STATE_CHANGED) == 0) {
            return null;
        }
        payload.readerIndex(start);
        OkPacket ok = OkPacket.read(payload, TRACKED);
        changed(ok.changes());
        return ClientPackets.okForClient(allocator(), ok, session.capabilities(), sequenceId);
    }

    private void status(int flags) {
        state.setStatus(flags);
        Prepared executed = prepared;
        if (executed != null) {
            boolean open = ServerStatus.cursorExists(flags) && !ServerStatus.lastRowSent(flags);
            if (executed.isCursorOpen() != open) {
                executed.setCursorOpen(open);
                if (open) {
                    state.pins().add(Pin.CURSOR);
                } else if (!session.prepared().hasOpenCursor()) {
                    state.pins().remove(Pin.CURSOR);
                }
            }
        }
    }

    private void changed(SessionChanges changes) {
        BackendConnection connection = Objects.requireNonNull(lease);
        boolean variablesStay = !statement.has(Trait.TRANSIENT_VARIABLES);
        sawGtid |= state.apply(changes, variablesStay);
        if (variablesStay) {
            connection.apply(changes);
        }
        if (connection.variables().equals(state.variables())) {
            connection.adopt(state.variables());
        }
        boolean explained = !changes.variables().isEmpty()
                || changes.schema() != null
                || changes.characteristics() != null
                || statement.pin() != null;
        if (changes.stateChanged() && !explained) {
            connection.markDirty();
            if (statement.statementClass() != StatementClass.R && !statement.has(Trait.UNPIN_LOCK_TABLES)) {
                state.pins().add(Pin.UNTRACKED_STATE);
            }
        }
        if (changes.gtids() != null && destination == Destination.REPLICA && lease != null && !wasInTransaction) {
            scope.events().mispredicted(connection.address(), "a replica wrote: GTID " + changes.gtids());
        }
    }

    private @Nullable ByteBuf err(ByteBuf payload) {
        SqlError error = ErrPacket.read(payload.duplicate());
        sawError = true;
        if (!relayed && !wasInTransaction && state.pins().isEmpty() && refusedAsByReplica(error)) {
            BackendAddress address = Objects.requireNonNull(lease).address();
            if (destination == Destination.REPLICA) {
                scope.events().mispredicted(address, "a replica refused a statement taken for a read");
            } else if (attempts < MAX_ATTEMPTS) {
                notExecuted = true;
                return Unpooled.EMPTY_BUFFER;
            }
        }
        scope.events().serverError();
        return null;
    }

    /** Says that a server takes no writes, hence that this one was not executed: it has been demoted meanwhile. */
    private static boolean refusedAsByReplica(SqlError error) {
        return error.code() == ER_READ_ONLY_MODE
                || error.code() == ER_OPTION_PREVENTS_STATEMENT
                        && error.message().contains("read-only");
    }

    private @Nullable ByteBuf prepareOk(ByteBuf payload) {
        int serverId = payload.getIntLE(payload.readerIndex() + 1);
        int parameters = payload.getUnsignedShortLE(payload.readerIndex() + 7);
        int clientId =
                session.prepareOk(Objects.requireNonNull(command), serverId, parameters, Objects.requireNonNull(lease));
        payload.setIntLE(payload.readerIndex() + 1, clientId);
        return null;
    }

    @Override
    public void completed(BackendConnection connection) {
        if (syncError != null) {
            fail(syncError);
            return;
        }
        if (notExecuted) {
            notExecuted = false;
            sawError = false;
            lease = null;
            connection.release();
            scope.shun(connection.address(), "takes no writes");
            dispatch();
            return;
        }
        noteOutcome(connection);
        if (sawError && statement.has(Trait.HIDES_STATUS)) {
            learnStatus(connection);
            return;
        }
        finish();
    }

    /** An ERR packet has no status flags; a ping has, and they tell whether a transaction is left open. */
    private void learnStatus(BackendConnection connection) {
        session.flush();
        sync.ping(connection, flags -> {
            state.setStatus(flags);
            finish();
        });
        connection.flush();
    }

    private void noteOutcome(BackendConnection connection) {
        Pin pin = statement.pin();
        if (pin != null && (!sawError || statement.has(Trait.HIDES_STATUS))) {
            state.pins().add(pin);
            connection.markDirty();
        }
        if (!sawError) {
            unpin();
        }
        if (statement.has(Trait.CALLS_UNKNOWN_FUNCTION) || statement.statementClass() == StatementClass.A) {
            connection.markDirty();
        }
        if (prepared != null && kind == ResponseKind.RESULT) {
            prepared.dropLongData();
        }
        boolean mayHaveWritten = !sawGtid && !state.isInTransaction() && writes(statement.statementClass());
        boolean proven = endedWithOk && !sawError && session.writesAreTracked(connection);
        if (mayHaveWritten && !proven) {
            state.wroteAt(scope.nanos());
        }
    }

    private void unpin() {
        if (statement.has(Trait.UNPIN_LOCK_TABLES)) {
            state.pins().remove(Pin.LOCK_TABLES);
        }
        if (statement.has(Trait.UNPIN_NAMED_LOCKS)) {
            state.pins().remove(Pin.NAMED_LOCK);
        }
        if (statement.has(Trait.UNPIN_XA)) {
            state.pins().remove(Pin.XA);
        }
    }

    private static boolean writes(StatementClass statementClass) {
        switch (statementClass) {
            case R, RP, L, S, X, N:
                return false;
            case W, WI, T, P, A:
                return true;
        }
        throw new AssertionError(statementClass);
    }

    /** The client has its answer: give the connection back, unless the session needs this very one. */
    private void finish() {
        BackendConnection connection = Objects.requireNonNull(lease);
        scope.events().answered(statement.statementClass(), destination, reason, scope.nanos() - startedAtNanos);
        session.unwatchBackend(connection);
        if (!state.needsItsConnection()) {
            lease = null;
            giveBack(connection);
        }
        session.flush();
        done();
    }

    private void giveBack(BackendConnection connection) {
        boolean leavesDiagnostics = sawError
                || sawWarnings
                || statement.has(Trait.CALC_FOUND_ROWS)
                || (asksForDiagnostics() && sameConnection)
                || (statement.statementClass() == StatementClass.W && kind == ResponseKind.RESULT);
        diagnosticsTaken = false;
        if (leavesDiagnostics) {
            lingering = connection;
            connection.linger();
        } else {
            connection.release();
        }
    }

    private void done() {
        releaseCommand();
        become(Phase.IDLE);
        session.commandDone();
    }

    private void releaseCommand() {
        if (command != null) {
            command.packets().release();
            command = null;
        }
        prepared = null;
    }

    private void answerOk() {
        session.write(ClientPackets.ok(allocator(), state.status(), 1));
        session.flush();
        done();
    }

    /** Answers with an ERR packet instead of a response, of which the client has seen nothing. */
    private void fail(SqlError error) {
        BackendConnection connection = lease;
        if (connection != null && !state.needsItsConnection()) {
            lease = null;
            connection.markDirty();
            connection.release();
        }
        session.sendError(error, 1);
        done();
    }

    // ---- losses

    @Override
    public void lost(BackendConnection connection, String cause) {
        int sequenceId = relayed ? connection.scanner().nextSequenceId() : 1;
        boolean boundary = connection.scanner().isAtPacketBoundary();
        scope.events().suspect(connection.address(), cause);
        lease = null;
        boolean kept = wasInTransaction || state.needsItsConnection();
        boolean sent = phase != Phase.SYNCING;
        String pins = state.pinsText();
        session.connectionLost();
        BackendAddress backend = connection.address();
        if (wasInTransaction && !(sent && endsTransaction())) {
            answerLoss(Errors.transactionLost(backend, cause), sequenceId, boundary);
        } else if (!sent && kept) {
            answerLoss(Errors.stateLost(backend, pins, cause), sequenceId, boundary);
        } else if (!sent || (!kept && isRepeatable())) {
            dispatch();
        } else if (!relayed && writes(statement.statementClass())) {
            answerLoss(Errors.outcomeUnknown(backend, cause), sequenceId, boundary);
        } else {
            answerLoss(Errors.resultCut(backend, cause), sequenceId, boundary);
        }
    }

    private boolean isRepeatable() {
        return !relayed && statement.statementClass() == StatementClass.R && attempts < MAX_ATTEMPTS;
    }

    /** The connection was lost by Sluice's own question after the client had its answer. */
    void lostAfterAnswer(BackendConnection connection, String cause) {
        lease = null;
        scope.events().suspect(connection.address(), cause);
        session.connectionLost();
        done();
    }

    private boolean endsTransaction() {
        return statement.has(Trait.ENDS_TRANSACTION) || statement.statementClass() == StatementClass.WI;
    }

    private void answerLoss(SqlError error, int sequenceId, boolean boundary) {
        if (!boundary) {
            // Half a packet is with the client; nothing can follow it.
            session.closeBroken(error);
            return;
        }
        state.wroteAt(scope.nanos());
        session.sendError(error, sequenceId);
        done();
    }

    @Override
    public void lostWhileQuiet(BackendConnection connection, String cause) {
        if (connection != lease) {
            return;
        }
        lease = null;
        SqlError error = state.isInTransaction()
                ? Errors.transactionLost(connection.address(), cause)
                : Errors.stateLost(connection.address(), state.pinsText(), cause);
        scope.events().suspect(connection.address(), cause);
        session.connectionLost();
        session.answerNextWith(error);
    }

    @Override
    public void lingeringEnded(BackendConnection connection) {
        if (connection == lingering) {
            lingering = null;
            diagnosticsTaken = true;
        }
    }

    @Override
    public void backendWritabilityChanged(BackendConnection connection) {
        if (connection == lease) {
            session.backendWritabilityChanged(connection.channel().isWritable());
        }
    }

    // ---- what the session asks

    /** Gives up whatever is held: the connection is reset or, if a command is on its way, closed. */
    void abandon() {
        stopWaiting();
        if (lingering != null) {
            BackendConnection connection = lingering;
            lingering = null;
            connection.reclaim();
            connection.release();
        }
        if (lease != null) {
            BackendConnection connection = lease;
            lease = null;
            if (phase == Phase.IDLE) {
                connection.markDirty();
                connection.release();
            } else {
                connection.discard();
            }
        }
        releaseCommand();
        phase = Phase.IDLE;
    }

    /** A pin is gone between two commands: gives the connection back if nothing else keeps it. */
    void releaseIfFree() {
        BackendConnection connection = lease;
        if (phase == Phase.IDLE && connection != null && !state.needsItsConnection()) {
            lease = null;
            connection.markDirty();
            connection.release();
        }
    }

    /** Passes file bytes on; takes over the reference. */
    void upload(ByteBuf bytes, boolean isLast) {
        BackendConnection connection = Objects.requireNonNull(lease);
        connection.sendWithoutResponse(bytes);
        connection.flush();
        if (isLast) {
            become(Phase.RELAYING);
        }
    }

    private void become(Phase next) {
        assert scope.loop().inEventLoop();
        phase = next;
    }

    Phase phase() {
        return phase;
    }

    @Nullable
    BackendConnection lease() {
        return lease;
    }

    private ByteBufAllocator allocator() {
        return session.channel().alloc();
    }

    Session session() {
        return session;
    }

    @Override
    public PoolKey poolKey() {
        return state.poolKey();
    }

    @Override
    public SessionVariables variables() {
        return state.variables();
    }

    @Override
    public @Nullable String schema() {
        return state.schema();
    }
}
