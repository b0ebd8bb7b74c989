// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.channel.Channel;
import io.sluice.core.backend.BackendConnection;
import org.jspecify.annotations.Nullable;

/** Stops reading a server's response while its client does not read. One per session, on its event loop. */
final class Backpressure {
    private final Channel client;
    private boolean throttling;

    Backpressure(Channel client) {
        this.client = client;
    }

    /** The client's buffer has become full, or has room again. */
    void clientChanged(@Nullable BackendConnection answering) {
        if (answering != null) {
            throttle(answering, !client.isWritable());
        }
    }

    /** The connection has got a command and will answer. */
    void begin(BackendConnection connection) {
        if (!client.isWritable()) {
            throttle(connection, true);
        }
    }

    /** The connection leaves the session, and must serve the next one unhindered. */
    void end(BackendConnection connection) {
        if (throttling) {
            throttle(connection, false);
        }
    }

    private void throttle(BackendConnection connection, boolean on) {
        throttling = on;
        connection.channel().config().setAutoRead(!on);
    }
}
