// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.topology.BackendAddress;
import org.jspecify.annotations.Nullable;

/**
 * A write whose answer got lost with its connection: the client waits while it is found out whether the write was
 * executed. If not, it is sent again, and a COMMIT answered as what it is, a transaction lost. Belongs to one
 * {@link Relay}.
 */
final class Verification {
    private final Relay relay;
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private @Nullable InterruptedWrite pending;

    Verification(Relay relay, Session session, LoopScope scope, SessionState state) {
        this.relay = relay;
        this.session = session;
        this.scope = scope;
        this.state = state;
    }

    /**
     * Asks what became of the statement, if that can be known.
     *
     * @param pinned whether the connection held more than a transaction
     */
    boolean begin(BackendConnection lost, Statement statement, Loss loss, boolean pinned, String cause) {
        OutcomeJudge judge = scope.writeSlots().judge();
        WriteSlot slot = scope.writeSlots().of(lost);
        if (judge == null || slot == null || !slot.isSure() || !slot.isSetOn(lost) || loss.relayed()) {
            return false;
        }
        boolean commit = loss.inTransaction() && !pinned && WriteSlots.isCommit(statement);
        if (!commit && (loss.kept() || !WriteSlots.isVerified(statement))) {
            return false;
        }
        InterruptedWrite write = slot.interrupted(lost);
        pending = write;
        judge.judge(write, outcome -> scope.loop().execute(() -> judged(write, outcome, commit, cause)));
        return true;
    }

    /** The command is over, one way or the other. */
    void end() {
        pending = null;
    }

    @SuppressWarnings("ReferenceEquality") // the very one; another may look the same
    private void judged(InterruptedWrite write, Outcome outcome, boolean commit, String cause) {
        if (pending != write) {
            return; // the client has gone, or was interrupted
        }
        pending = null;
        BackendAddress server = write.server();
        switch (outcome) {
            case NOT_COMMITTED -> {
                if (!commit) {
                    relay.dispatch();
                } else if (!relay.replay().beginBehind(server, cause)) {
                    relay.fail(Errors.transactionLost(server, cause));
                }
            }
            case COMMITTED -> {
                state.wroteAt(scope.nanos());
                if (commit) {
                    session.answerOk();
                    relay.done();
                } else {
                    relay.fail(Errors.resultLost(server, cause));
                }
            }
            case UNKNOWN -> {
                state.wroteAt(scope.nanos());
                relay.fail(Errors.outcomeUnknown(server, cause));
            }
        }
    }
}
