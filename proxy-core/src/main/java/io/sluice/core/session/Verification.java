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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A write whose answer got lost with its connection: the client waits while it is found out whether the write was
 * executed. If not, it is sent again, and a COMMIT answered as what it is, a transaction lost; if so, the client gets its
 * {@link LostResult}. Belongs to one {@link Relay}.
 */
final class Verification {
    private static final Logger LOG = LoggerFactory.getLogger(Verification.class);

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
     * @return why it cannot be known; null if it is being asked
     */
    @Nullable
    String begin(BackendConnection lost, Statement statement, Loss loss, boolean pinned, String cause) {
        OutcomeJudge judge = scope.writeSlots().judge();
        if (judge == null) {
            return "failover.verify_writes is off";
        }
        WriteSlot slot = scope.writeSlots().of(lost);
        boolean commit = loss.inTransaction() && !pinned && WriteSlots.isCommit(statement);
        String obstacle = obstacle(slot, lost, statement, loss, commit);
        if (obstacle != null || slot == null) {
            LOG.info("event=outcome_not_asked server={} why=\"{}\"", lost.address(), obstacle);
            return obstacle;
        }
        InterruptedWrite write = slot.interrupted(lost);
        pending = write;
        judge.judge(write, outcome -> scope.loop().execute(() -> judged(write, outcome, commit, cause)));
        return null;
    }

    private @Nullable String obstacle(
            @Nullable WriteSlot slot, BackendConnection lost, Statement statement, Loss loss, boolean commit) {
        if (loss.relayed()) {
            return "the client has seen a part of its result";
        }
        if (slot == null) {
            return scope.writeSlots().whyNone(lost);
        }
        if (!commit && (loss.kept() || !isProvable(statement, slot))) {
            return "not for this kind of statement";
        }
        if (!slot.isSetOn(lost)) {
            return "the connection had lost its tag";
        }
        return slot.isSure() ? null : "what the connection had written before was not certain";
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
            case UNKNOWN ->
                relay.fail(Errors.outcomeUnknown(server, cause, "no server could tell within failover.hold"));
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
