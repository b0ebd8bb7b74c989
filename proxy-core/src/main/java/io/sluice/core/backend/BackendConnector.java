// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.protocol.Capabilities;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import org.jspecify.annotations.Nullable;

/** Opens a channel to a backend and logs in. The seam between pools and the network. */
public interface BackendConnector {
    /** Called once on the loop, one of its two methods. */
    interface Outcome {
        /**
         * The channel is in the command phase, with no handler of the handshake left in its pipeline; the capabilities
         * are those that both sides have.
         */
        void connected(Channel channel, long threadId, Flavor flavor, Capabilities capabilities);

        void failed(ConnectFailure failure);
    }

    /**
     * Opens a connection for one client alone, which is then passed every byte.
     *
     * @param capabilities the client's own
     * @param schema that the client begins with, null for none
     */
    record Alone(Capabilities capabilities, @Nullable String schema) {}

    /**
     * Connects, on that loop, as the key says.
     *
     * @param alone null for a connection that clients share
     */
    void connect(EventLoop loop, BackendAddress address, PoolKey key, @Nullable Alone alone, Outcome outcome);

    /** For a connection that clients share. */
    default void connect(EventLoop loop, BackendAddress address, PoolKey key, Outcome outcome) {
        connect(loop, address, key, null, outcome);
    }
}
