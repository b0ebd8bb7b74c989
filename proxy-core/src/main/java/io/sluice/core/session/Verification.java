// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.topology.BackendAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A write whose answer got lost with its connection: the client waits while it is found out whether the write was
 * executed. If not, it is sent again, and a COMMIT answered as what it is, a transaction lost; if so, the client gets its
 * {@link LostResult}. Belongs to one {@link Relay}.
 */
final class Verification {
    private final Relay relay;
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final LostResult lostResult;
    private @Nullable InterruptedWrite pending;

    Verification(Relay relay, Session session, LoopScope scope, SessionState state) {
        this.relay = relay;
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.lostResult = new LostResult(session, state);
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
        if (!commit && (loss.kept() || !isProvable(statement, slot))) {
            return false;
        }
        InterruptedWrite write = slot.interrupted(lost);
        pending = write;
        judge.judge(write, outcome -> scope.loop().execute(() -> judged(write, outcome, commit, cause)));
        return true;
    }

    private boolean isProvable(Statement statement, WriteSlot slot) {
        if (!WriteSlots.isDefinition(statement)) {
            return WriteSlots.isVerified(statement);
        }
        StatementText text = slot.provesDefinitions() ? relay.text() : null;
        return text != null && text.isPlainDefinition();
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
        BackendAddress server = write.server();
        if (outcome != Outcome.NOT_COMMITTED) {
            state.wroteAt(scope.nanos());
        }
        if (outcome == Outcome.COMMITTED && !commit) {
            lostResult.find(
                    relay.text(),
                    write,
                    Objects.requireNonNull(scope.writeSlots().judge()),
                    result -> scope.loop().execute(() -> found(write, result, cause)));
            return;
        }
        pending = null;
        switch (outcome) {
            case NOT_COMMITTED -> {
                if (!commit) {
                    relay.dispatch();
                } else if (!relay.replay().beginBehind(server, cause)) {
                    relay.fail(Errors.transactionLost(server, cause));
                }
            }
            case COMMITTED -> {
                session.answerOk();
                relay.done();
            }
            case UNKNOWN -> relay.fail(Errors.outcomeUnknown(server, cause));
        }
    }

    @SuppressWarnings("ReferenceEquality") // as above
    private void found(InterruptedWrite write, @Nullable OkPacket result, String cause) {
        if (pending != write) {
            return;
        }
        pending = null;
        if (result == null) {
            relay.fail(Errors.resultLost(write.server(), cause));
            return;
        }
        relay.lease().lostDiagnostics(); // such as ROW_COUNT()
        session.answer(result);
        relay.done();
    }
}
