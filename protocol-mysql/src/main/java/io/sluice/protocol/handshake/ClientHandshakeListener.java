// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.channel.Channel;

/** Learns how the login to a backend ends: one call, on the channel's event loop. */
public interface ClientHandshakeListener {
    /**
     * The handlers of the command phase are to be added to the pipeline in here: right afterwards the handshake's
     * handler leaves it and passes on what the server has sent since.
     */
    void ready(Channel channel, HandshakeResult result);

    /** The channel, if there ever was one, is closed. */
    void failed(HandshakeFailure failure);
}
