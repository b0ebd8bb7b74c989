// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.SqlError;
import io.sluice.routing.sql.Statement;

/**
 * What a session does when it loses its connection: sends the command again, tells the client now, or tells it with its
 * next command. What may be sent again is {@link Loss}'s to say. Belongs to one {@link Relay}.
 */
final class Losses {
    private final Relay relay;
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final Verification verification;

    Losses(Relay relay, Session session, LoopScope scope, SessionState state) {
        this.relay = relay;
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.verification = new Verification(relay, session, scope, state);
    }

    /** The command is over: nobody waits any more for what became of it. */
    void end() {
        verification.end();
    }

    /** A command was on its way, or the steps before it. */
    void duringCommand(BackendConnection connection, Statement statement, Loss loss, Upload upload, String cause) {
        if (session.killTarget().endsWith(connection)) {
            return;
        }
        int sequenceId = loss.relayed() ? connection.scanner().nextSequenceId() : 1;
        boolean boundary = !loss.relayed() || connection.scanner().isAtPacketBoundary();
        scope.events().suspect(connection.address(), cause);
        SqlError error = loss.error(connection, state.pinsText(), cause);
        boolean pinned = !state.pins().isEmpty();
        // What a ROLLBACK asks for, the end of the connection has done.
        boolean done = loss.inTransaction() && !loss.relayed() && !pinned && Loss.isRollback(statement);
        if (relay.phase() != Phase.UPLOADING
                && loss.endedTransactionOnly()
                && !done
                && relay.replay().begin(connection, cause)) {
            return;
        }
        session.connectionLost();
        if (!done && relay.phase() != Phase.UPLOADING && loss.isOutcomeUnknown()) {
            String obstacle = verification.begin(connection, statement, loss, pinned, cause);
            if (obstacle == null) {
                relay.awaitOutcome();
                return;
            }
            error = Errors.outcomeUnknown(connection.address(), cause, obstacle);
        }
        if (relay.phase() == Phase.UPLOADING) {
            upload.fail(error);
            session.channel().config().setAutoRead(true);
        } else if (done) {
            relay.take(relay.errand(), false);
            relay.dispatch();
        } else if (loss.mayBeSentAgain()) {
            relay.dispatch();
        } else if (boundary) {
            state.wroteAt(scope.nanos());
            session.sendError(error, sequenceId);
            relay.done();
        } else {
            session.closeBroken(error); // Half a packet is with the client; nothing can follow it.
        }
    }

    /** Lost by Sluice's own question after the client had its answer. */
    void afterAnswer(BackendConnection connection, boolean wasInTransaction, String cause) {
        if (session.killTarget().endsWith(connection)) {
            return;
        }
        scope.events().suspect(connection.address(), cause);
        if (wasInTransaction) {
            session.answerNextWith(Errors.transactionLost(connection.address(), cause));
        } else if (state.needsItsConnection()) {
            session.answerNextWith(Errors.stateLost(connection.address(), state.pinsText(), cause));
        }
        session.connectionLost();
        relay.done();
    }

    /** The session had nothing on its way, but needed that connection. */
    void betweenCommands(BackendConnection connection, String cause) {
        if (session.killTarget().endsWith(connection)) {
            return;
        }
        SqlError error = state.isInTransaction()
                ? Errors.transactionLost(connection.address(), cause)
                : Errors.stateLost(connection.address(), state.pinsText(), cause);
        scope.events().suspect(connection.address(), cause);
        if (relay.replay().owe(connection, cause)) {
            return;
        }
        session.connectionLost();
        session.answerNextWith(error);
    }
}
