// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.LeaseRequest;
import io.sluice.protocol.SqlError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a command waits for, and until when: a connection of one backend, or, held, a source. Each {@link Relay} has
 * one; {@link LoopScope} ends those that last too long.
 */
final class Wait {
    private final Relay relay;
    private final LeaseRequest request;
    private final LoopScope scope;
    private final Session session;
    private @Nullable BackendPool pool;
    private long deadlineNanos;
    /** Set when the command is first held, 0 before; later tries to connect do not move it. */
    private long holdUntilNanos;

    Wait(Relay relay, LeaseRequest request, LoopScope scope, Session session) {
        this.relay = relay;
        this.request = request;
        this.scope = scope;
        this.session = session;
    }

    /** A new command begins. */
    void begin() {
        holdUntilNanos = 0;
    }

    /** That pool will call. */
    void forConnection(BackendPool asked) {
        pool = asked;
        deadlineNanos = scope.nanos() + scope.limits().acquireTimeout().toNanos();
        scope.awaitLease(this);
    }

    /** Held until the topology changes; returns why not, or null. */
    @Nullable
    SqlError forSource() {
        pool = null;
        if (holdUntilNanos == 0) {
            holdUntilNanos = scope.nanos() + hold().toNanos();
        }
        deadlineNanos = holdUntilNanos;
        if (deadlineNanos - scope.nanos() <= 0) {
            return Errors.noSource(hold(), scope.topology().note());
        }
        return scope.hold(this) ? null : Errors.tooManyHeld(scope.limits().maxHeld());
    }

    private Duration hold() {
        return scope.limits().holdOf(session.user());
    }

    /** The wait is over, one way or the other. */
    void end() {
        scope.stopWaiting(this);
        pool = null;
    }

    /** Gives up: what was asked of a pool is withdrawn. */
    void cancel() {
        if (pool != null) {
            pool.cancel(request);
        }
        end();
    }

    /** Ends it, by KILL QUERY or the like; a command that a server has is the server's to end. */
    void interrupt(SqlError error) {
        if (relay.phase() == Phase.WAITING) {
            cancel();
            relay.fail(error);
        }
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    void topologyChanged() {
        end();
        relay.dispatch();
    }

    void tooLong() {
        BackendPool asked = pool;
        SqlError error = asked == null
                ? Errors.noSource(hold(), scope.topology().note())
                : Errors.noConnection(
                        asked.address(), asked.limit(), scope.limits().acquireTimeout());
        cancel();
        relay.fail(error);
    }
}
