// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.SessionVariables;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does an open transaction again when its connection is lost ({@code failover.replay}): its statements run on another
 * connection, one after the other, and if every answer is what the client got before, the client never learns of it.
 * Else it gets the error that it would have got at once. The statements go the way of all others, through the {@link
 * Relay}, which asks here whether their answers are the client's. Belongs to that relay; confined to its event loop.
 */
final class TransactionReplay {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionReplay.class);

    private static final int MAX_TRIES = 3;

    private final Relay relay;
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final boolean on;
    private final TransactionLog log;

    // of the statement that a server has
    private boolean listening;
    private boolean wasOpen;
    private SessionVariables variablesBefore = SessionVariables.NONE;
    private @Nullable String schemaBefore;

    // of the replay
    /** A connection was lost between two commands: the next command must wait for the replay. */
    private boolean owed;
    /** What the client waits for while earlier statements run again; null if none do. */
    private @Nullable Errand interrupted;

    private int next;
    /** Those that got an answer: a transaction that ends every server it meets must not meet them all. */
    private int tries;

    private long beganNanos;
    private @Nullable BackendAddress lostAt;
    private String cause = "";

    TransactionReplay(Relay relay, Session session, LoopScope scope, SessionState state) {
        this.relay = relay;
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.on = scope.limits().replayBytes() > 0;
        this.log = new TransactionLog(scope.limits().replayBytes());
    }

    // ---- while all is well

    /** A statement goes to a server. */
    void sending() {
        if (!on) {
            return;
        }
        Errand errand = relay.errand();
        listening = false;
        if (interrupted == null) {
            if (errand.kind() != ResponseKind.RESULT) {
                return;
            }
            wasOpen = isOpen();
            if (!wasOpen) {
                log.clear();
            }
            boolean begins =
                    wasOpen || !state.isAutocommit() || errand.statement().has(Trait.BEGINS_TRANSACTION);
            boolean prepares = errand.statement().has(Trait.NEXT_TRANSACTION_ONLY);
            if (!(begins || prepares) || log.spoils(errand)) {
                return;
            }
            variablesBefore = state.variables();
            schemaBefore = state.schema();
        }
        listening = true;
        log.listenAnew();
    }

    /** Bytes of an answer; returns whether they are not the client's. */
    boolean takes(ByteBuf bytes) {
        if (listening) {
            log.listen(bytes);
        }
        return interrupted != null;
    }

    /** The server asks for a file of the client's, which is not kept. */
    void uploads() {
        if (on) {
            listening = false;
            log.spoil("it reads a file of the client");
        }
    }

    /** A statement was answered; returns whether not the client, but the replay waited for it, and goes on. */
    boolean answered() {
        if (interrupted != null) {
            answeredAgain();
            return true;
        }
        if (on && relay.errand().kind() == ResponseKind.RESULT) {
            if (!isOpen()) {
                log.clear();
            } else if (!listening) {
                log.spoil("it began unforeseen"); // or it is spoilt already
            } else {
                keep(relay.errand());
            }
            listening = false;
        }
        return false;
    }

    private void keep(Errand errand) {
        Statement statement = errand.statement();
        boolean anew = wasOpen && Loss.endsTransaction(statement);
        boolean begins = statement.statementClass() == StatementClass.T
                && statement.has(Trait.BEGINS_TRANSACTION)
                && !statement.has(Trait.ENDS_TRANSACTION);
        if (anew && !begins) {
            log.spoil("it goes on behind a commit");
        } else if (!state.pins().isEmpty()) {
            log.spoil("it holds " + state.pinsText());
        } else if (!variablesBefore.equals(state.variables()) || !Objects.equals(schemaBefore, state.schema())) {
            log.spoil("it sets variables, or another schema");
        } else {
            if (anew) {
                log.clear();
            }
            log.add(errand);
        }
    }

    /** Also where the next transaction is prepared: what that says belongs to it. */
    private boolean isOpen() {
        return state.isInTransaction() || state.isNextTransactionPrepared();
    }

    // ---- a connection is lost

    /** Between two commands; whether the client need not learn of it yet. */
    boolean owe(BackendConnection lost, String why) {
        if (!isPossible() || !state.isInTransaction()) {
            return false;
        }
        owed = true;
        lostAt = lost.address();
        cause = why;
        return true;
    }

    /** A command has come; whether it follows the replay that it may owe, unless it only rolls back what is. */
    boolean goesFirst() {
        if (!owed) {
            return false;
        }
        owed = false;
        Errand errand = relay.errand();
        session.connectionLost();
        if (Loss.isRollback(errand.statement())) {
            log.clear();
            relay.take(errand, false);
            relay.dispatch();
        } else {
            start(errand);
        }
        return true;
    }

    /** Amid a command that the client has seen nothing of; whether it follows the replay. */
    boolean begin(BackendConnection lost, String why) {
        if (!isPossible() || tries >= MAX_TRIES) {
            return false;
        }
        lostAt = lost.address();
        cause = why;
        session.connectionLost();
        start(relay.errand());
        return true;
    }

    /** The COMMIT of a lost connection was not executed; whether it follows the replay. */
    boolean beginBehind(BackendAddress lost, String why) {
        if (!on || log.flaw() != null || tries >= MAX_TRIES) {
            return false;
        }
        lostAt = lost;
        cause = why;
        start(relay.errand());
        return true;
    }

    private boolean isPossible() {
        if (!on) {
            return false;
        }
        String flaw = state.pins().isEmpty() ? log.flaw() : "it holds " + state.pinsText();
        if (flaw != null) {
            LOG.debug("session={} not_replayed=\"{}\"", session.id(), flaw);
        }
        return flaw == null;
    }

    // ---- the replay

    private void start(Errand waiting) {
        if (tries++ == 0) {
            beganNanos = scope.nanos();
        }
        interrupted = waiting;
        next = 0;
        run();
    }

    private void run() {
        TransactionLog.Entry entry = log.get(next);
        PreparedStatements.Prepared prepared = entry.errand().prepared();
        if (prepared != null && !Arrays.equals(entry.types(), prepared.types())) {
            giveUp("the types of parameters have changed");
            return;
        }
        relay.take(entry.errand(), next > 0);
        relay.dispatch();
    }

    private void answeredAgain() {
        if (log.fingerprint() != log.get(next).fingerprint()) {
            giveUp("statement " + (next + 1) + " of " + log.size() + " had another answer");
        } else if (!isOpen()) {
            giveUp("it did not stay open");
        } else if (++next < log.size()) {
            run();
        } else {
            Errand waiting = Objects.requireNonNull(interrupted);
            interrupted = null;
            scope.events().replayed(true);
            relay.take(waiting, true);
            relay.dispatch();
        }
    }

    /** A connection is lost; whether what was done again is lost with it, and is begun anew or given up. */
    boolean lost(BackendConnection connection, String why) {
        Errand waiting = interrupted;
        if (waiting == null) {
            return false;
        }
        if (session.killTarget().endsWith(connection)) {
            return true;
        }
        scope.events().suspect(connection.address(), why);
        session.connectionLost();
        lostAt = connection.address();
        cause = why;
        if (next == 0 && withinHold()) {
            tries--; // a connection of the lost server from the pool: nothing was done again on it
        }
        if (tries < MAX_TRIES) {
            start(waiting);
        } else {
            giveUp("after " + tries + " tries");
        }
        return true;
    }

    private boolean withinHold() {
        return scope.nanos() - beganNanos
                < scope.limits().holdOf(session.user()).toNanos();
    }

    /** A statement cannot be sent, or must not; whether that ends the replay. */
    boolean failed(SqlError error) {
        boolean underWay = interrupted != null;
        if (underWay) {
            giveUp(error.message());
        }
        return underWay;
    }

    /** It did not go the same way, or not at all: the client learns that its transaction is lost. */
    private void giveUp(String why) {
        Errand waiting = Objects.requireNonNull(interrupted);
        interrupted = null;
        session.connectionLost();
        log.clear();
        scope.events().replayed(false);
        relay.take(waiting, false);
        relay.fail(
                Errors.transactionLost(Objects.requireNonNull(lostAt), cause + "; it could not be done again: " + why));
    }

    // ---- the end

    /** A command is over. */
    void end() {
        tries = 0;
        if (on && !isOpen()) {
            log.clear();
        }
    }

    /** The session gives up all it has; what it waited for is the relay's again. */
    void abandon() {
        owed = false;
        Errand waiting = interrupted;
        if (waiting != null) {
            interrupted = null;
            relay.take(waiting, false);
        }
        log.clear();
    }
}
