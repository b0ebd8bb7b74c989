// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.SqlError;
import org.jspecify.annotations.Nullable;

/** Learns how a client's connection phase ends. Called on the channel's event loop. */
public interface ServerHandshakeListener {
    /** The proof is accepted and the client waits for the reply, reading suspended, without a further deadline. */
    void loggedIn(Login login, LoginReply reply);

    /** How long to let the client wait for that refusal; asked once, before. */
    default long refusalDelayMillis(SqlError error) {
        return 0;
    }

    /**
     * The client was sent that error and the channel is being closed; not called for a rejected reply.
     *
     * @param user as whom it wants to log in; null while it has not said
     */
    default void refused(@Nullable String user, SqlError error) {}

    /** The channel failed and is being closed, by a TLS alert for instance, or a bug. */
    default void failed(Throwable cause) {}
}
