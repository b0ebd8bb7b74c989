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
import io.sluice.routing.RouteRequest;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import java.util.Objects;
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
    private final Settlement settlement;
    private final Admission admission;
    private final RuleEffects ruled;
    private final TransactionReplay replay;

    private Phase phase = Phase.IDLE;
    private @Nullable Command command;
    private Statement statement = TextlessCommands.NOTHING;
    private Direction direction = Direction.NONE;
    private ResponseKind kind = ResponseKind.RESULT;
    private @Nullable Prepared prepared;
    private Reason reason = Reason.WRITE;
    private Destination destination = Destination.SOURCE;
    private boolean wasInTransaction;
    private final Attempts attempts = new Attempts();
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
        this.sync = new ConnectionSync(this, scope, state);
        this.reader = new ResponseReader(session, scope, state);
        this.losses = new Losses(this, session, scope, state);
        this.lease = new SessionLease(this, session, scope, state, losses);
        this.upload = new Upload(this);
        this.settlement = new Settlement(session, state, sync, reader);
        this.admission = new Admission(this, session, scope, state);
        this.ruled = new RuleEffects(this, session, scope, state);
        this.replay = new TransactionReplay(this, session, scope, state);
    }

    /** Takes over the command, which nothing but its user directs. */
    void begin(Command newCommand, Statement classified, ResponseKind responseKind, @Nullable Prepared executed) {
        begin(newCommand, classified, session.queries().rules().ofUser(), null, responseKind, executed);
    }

    /**
     * Takes over a statement, which rules and limits may keep; the session is called back once it has its answer.
     *
     * @param verdict of the rules; null if neither they nor limits concern it
     */
    void begin(
            Command newCommand,
            Statement classified,
            Direction where,
            @Nullable Verdict verdict,
            ResponseKind responseKind,
            @Nullable Prepared executed) {
        assert phase == Phase.IDLE : phase;
        take(new Errand(newCommand, classified, where, responseKind, executed), state.isInTransaction());
        startedAtNanos = scope.nanos();
        lease.waiting().begin();
        become(Phase.WAITING);
        if (verdict == null || !kind.isResult()) {
            dispatch();
        } else if (ruled.begin(verdict, lease.held())) {
            enter();
        }
    }

    /** Takes up a command; the one that was under way is its taker's to look after. */
    void take(Errand errand, boolean inTransaction) {
        command = errand.command();
        statement = errand.statement();
        direction = errand.direction();
        kind = errand.kind();
        prepared = errand.prepared();
        attempts.clear();
        relayed = false;
        syncError = null;
        missed = false;
        wasInTransaction = inTransaction;
    }

    /** What is under way. */
    Errand errand() {
        return new Errand(Objects.requireNonNull(command), statement, direction, kind, prepared);
    }

    /** Rules let the statement go on. */
    void enter() {
        if (admission.enters(prepared == null ? statement : prepared.statement())) {
            dispatch();
        }
    }

    // ---- to a connection

    void dispatch() {
        become(Phase.WAITING);
        syncError = null;
        if (replay.goesFirst()) {
            return;
        }
        BackendConnection held = lease.held();
        if (held != null && wasInTransaction && ReplicaGuard.leaves(statement, held, state, scope)) {
            lease.giveBackDirty();
            state.transactionEnded();
            wasInTransaction = false;
            held = null;
        }
        if (held != null) {
            SqlError refusal = !kind.isResult() || !scope.isReplica(held.address())
                    ? null
                    : ReplicaGuard.refusal(statement, wasInTransaction, held.address(), state);
            if (refusal != null) {
                fail(refusal);
                return;
            }
            reason = wasInTransaction ? Reason.IN_TRANSACTION : Reason.PINNED;
            sync.await(CausalWait.NONE);
            use(held, true);
            return;
        }
        boolean forWrite = kind.isResult() && ReplicaGuard.mayWriteAnew(statement, wasInTransaction);
        BackendConnection before = statement.asksBack() ? lease.takeBack(statement, forWrite) : null;
        if (before != null) {
            reason = Reason.DIAGNOSTICS;
            destination = scope.isReplica(before.address()) ? Destination.REPLICA : Destination.SOURCE;
            sync.await(CausalWait.NONE);
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
        WriteMark mustSee = state.mustSee(statement, prepared);
        RouteRequest request = state.request(statement, mustSee, mayWait, direction, session.id());
        follow(scope.router().route(request, scope.topology()), request);
    }

    private void follow(Decision decision, RouteRequest request) {
        if (decision instanceof Decision.Forward forward) {
            reason = forward.reason();
            sync.await(CausalWait.before(forward, request, scope));
            destination = forward.destination();
            if (admission.entersServer(reason)) {
                lease.take(forward.backend());
            }
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

    /** The server has not got what the command must see. */
    void miss() {
        missed = true;
    }

    /** Nor has it said so, and is to answer no more. */
    void giveUp() {
        missed = true;
        lease.giveBackEnded();
        attempts.forgetLast();
        dispatch();
    }

    private void goElsewhere() {
        lease.giveBackUnused();
        dispatch();
    }

    private void send(BackendConnection connection) {
        if (lease.discardsEnded(statement)) {
            lost(connection, "the server closed the connection");
            return;
        }
        become(Phase.RELAYING);
        attempts.send();
        Command current = Objects.requireNonNull(command);
        Prepared executed = prepared;
        ByteBuf packets = executed == null
                ? current.packets().retainedDuplicate()
                : sync.forServer(current, executed, connection);
        boolean mayGoElsewhere = attempts.count() < MAX_ATTEMPTS && !state.needsItsConnection();
        if (kind.isResult()) {
            state.sends(statement, executed);
        }
        reader.begin(statement, executed, connection, destination, wasInTransaction, mayGoElsewhere);
        replay.sending();
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
        if (replay.takes(bytes)) {
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
                ByteBuf kept = reader.err(payload, relayed);
                return kept == null ? ruled.inPlaceOf(payload, sequenceId) : kept;
            case FILE_REQUEST:
                become(Phase.UPLOADING);
                replay.uploads();
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
            attempts.forgetLast();
            goElsewhere();
        } else if (syncError != null) {
            fail(syncError);
        } else if (kind == ResponseKind.BINLOG || (statement.has(Trait.ENDS_CONNECTION) && !reader.sawError())) {
            lease.giveBackEnded();
            session.endedByServer();
        } else if (reader.wasNotExecuted()) {
            scope.shun(connection.address(), "takes no writes, or is being shut down");
            goElsewhere();
        } else {
            reader.ended(kind.isResult(), this::text);
            ruled.answered(destination);
            settlement.begin(statement, connection, this::text, this::finish);
        }
    }

    /** The client has its answer: give the connection back, unless the session needs this very one. */
    private void finish() {
        if (replay.answered()) {
            return;
        }
        BackendConnection connection = Objects.requireNonNull(lease.held());
        reader.count(reason, direction, startedAtNanos);
        session.backpressure().end(connection);
        if (!state.needsItsConnection()) {
            lease.giveBack(reader.leavesDiagnostics(kind.isResult())
                    || (reader.sawRows()
                            && scope.foundRows().contains(state.poolKey().user()))
                    || (statement.asksBack() && sameConnection));
        }
        session.flush();
        done();
    }

    void done() {
        losses.end();
        replay.end();
        releaseCommand();
        admission.end();
        ruled.end();
        become(Phase.IDLE);
        session.commandDone();
    }

    @Nullable
    StatementText text() {
        return session.queries().text(Objects.requireNonNull(command), prepared);
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
        if (replay.failed(error)) {
            return;
        }
        if (lease.held() != null && !state.needsItsConnection()) {
            lease.giveBackDirty();
        }
        session.sendError(error, 1);
        done();
    }

    @Override
    public void lost(BackendConnection connection, String cause) {
        lease.lost();
        if (replay.lost(connection, cause)) {
            return;
        }
        boolean kept = wasInTransaction || state.needsItsConnection();
        boolean again = attempts.lost(connection, scope.nanos()) < ruled.attempts(MAX_ATTEMPTS);
        Loss loss = Loss.of(statement, phase != Phase.SYNCING, relayed, wasInTransaction, kept, again);
        losses.duringCommand(connection, statement, loss, upload, cause);
    }

    /** The client waits until it is known what became of the command. */
    void awaitOutcome() {
        become(Phase.WAITING);
    }

    /** The connection was lost by Sluice's own question after the client had its answer. */
    void lostAfterAnswer(BackendConnection connection, String cause) {
        lease.lost();
        if (replay.lost(connection, cause)) {
            return;
        }
        losses.afterAnswer(connection, wasInTransaction, cause);
    }

    // ---- what the session asks

    /** Gives up whatever is held: the connection is reset or, if a command is on its way, closed. */
    void abandon() {
        lease.abandon(phase);
        state.sent();
        losses.end();
        replay.abandon();
        reader.forget();
        releaseCommand();
        admission.end();
        ruled.end();
        phase = Phase.IDLE;
    }

    /** Between two commands; runs that once the server has let go of what the session had there. */
    void abandon(Runnable then) {
        reader.forget();
        replay.abandon();
        lease.abandon(then);
    }

    /** A pin is gone between two commands: gives the connection back if nothing else keeps it. */
    void releaseIfFree() {
        if (phase == Phase.IDLE && lease.held() != null && !state.needsItsConnection()) {
            lease.giveBackDirty();
        }
    }

    /** The file that the client sends, where it does. */
    Upload upload() {
        return upload;
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

    TransactionReplay replay() {
        return replay;
    }

    Admission admission() {
        return admission;
    }

    SessionLease lease() {
        return lease;
    }
}
