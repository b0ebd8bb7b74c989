// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.protocol.Capabilities;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;

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

    void connect(EventLoop loop, BackendAddress address, PoolKey key, Outcome outcome);
}
