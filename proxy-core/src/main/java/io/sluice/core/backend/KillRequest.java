// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * Ends on the server what a connection was doing when it was given up. A server looks at the socket only when it has
 * something to send: without a KILL, the statement of a client that vanished would run on, and keep its locks. Takes the
 * next connection that is free; if there is none in time, the server finds out by itself.
 */
public final class KillRequest implements LeaseRequest {
    private final BackendConnection victim;
    private final BackendPool pool;

    private KillRequest(BackendConnection victim, BackendPool pool) {
        this.victim = victim;
        this.pool = pool;
    }

    /** Closes a connection amid a statement, and sees to it that the statement ends, too. */
    public static void discard(BackendConnection victim, BackendPool pool) {
        victim.discard();
        KillRequest request = new KillRequest(victim, pool);
        BackendConnection free = pool.lease(request);
        if (free != null) {
            request.leased(free);
        }
    }

    @Override
    public void leased(BackendConnection connection) {
        // Error 1094, no such thread: it ended by itself.
        connection.send(
                SessionSetup.query(connection.channel().alloc(), "KILL " + victim.threadId()),
                new SessionSetup.Step(connection, (c, error) -> c.release(), (c, cause) -> {}));
        connection.flush();
        connection.answerWithin(pool.limits.setupTimeout());
    }

    @Override
    public void leaseFailed(BackendPool empty, ConnectFailure failure) {
        // Then nobody can reach the server.
    }

    @Override
    public PoolKey poolKey() {
        return victim.key();
    }

    @Override
    public SessionVariables variables() {
        return victim.variables();
    }

    @Override
    public @Nullable String schema() {
        return victim.schema();
    }

    @Override
    public void lingeringEnded(BackendConnection connection) {}

    @Override
    public void lostWhileQuiet(BackendConnection connection, String cause) {}

    @Override
    public void backendWritabilityChanged(BackendConnection connection) {}
}
