// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.Exchange;
import io.sluice.core.backend.LeaseRequest;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionVariables;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import io.sluice.routing.Decision;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way of one command to a backend, and of its response back. Each session has one and uses it again for every
 * command. Confined to the session's event loop. What a response means is {@link ResponseReader}'s, what a loss means
 * is {@link Loss}'s.
 */
final class Relay implements Exchange, LeaseRequest {
    private static final int MAX_ATTEMPTS = 3;

    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final ConnectionSync sync;
    private final ResponseReader reader;
    private final Wait wait;
    private final Upload upload;

    private Phase phase = Phase.IDLE;
    private @Nullable Command command;
    private Statement statement = Session.NOTHING;
    private ResponseKind kind = ResponseKind.RESULT;
    private @Nullable Prepared prepared;
    private Reason reason = Reason.WRITE;
    private Destination destination = Destination.SOURCE;
    private boolean wasInTransaction;
    private int attempts;
    private boolean relayed;
    private @Nullable SqlError syncError;
    private long startedAtNanos;

    private @Nullable BackendConnection lease;
    private @Nullable BackendConnection lingering;
    private boolean diagnosticsTaken;
    private boolean sameConnection;

    Relay(Session session, LoopScope scope, SessionState state) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.sync = new ConnectionSync(this, state);
        this.reader = new ResponseReader(session, scope, state);
        this.wait = new Wait(this, scope);
        this.upload = new Upload(this);
    }

    /** Takes over the command; the session is called back once the client has its whole answer. */
    void begin(Command newCommand, Statement classified, ResponseKind responseKind, @Nullable Prepared executed) {
        assert phase == Phase.IDLE : phase;
        command = newCommand;
        statement = classified;
        kind = responseKind;
        prepared = executed;
        startedAtNanos = scope.nanos();
        wait.begin();
        attempts = 0;
        relayed = false;
        syncError = null;
        wasInTransaction = state.isInTransaction();
        dispatch();
    }

    // ---- to a connection

    void dispatch() {
        become(Phase.WAITING);
        syncError = null;
        if (lease != null) {
            reason = wasInTransaction ? Reason.IN_TRANSACTION : Reason.PINNED;
            use(lease, true);
            return;
        }
        if (asksForDiagnostics() && lingering != null) {
            BackendConnection connection = lingering;
            lingering = null;
            connection.reclaim();
            reason = Reason.DIAGNOSTICS;
            use(connection, true);
            return;
        }
        if (statement.has(Trait.USES_DIAGNOSTICS) && diagnosticsTaken) {
            fail(Errors.diagnosticsLost());
            return;
        }
        state.settleWrites(scope.topology());
        follow(scope.router().route(state.request(statement, session.id()), scope.topology()));
    }

    private void follow(Decision decision) {
        if (decision instanceof Decision.Forward forward) {
            reason = forward.reason();
            destination = forward.destination();
            leaseFrom(forward.backend());
        } else if (decision instanceof Decision.Hold hold) {
            reason = hold.reason();
            SqlError refusal = wait.forSource();
            if (refusal != null) {
                fail(refusal);
            }
        } else if (decision instanceof Decision.Reject reject) {
            fail(Errors.refused(reject.refusal(), statement.verb()));
        } else {
            session.answerOk();
            done();
        }
    }

    private boolean asksForDiagnostics() {
        return statement.has(Trait.USES_DIAGNOSTICS) || statement.has(Trait.USES_LAST_INSERT_ID);
    }

    private void leaseFrom(BackendAddress backend) {
        BackendConnection before = lingering;
        if (before != null) {
            lingering = null;
            before.reclaim();
            if (before.address().equals(backend) && before.canServe(this)) {
                use(before, true);
                return;
            }
            before.release();
        }
        BackendConnection connection = scope.pool(backend).lease(this);
        if (connection != null) {
            use(connection, false);
        } else {
            wait.forConnection(backend);
        }
    }

    @Override
    public void leased(BackendConnection connection) {
        wait.end();
        use(connection, false);
    }

    @Override
    public void leaseFailed(BackendPool pool, ConnectFailure failure) {
        wait.end();
        if (failure.ours()) {
            fail(Errors.tooManyWaiting(failure.cause()));
            return;
        }
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
        ByteBuf packets = executed == null
                ? current.packets().retainedDuplicate()
                : sync.forServer(current, executed, connection);
        boolean mayGoElsewhere = attempts < MAX_ATTEMPTS && !state.needsItsConnection();
        reader.begin(statement, executed, connection, destination, wasInTransaction, mayGoElsewhere);
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
        if (syncError != null) {
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
                return reader.ok(payload, sequenceId);
            case EOF:
                reader.eof(payload);
                return null;
            case ERR:
                return reader.err(payload, relayed);
            case FILE_REQUEST:
                become(Phase.UPLOADING);
                upload.begin();
                session.flush();
                return null;
            case PREPARE_OK:
                Command current = Objects.requireNonNull(command);
                session.commands().prepared(current, payload, Objects.requireNonNull(lease));
                return null;
        }
        throw new AssertionError(packet);
    }

    @Override
    public void completed(BackendConnection connection) {
        if (syncError != null) {
            fail(syncError);
        } else if (reader.wasNotExecuted()) {
            lease = null;
            session.unwatchBackend(connection);
            connection.release();
            scope.shun(connection.address(), "takes no writes");
            dispatch();
        } else {
            reader.ended(kind == ResponseKind.RESULT);
            if (reader.leavesStatusUnknown()) {
                learnStatus(connection);
            } else {
                finish();
            }
        }
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

    /** The client has its answer: give the connection back, unless the session needs this very one. */
    private void finish() {
        BackendConnection connection = Objects.requireNonNull(lease);
        scope.events().answered(statement.statementClass(), destination, reason, scope.nanos() - startedAtNanos);
        session.unwatchBackend(connection);
        if (!state.needsItsConnection()) {
            lease = null;
            diagnosticsTaken = false;
            boolean mayComeBack =
                    reader.leavesDiagnostics(kind == ResponseKind.RESULT) || (asksForDiagnostics() && sameConnection);
            if (mayComeBack) {
                lingering = connection;
                connection.linger();
            } else {
                connection.release();
            }
        }
        session.flush();
        done();
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

    /** Answers with an ERR packet instead of a response, of which the client has seen nothing. */
    void fail(SqlError error) {
        BackendConnection connection = lease;
        if (connection != null && !state.needsItsConnection()) {
            lease = null;
            session.unwatchBackend(connection);
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
        boolean boundary = !relayed || connection.scanner().isAtPacketBoundary();
        scope.events().suspect(connection.address(), cause);
        lease = null;
        boolean endsTransaction =
                statement.has(Trait.ENDS_TRANSACTION) || statement.statementClass() == StatementClass.WI;
        Loss loss = new Loss(
                phase != Phase.SYNCING,
                relayed,
                wasInTransaction,
                wasInTransaction || state.needsItsConnection(),
                endsTransaction,
                statement.statementClass(),
                attempts < MAX_ATTEMPTS);
        SqlError error = loss.error(connection, state.pinsText(), cause);
        session.connectionLost();
        if (phase == Phase.UPLOADING) {
            upload.fail(error);
            session.channel().config().setAutoRead(true);
        } else if (loss.mayBeSentAgain()) {
            dispatch();
        } else if (boundary) {
            state.wroteAt(scope.nanos());
            session.sendError(error, sequenceId);
            done();
        } else {
            session.closeBroken(error); // Half a packet is with the client; nothing can follow it.
        }
    }

    /** The connection was lost by Sluice's own question after the client had its answer. */
    void lostAfterAnswer(BackendConnection connection, String cause) {
        lease = null;
        scope.events().suspect(connection.address(), cause);
        if (wasInTransaction) {
            session.answerNextWith(Errors.transactionLost(connection.address(), cause));
        } else if (state.needsItsConnection()) {
            session.answerNextWith(Errors.stateLost(connection.address(), state.pinsText(), cause));
        }
        session.connectionLost();
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
        if (connection == lease && phase == Phase.UPLOADING) {
            session.channel().config().setAutoRead(connection.channel().isWritable());
        }
    }

    // ---- what the session asks

    /** Gives up whatever is held: the connection is reset or, if a command is on its way, closed. */
    void abandon() {
        wait.cancel();
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

    /** Passes file bytes on; takes over the reference and returns what follows the file, or null. */
    @Nullable
    ByteBuf passUpload(ByteBuf bytes) {
        return upload.pass(bytes, lease);
    }

    /** The client has sent all of its file; if the server was lost meanwhile, it learns so now. */
    void uploadEnded(@Nullable SqlError error, int nextSequenceId) {
        become(Phase.RELAYING);
        if (error != null) {
            state.wroteAt(scope.nanos());
            session.sendError(error, nextSequenceId);
            done();
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
