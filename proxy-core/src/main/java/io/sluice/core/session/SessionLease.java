// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.KillRequest;
import io.sluice.core.backend.LeaseRequest;
import io.sluice.core.backend.PeerState;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionVariables;
import io.sluice.protocol.SqlError;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a session has, or the one it had last: takes connections from the pools and gives them back.
 * Belongs to one {@link Relay}, which it tells of every connection it gets, and which decides when one goes back.
 */
final class SessionLease implements LeaseRequest {
    private final Relay relay;
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final Losses losses;
    private final Wait wait;

    private @Nullable BackendConnection held;
    private @Nullable BackendConnection lingering;
    private boolean diagnosticsTaken;
    /** The connection given back last, for as long as nobody has used it since. */
    private @Nullable BackendConnection last;

    private long usesOfLast;

    SessionLease(Relay relay, Session session, LoopScope scope, SessionState state, Losses losses) {
        this.relay = relay;
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.losses = losses;
        this.wait = new Wait(relay, this, scope, session);
    }

    // ---- taking

    /**
     * Takes back the connection of the last statement if nobody has used it since; the relay does not hear of it.
     *
     * @param asking the one that needs it: for LAST_INSERT_ID() that of the last insert is better
     * @param forWrite whether one to a replica will not do
     */
    @Nullable
    BackendConnection takeBack(Statement asking, boolean forWrite) {
        BackendConnection before = lingering == null ? last : lingering;
        boolean forInsertId = !asking.has(Trait.USES_DIAGNOSTICS);
        BackendConnection home = forInsertId ? state.lastInsertId().home() : null;
        if (home != null
                && home != before
                && home.canServe(this)
                && !(forWrite && scope.isReplica(home.address()))
                && takeBack(home, home.uses())) {
            return home;
        }
        if (forWrite && before != null && scope.isReplica(before.address())) {
            return null;
        }
        BackendConnection connection = reclaim();
        BackendConnection free = last;
        if (connection == null && free != null && free.canServe(this) && takeBack(free, usesOfLast)) {
            return free;
        }
        return connection;
    }

    private boolean takeBack(BackendConnection free, long uses) {
        if (!scope.pool(free.address()).takeBack(free, uses, this)) {
            return false;
        }
        BackendConnection other = reclaim();
        if (other != null) {
            other.release();
        }
        state.lastInsertId().takenBack(free, uses);
        held = free;
        return true;
    }

    private @Nullable BackendConnection reclaim() {
        BackendConnection connection = lingering;
        if (connection != null) {
            lingering = null;
            connection.reclaim();
            held = connection;
        }
        return connection;
    }

    /** Whether what the last statement left to ask for is gone with its connection. */
    boolean diagnosticsTaken() {
        return diagnosticsTaken;
    }

    /** Leases a connection; the relay gets it at once or later, or learns why not. */
    void take(BackendAddress backend) {
        BackendConnection before = reclaim();
        if (before != null) {
            if (before.address().equals(backend) && before.canServe(this)) {
                relay.use(before, true);
                return;
            }
            held = null;
            before.release();
        }
        BackendPool pool = scope.pool(backend);
        BackendConnection connection = pool.lease(this);
        if (connection == null) {
            wait.forConnection(pool);
        } else {
            held = connection;
            relay.use(connection, false);
        }
    }

    @Override
    public void leased(BackendConnection connection) {
        wait.end();
        held = connection;
        relay.use(connection, false);
    }

    @Override
    public void leaseFailed(BackendPool pool, ConnectFailure failure) {
        wait.end();
        if (failure.ours()) {
            relay.fail(Errors.tooManyWaiting(failure.cause()));
            return;
        }
        SqlError error = failure.error();
        if (error != null && !failure.isServersFault()) {
            session.owner().accountRefused();
            relay.fail(Errors.backendRefuses(pool.address(), state.poolKey().user(), error));
            return;
        }
        scope.shun(pool.address(), failure.cause());
        relay.dispatch();
    }

    // ---- giving back

    /** The statement is answered and nothing keeps the connection; its diagnostics may still be asked for. */
    void giveBack(boolean mayComeBack) {
        BackendConnection connection = drop();
        diagnosticsTaken = false;
        last = connection;
        usesOfLast = connection.uses();
        if (mayComeBack) {
            lingering = connection;
            connection.linger();
        } else {
            connection.release();
        }
    }

    /** The connection does not serve; whatever was done to it is of no use to the session. */
    void giveBackUnused() {
        drop().release();
    }

    /** The connection is in a state that nobody knows, or wants. */
    void giveBackDirty() {
        BackendConnection connection = drop();
        connection.markDirty();
        connection.release();
    }

    /** The server is about to close the connection, or has. */
    void giveBackEnded() {
        drop().discard();
    }

    /**
     * Gives up the connection if its server has ended it and the statement may write: a loss after it was sent would
     * leave its outcome in doubt, though no server got it.
     */
    boolean discardsEnded(Statement statement) {
        BackendConnection connection = Objects.requireNonNull(held);
        boolean ended = Loss.mayWrite(statement.statementClass()) && PeerState.hasEnded(connection.channel());
        if (ended) {
            connection.discard();
        }
        return ended;
    }

    private BackendConnection drop() {
        BackendConnection connection = Objects.requireNonNull(held);
        held = null;
        session.backpressure().end(connection);
        return connection;
    }

    /** Gives up whatever is held: the connection is reset, or, if a command is on its way, closed and killed. */
    void abandon(Phase phase) {
        wait.cancel();
        last = null;
        diagnosticsTaken = false;
        if (reclaim() != null) {
            drop().release();
        } else if (held != null) {
            switch (phase) {
                case IDLE -> giveBackDirty();
                case RELAYING -> {
                    BackendConnection busy = drop();
                    KillRequest.discard(busy, scope.pool(busy.address()));
                }
                // Before the command was sent, or while the server reads a file, it sees the end by itself.
                case WAITING, SYNCING, UPLOADING -> drop().discard();
            }
        }
    }

    /** Gives up whatever is held between two commands, and runs that when the server has let go of locks and the like. */
    void abandon(Runnable then) {
        BackendConnection connection = held;
        abandon(Phase.IDLE);
        if (connection == null) {
            then.run();
        } else {
            connection.whenClean(then);
        }
    }

    // ---- losing

    /** The connection is gone, and whoever learned of it first tells. */
    void lost() {
        held = null;
    }

    /** The client got its answer, but the connection that could tell more of it is gone. */
    void lostDiagnostics() {
        last = null;
        diagnosticsTaken = true;
    }

    @Override
    public void lostWhileQuiet(BackendConnection connection, String cause) {
        if (connection == held) {
            held = null;
            losses.betweenCommands(connection, cause);
        }
    }

    @Override
    public void lingeringEnded(BackendConnection connection) {
        if (connection == lingering) {
            lingering = null;
            diagnosticsTaken = true;
        }
    }

    // ---- what is asked of it

    /** The connection that is leased now. */
    @Nullable
    BackendConnection held() {
        return held;
    }

    Wait waiting() {
        return wait;
    }

    @Override
    public void backendWritabilityChanged(BackendConnection connection) {
        if (connection == held && relay.phase() == Phase.UPLOADING) {
            session.channel().config().setAutoRead(connection.channel().isWritable());
        }
    }

    @Override
    public PoolKey poolKey() {
        return state.poolKey();
    }

    @Override
    public SessionVariables variables() {
        return state.variables();
    }

    @Override
    public @Nullable String schema() {
        return state.schema();
    }
}
