// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.routing.Destination;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.Pin;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What rules want of the course of a statement: that it comes later, takes no longer than so, or ties the session to its
 * connection. Belongs to one {@link Relay}; confined to its event loop.
 */
final class RuleEffects {
    private static final int ER_QUERY_INTERRUPTED = 1317;
    /** Until a statement whose time is over can be killed: it is not with a server yet, or the client sends a file. */
    private static final int SOON_MILLIS = 10;

    private final Relay relay;
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private Verdict verdict = Verdict.NONE;
    private @Nullable ScheduledFuture<?> timer;
    private boolean killed;

    RuleEffects(Relay relay, Session session, LoopScope scope, SessionState state) {
        this.relay = relay;
        this.session = session;
        this.scope = scope;
        this.state = state;
    }

    /** Whether the statement may go on now; else the relay hears when it may. */
    boolean begin(Verdict ruled, @Nullable BackendConnection held) {
        verdict = ruled;
        Treatment treatment = ruled.treatment();
        if (treatment.unpins() && state.pins().has(Pin.RULE)) {
            state.pins().letGoAll(Pin.RULE);
            if (held != null) {
                held.markDirty(); // the rule knew of something on it that we do not
            }
        }
        Integer delay = treatment.delayMillis();
        if (delay != null && delay > 0) {
            in(delay, this::delayed);
            return false;
        }
        watch();
        return true;
    }

    private void delayed() {
        timer = null;
        watch();
        relay.enter();
    }

    private void watch() {
        Integer timeout = verdict.treatment().timeoutMillis();
        if (timeout != null) {
            in(timeout, this::tooLong);
        }
    }

    private void in(int millis, Runnable what) {
        timer = scope.loop().schedule(what, millis, TimeUnit.MILLISECONDS);
    }

    private void tooLong() {
        switch (relay.phase()) {
            case WAITING -> relay.lease().waiting().interrupt(error());
            case SYNCING, UPLOADING -> in(SOON_MILLIS, this::tooLong);
            case RELAYING -> {
                killed = true;
                session.kills().killOwn(Objects.requireNonNull(relay.lease().held()));
            }
            case IDLE -> throw new AssertionError(verdict);
        }
    }

    private SqlError error() {
        return Errors.timedOut(Objects.requireNonNull(verdict.treatment().timeoutMillis()), verdict.toString());
    }

    /** What the client gets in place of a server's word that the statement was interrupted; null if that was not ours. */
    @Nullable
    ByteBuf inPlaceOf(ByteBuf payload, int sequenceId) {
        if (!killed || ErrPacket.read(payload.duplicate()).code() != ER_QUERY_INTERRUPTED) {
            return null;
        }
        SqlError error = error();
        scope.events().ownError(error.code());
        return ClientPackets.err(session.channel().alloc(), error, sequenceId);
    }

    /** A statement was answered by a server of that kind. */
    void answered(Destination where) {
        if (verdict.treatment().pins() && where == Destination.SOURCE) {
            state.pins().hold(Pin.RULE);
        }
    }

    /** The statement is answered, or will never be. */
    void end() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        killed = false;
        verdict = Verdict.NONE;
    }

    /** How often the statement may be sent. */
    int attempts(int initial) {
        return 1 + verdict.treatment().retriesOr(initial - 1);
    }
}
