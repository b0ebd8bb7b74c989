// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.channel.EventLoop;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.PoolKey;
import io.sluice.protocol.SqlError;
import io.sluice.routing.sql.KillText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session as the victim of {@link Kill}. Until a server has answered a KILL, the connection it names is kept from
 * other sessions, whose statement it might hit. Each session has one; confined to its event loop.
 */
final class KillTarget {
    enum State {
        /** It has been seen to. */
        DONE,
        /** The session has ended. */
        GONE,
        /** No server knows of the session, and it is not settled whether it may be killed. */
        IDLE,
        /** A connection serves the session. */
        BUSY
    }

    /** @param connection held for the KILL; {@link #answered} must follow */
    record Found(State state, @Nullable BackendConnection connection) {}

    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final Relay relay;
    /** A KILL of the connection that serves the session is on its way: its loss is no accident. */
    private @Nullable BackendConnection condemned;

    private boolean dead;

    KillTarget(Session session, LoopScope scope, SessionState state, Relay relay) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.relay = relay;
    }

    /** What a KILL has to do; does it if no server has to. */
    Found find(boolean query, boolean permitted) {
        if (scope.directory().find(session.id()) != session) {
            return new Found(State.GONE, null);
        }
        BackendConnection connection = relay.lease().held();
        if (connection != null) {
            connection.hold();
            if (!query) {
                condemned = connection;
            }
            return new Found(State.BUSY, connection);
        }
        if (!permitted) {
            return new Found(State.IDLE, null);
        }
        if (query) {
            relay.lease().waiting().interrupt(Errors.interrupted());
        } else {
            end();
        }
        return new Found(State.DONE, null);
    }

    /** A server has answered the KILL of that connection. */
    void answered(BackendConnection connection, boolean query, boolean done) {
        if (!query && done) {
            dead = true;
            if (relay.lease().held() != connection) {
                end();
            }
            connection.unhold(true);
            return;
        }
        if (!query) {
            condemned = null;
        }
        connection.unhold(false);
    }

    /** Ends the session if the loss of that connection is no accident; false if it is one. */
    boolean endsWith(BackendConnection lost) {
        if (lost == condemned) {
            end();
        }
        return lost == condemned;
    }

    /** Ends the session if it was killed, but its statement was faster. */
    boolean endsIfDead() {
        if (dead) {
            end();
        }
        return dead;
    }

    /** Without a word to the client, as servers have none. */
    private void end() {
        session.flush();
        session.channel().close();
    }

    // ---- any thread

    /** A KILL that nobody else has to allow. */
    void killByOperator(boolean query, Consumer<@Nullable SqlError> answer) {
        KillText what = new KillText(query ? "KILL QUERY" : "KILL", query, id());
        loop().execute(() -> new Kill(scope, user(), poolKey(), what, this, answer).start());
    }

    EventLoop loop() {
        return scope.loop();
    }

    long id() {
        return session.id();
    }

    String user() {
        return session.user();
    }

    PoolKey poolKey() {
        return state.poolKey();
    }
}
