// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.LeaseRequest;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionVariables;
import io.sluice.protocol.SqlError;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Something that a server is asked before a client is let in: the source, or a replica while there is none. Confined to
 * one event loop; used once.
 */
abstract sealed class LoginCheck implements LeaseRequest permits SchemaCheck, LoginProof {
    private static final long RETRY_MILLIS = 100;

    private final LoopScope scope;
    private final PoolKey key;
    private final Duration hold;
    private final Duration acquireTimeout;
    private final long startedAtNanos;
    private boolean ended;

    /**
     * @param hold how long to wait for a server
     * @param acquireTimeout how long to wait for a connection to it
     */
    LoginCheck(LoopScope scope, PoolKey key, Duration hold, Duration acquireTimeout) {
        this.scope = scope;
        this.key = key;
        this.hold = hold;
        this.acquireTimeout = acquireTimeout;
        this.startedAtNanos = scope.nanos();
    }

    /** Asks on the connection, which is then to be given back, and ends with the server's word. */
    abstract void ask(BackendConnection connection);

    /** Called once. */
    abstract void ended(Outcome outcome, @Nullable SqlError error);

    /** How a check ends. */
    enum Outcome {
        FINE,
        /** The server does not let the account in. */
        REFUSED,
        /** The server was asked and says no. */
        DENIED,
        /** No server could be asked. */
        UNANSWERED
    }

    final void start() {
        if (ended) {
            return;
        }
        Topology topology = scope.topology();
        Member member = topology.source()
                .orElseGet(() -> topology.replicas().isEmpty()
                        ? null
                        : topology.replicas().get(0));
        if (member == null) {
            waitForServer(topology);
            return;
        }
        BackendPool pool = scope.pool(member.address());
        BackendConnection connection = pool.lease(this);
        if (connection != null) {
            leased(connection);
            return;
        }
        scope.loop().schedule(() -> withdraw(pool), acquireTimeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void withdraw(BackendPool pool) {
        if (!ended && pool.cancel(this)) {
            end(Outcome.UNANSWERED, Errors.noConnection(pool.address(), pool.limit(), acquireTimeout));
        }
    }

    private void waitForServer(Topology topology) {
        long waited = scope.nanos() - startedAtNanos;
        if (waited >= hold.toNanos()) {
            end(Outcome.UNANSWERED, Errors.noSource(hold, topology.note()));
        } else {
            again();
        }
    }

    final void again() {
        scope.loop().schedule(this::start, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public final void leased(BackendConnection connection) {
        ask(connection);
    }

    @Override
    public final void leaseFailed(BackendPool pool, ConnectFailure failure) {
        if (failure.ours()) {
            end(Outcome.UNANSWERED, Errors.tooManyWaiting(failure.cause()));
            return;
        }
        SqlError error = failure.error();
        if (error != null && !failure.isServersFault()) {
            end(Outcome.REFUSED, refusal(pool, error));
            return;
        }
        scope.shun(pool.address(), failure.cause());
        start();
    }

    /** What to tell the client when the server does not let the account in. */
    SqlError refusal(BackendPool pool, SqlError error) {
        return Errors.backendRefuses(pool.address(), key.user(), error);
    }

    final void end(Outcome outcome, @Nullable SqlError error) {
        if (!ended) {
            ended = true;
            ended(outcome, error);
        }
    }

    @Override
    public final void lingeringEnded(BackendConnection connection) {}

    @Override
    public final void lostWhileQuiet(BackendConnection connection, String cause) {}

    @Override
    public final void backendWritabilityChanged(BackendConnection connection) {}

    @Override
    public final PoolKey poolKey() {
        return key;
    }

    @Override
    public final SessionVariables variables() {
        return SessionVariables.NONE;
    }
}
