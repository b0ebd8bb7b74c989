// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.core.config.LimitSettings;
import io.sluice.core.limit.Allowance;
import io.sluice.core.limit.Limit;
import io.sluice.core.limit.Turn;
import io.sluice.protocol.SqlError;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one session's statements within the limits that match them. Belongs to one {@link Relay}; confined to its event
 * loop.
 *
 * <p>A statement enters all limits that match it, in the order of the configuration, and leaves them when it is answered.
 * It may wait for one while it is within those before, which others wait for in the same order. It never waits while its
 * session has a connection: whoever it would wait for might wait for a lock of its transaction, or for the connection.
 * Such a statement enters whether or not there is room, and is counted.
 */
final class Admission {
    private final Relay relay;
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    /** Those that may match at all. */
    private final List<Limit> limits;

    private final List<Allowance> entered = new ArrayList<>(0);
    /** A place at the source, for want of a replica. */
    private @Nullable Allowance atSource;

    private Statement statement = TextlessCommands.NOTHING;
    private int next;
    private @Nullable Turn turn;
    private @Nullable ScheduledFuture<?> deadline;

    Admission(Relay relay, Session session, LoopScope scope, SessionState state) {
        this.relay = relay;
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.limits = scope.limits().statements().stream()
                .filter(limit -> limit.mayMatch(session.user()))
                .toList();
    }

    /** Whether the statement may go on now; else the relay hears when it may, or that it must not. */
    boolean enters(Statement asking) {
        if (limits.isEmpty()) {
            return true;
        }
        statement = asking;
        next = 0;
        boolean mayWait = !state.needsItsConnection() && !asking.has(Trait.USES_DIAGNOSTICS);
        return goOn(mayWait);
    }

    private boolean goOn(boolean mayWait) {
        while (next < limits.size()) {
            Limit limit = limits.get(next++);
            if (!limit.matches(state.schema(), statement)) {
                continue;
            }
            Allowance allowance = limit.allowance(session.user(), state.schema(), statement);
            if (!mayWait) {
                allowance.enterAnyway();
            } else if (!allowance.enter()) {
                await(allowance);
                return false;
            }
            entered.add(allowance);
        }
        return true;
    }

    /** Whether a statement that is about to go there for that reason may; else the relay hears when to try again. */
    boolean entersServer(Reason reason) {
        Limit limit = scope.limits().sourceReads();
        boolean forLackOfReplica = reason == Reason.NO_REPLICA || reason == Reason.REPLICAS_LAG;
        if (limit == null || forLackOfReplica == (atSource != null)) {
            return true;
        }
        if (!forLackOfReplica) {
            leaveSource(); // there is a replica again
            return true;
        }
        Allowance allowance = limit.allowance(session.user(), state.schema(), statement);
        if (!allowance.enter()) {
            await(allowance);
            return false;
        }
        atSource = allowance;
        return true;
    }

    private void await(Allowance allowance) {
        Turn wanted = allowance.await(scope.loop(), this::granted);
        if (wanted == null) {
            relay.fail(refusal(allowance, true));
            return;
        }
        turn = wanted;
        long timeout = allowance.limit().settings().queueTimeout().toNanos();
        deadline = scope.loop().schedule(this::tooLong, timeout, TimeUnit.NANOSECONDS);
    }

    private SqlError refusal(Allowance allowance, boolean full) {
        LimitSettings settings = allowance.limit().settings();
        if (isAtSource(allowance)) {
            return Errors.tooManySourceReads(settings, full);
        }
        return full ? Errors.limitReached(settings) : Errors.limitWaited(settings);
    }

    private boolean isAtSource(Allowance allowance) {
        return allowance.limit() == scope.limits().sourceReads();
    }

    private void granted(Turn granted) {
        if (turn != granted) {
            return;
        }
        stopWaiting();
        if (isAtSource(granted.allowance())) {
            atSource = granted.allowance();
            relay.dispatch();
            return;
        }
        entered.add(granted.allowance());
        if (goOn(true)) {
            relay.dispatch();
        }
    }

    private void tooLong() {
        Turn late = turn;
        if (late != null) {
            relay.fail(refusal(late.allowance(), false));
        }
    }

    private void stopWaiting() {
        turn = null;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    /** The statement is answered, or will never be. */
    void end() {
        if (turn != null) {
            turn.giveUp();
            stopWaiting();
        }
        for (int i = 0; i < entered.size(); i++) {
            entered.get(i).leave();
        }
        entered.clear();
        leaveSource();
    }

    private void leaveSource() {
        if (atSource != null) {
            atSource.leave();
            atSource = null;
        }
    }

    /** The limits that match a statement, for people; empty if there are none. */
    String matching(Statement of) {
        return limits.stream()
                .filter(limit -> limit.matches(state.schema(), of))
                .map(limit -> limit + ": " + limit.running() + " run, " + limit.waiting() + " wait")
                .collect(Collectors.joining("; "));
    }
}
