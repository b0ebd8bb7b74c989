// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.Exchange;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import io.sluice.routing.Decision;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of one command to a backend, and of its response back. Each session has one and uses it again for every
 * command. Confined to the session's event loop. Connections come and go by its {@link SessionLease}; what a response
 * means is {@link ResponseReader}'s, what a loss means is {@link Losses}'.
 */
final class Relay implements Exchange {
    private static final int MAX_ATTEMPTS = 3;

    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final ConnectionSync sync;
    private final ResponseReader reader;
    private final Losses losses;
    private final SessionLease lease;
    private final Upload upload;
    private final UntoldVariables untoldVariables;

    private Phase phase = Phase.IDLE;
    private @Nullable Command command;
    private Statement statement = TextlessCommands.NOTHING;
    private Direction direction = Direction.NONE;
    private ResponseKind kind = ResponseKind.RESULT;
    private @Nullable Prepared prepared;
    private Reason reason = Reason.WRITE;
    private Destination destination = Destination.SOURCE;
    private boolean wasInTransaction;
    private int attempts;
    private boolean relayed;
    private @Nullable SqlError syncError;
    private long startedAtNanos;
    private boolean sameConnection;
    /** The replica has not got what this read must see: whatever it answers is thrown away. */
    private boolean missed;

    Relay(Session session, LoopScope scope, SessionState state) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.sync = new ConnectionSync(this, state);
        this.reader = new ResponseReader(session, scope, state);
        this.losses = new Losses(this, session, scope, state);
        this.lease = new SessionLease(this, session, scope, state, losses);
        this.upload = new Upload(this);
        this.untoldVariables = new UntoldVariables(state, reader);
    }

    /** Takes over the command, which nothing but its user directs. */
    void begin(Command newCommand, Statement classified, ResponseKind responseKind, @Nullable Prepared executed) {
        begin(newCommand, classified, session.queries().rules().ofUser(), responseKind, executed);
    }

    /** Takes over the command; the session is called back once the client has its whole answer. */
    void begin(
            Command newCommand,
            Statement classified,
            Direction where,
            ResponseKind responseKind,
            @Nullable Prepared executed) {
        assert phase == Phase.IDLE : phase;
        direction = where;
        command = newCommand;
        statement = classified;
        kind = responseKind;
        prepared = executed;
        startedAtNanos = scope.nanos();
        lease.waiting().begin();
        attempts = 0;
        relayed = false;
        syncError = null;
        missed = false;
        wasInTransaction = state.isInTransaction();
        dispatch();
    }

    // ---- to a connection

    void dispatch() {
        become(Phase.WAITING);
        syncError = null;
        BackendConnection held = leaveReadOnly(lease.held());
        if (held != null) {
            SqlError refusal = !kind.isResult() || !scope.isReplica(held.address())
                    ? null
                    : ReplicaGuard.refusal(statement, wasInTransaction, held.address(), state);
            if (refusal != null) {
                fail(refusal);
                return;
            }
            reason = wasInTransaction ? Reason.IN_TRANSACTION : Reason.PINNED;
            sync.await(GtidSet.EMPTY);
            use(held, true);
            return;
        }
        boolean forWrite = kind.isResult() && ReplicaGuard.mayWriteAnew(statement, wasInTransaction);
        BackendConnection before = asksForDiagnostics() ? lease.takeBack(statement, forWrite) : null;
        if (before != null) {
            reason = Reason.DIAGNOSTICS;
            destination = scope.isReplica(before.address()) ? Destination.REPLICA : Destination.SOURCE;
            sync.await(GtidSet.EMPTY);
            use(before, true);
            return;
        }
        boolean usesFoundRows = statement.has(Trait.USES_FOUND_ROWS);
        if (usesFoundRows) {
            scope.foundRows().add(state.poolKey().user());
        }
        boolean taken = lease.diagnosticsTaken() || (usesFoundRows && reader.sawRows());
        if (statement.has(Trait.USES_DIAGNOSTICS) && taken) {
            fail(Errors.diagnosticsLost());
            return;
        }
        state.writes().settle(scope.topology());
        boolean mayWait = !missed && scope.limits().waits();
        missed = false;
        follow(scope.router().route(state.request(statement, mayWait, direction, session.id()), scope.topology()));
    }

    /** A transaction that begins while a read-only one is open on a replica ends that one, but need not run there. */
    private @Nullable BackendConnection leaveReadOnly(@Nullable BackendConnection held) {
        if (held == null
                || !wasInTransaction
                || !state.pins().isEmpty()
                || !ReplicaGuard.beginsAnother(statement)
                || !scope.isReplica(held.address())) {
            return held;
        }
        lease.giveBackDirty();
        state.transactionEnded();
        wasInTransaction = false;
        return null;
    }

    private void follow(Decision decision) {
        if (decision instanceof Decision.Forward forward) {
            reason = forward.reason();
            sync.await(reason == Reason.READ_AFTER_WAIT ? state.writes().gtids() : GtidSet.EMPTY);
            destination = forward.destination();
            lease.take(forward.backend());
        } else if (decision instanceof Decision.Hold hold) {
            reason = hold.reason();
            SqlError refusal = lease.waiting().forSource();
            if (refusal != null) {
                fail(refusal);
            }
        } else if (decision instanceof Decision.Reject reject) {
            fail(Errors.refused(reject.refusal(), statement.verb()));
        } else {
            throw new AssertionError(decision);
        }
    }

    private boolean asksForDiagnostics() {
        return statement.has(Trait.USES_DIAGNOSTICS) || statement.has(Trait.USES_LAST_INSERT_ID);
    }

    /** The lease has a connection for the command. */
    void use(BackendConnection connection, boolean same) {
        sameConnection = same;
        become(Phase.SYNCING);
        // A read may follow its steps at once: if one of them fails, the answer is thrown away.
        boolean pipelined = statement.statementClass() == StatementClass.R && prepared == null;
        if (sync.begin(connection, statement, prepared, same, reader.sawRows()) && !pipelined) {
            connection.flush();
            return;
        }
        send(connection);
    }

    /** The connection is in step, or not: then the server's error says why. */
    void synced(BackendConnection connection, @Nullable SqlError error) {
        if (phase == Phase.SYNCING) {
            if (missed) {
                goElsewhere();
            } else if (error == null) {
                send(connection);
            } else {
                fail(error);
            }
        } else if (error != null) {
            // Pipelined: the command's own response comes next and is replaced by this error.
            syncError = error;
        }
    }

    /** As one of the steps before the command. */
    void askToWait(BackendConnection connection, GtidSet wanted, Runnable done) {
        Consumer<GtidSet> answered = has -> {
            missed = has.isEmpty();
            scope.events().waited(!missed);
            if (missed) {
                scope.router().missed(connection.address());
            } else {
                scope.router().reached(connection.address(), has);
            }
            done.run();
        };
        CausalWait.ask(connection, wanted, scope.limits().causalWait(), answered, this::lost);
    }

    private void goElsewhere() {
        lease.giveBackUnused();
        dispatch();
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
        connection.send(packets, session.queries().attributes(), this);
        connection.flush();
        session.backpressure().begin(connection);
    }

    // ---- the response

    @Override
    public ResponseKind kind() {
        return kind;
    }

    @Override
    public void relay(ByteBuf bytes) {
        if (syncError != null || missed) {
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
        if (syncError != null || missed) {
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
                upload.begin(sequenceId);
                session.flush();
                return null;
            case PREPARE_OK:
                Command current = Objects.requireNonNull(command);
                session.commands().prepared(current, payload, Objects.requireNonNull(lease.held()));
                return null;
        }
        throw new AssertionError(packet);
    }

    @Override
    public void completed(BackendConnection connection) {
        if (missed) {
            attempts--; // it was not its fault
            goElsewhere();
        } else if (syncError != null) {
            fail(syncError);
        } else if (kind == ResponseKind.BINLOG || (statement.has(Trait.ENDS_CONNECTION) && !reader.sawError())) {
            lease.giveBackEnded();
            session.endedByServer();
        } else if (reader.wasNotExecuted()) {
            lease.giveBackUnused();
            scope.shun(connection.address(), "takes no writes");
            dispatch();
        } else {
            reader.ended(kind.isResult(), this::text);
            if (reader.leavesStatusUnknown()) {
                learnStatus(connection);
            } else {
                settle(connection);
            }
        }
    }

    /** Asks what no tracker told, and takes Sluice's own settings up again where the statement had the client's. */
    private void settle(BackendConnection connection) {
        boolean hide = ConnectionSync.mustHideOwned(statement);
        List<String> untold = untoldVariables.of(statement, connection, this::text);
        if (hide || !untold.isEmpty()) {
            session.flush();
            sync.settle(connection, untold, hide, this::finish);
        } else {
            finish();
        }
    }

    /** An ERR packet has no status flags; a ping has, and they tell whether a transaction is left open. */
    private void learnStatus(BackendConnection connection) {
        session.flush();
        sync.question(connection, flags -> {
            state.setStatus(flags);
            settle(connection);
        });
        connection.flush();
    }

    /** The client has its answer: give the connection back, unless the session needs this very one. */
    private void finish() {
        BackendConnection connection = Objects.requireNonNull(lease.held());
        reader.count(reason, startedAtNanos);
        session.backpressure().end(connection);
        if (!state.needsItsConnection()) {
            lease.giveBack(reader.leavesDiagnostics(kind.isResult())
                    || (reader.sawRows()
                            && scope.foundRows().contains(state.poolKey().user()))
                    || (asksForDiagnostics() && sameConnection));
        }
        session.flush();
        done();
    }

    void done() {
        releaseCommand();
        become(Phase.IDLE);
        session.commandDone();
    }

    /** What the command says, read again for its names and literals; null if that is not certain. */
    private @Nullable StatementText text() {
        Command current = Objects.requireNonNull(command);
        Prepared executed = prepared;
        if (executed != null) {
            byte[] sql = executed.key.sql();
            return StatementText.read(sql, 0, sql.length, state.lexContext());
        }
        int length = current.bodyLength();
        if (!current.isSinglePacket() || length > LoopScope.MAX_CLASSIFIED_BYTES) {
            return null;
        }
        byte[] sql = scope.scratch(length);
        current.packets().getBytes(current.bodyIndex(), sql, 0, length);
        return StatementText.read(sql, 0, length, state.lexContext());
    }

    private void releaseCommand() {
        if (command != null) {
            command.packets().release();
            command = null;
        }
        prepared = null;
    }

    /** Ends a wait by KILL QUERY; a command that a server has is the server's to end. */
    void interrupt() {
        if (phase == Phase.WAITING) {
            lease.waiting().cancel();
            fail(Errors.interrupted());
        }
    }

    /** Answers with an ERR packet instead of a response, of which the client has seen nothing. */
    void fail(SqlError error) {
        if (lease.held() != null && !state.needsItsConnection()) {
            lease.giveBackDirty();
        }
        session.sendError(error, 1);
        done();
    }

    // ---- losses

    @Override
    public void lost(BackendConnection connection, String cause) {
        lease.lost();
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
        losses.duringCommand(connection, loss, upload, cause);
    }

    /** The connection was lost by Sluice's own question after the client had its answer. */
    void lostAfterAnswer(BackendConnection connection, String cause) {
        lease.lost();
        losses.afterAnswer(connection, wasInTransaction, cause);
    }

    // ---- what the session asks

    /** Gives up whatever is held: the connection is reset or, if a command is on its way, closed. */
    void abandon() {
        lease.abandon(phase);
        reader.forget();
        releaseCommand();
        phase = Phase.IDLE;
    }

    /** Between two commands; runs that once the server has let go of what the session had there. */
    void abandon(Runnable then) {
        reader.forget();
        lease.abandon(then);
    }

    /** A pin is gone between two commands: gives the connection back if nothing else keeps it. */
    void releaseIfFree() {
        if (phase == Phase.IDLE && lease.held() != null && !state.needsItsConnection()) {
            lease.giveBackDirty();
        }
    }

    /** Passes file bytes on; takes over the reference and returns what follows the file, or null. */
    @Nullable
    ByteBuf passUpload(ByteBuf bytes) {
        return upload.pass(bytes, lease.held());
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
        return lease.held();
    }
}
