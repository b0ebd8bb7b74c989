// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.channel.Channel;
import io.sluice.protocol.SqlError;

/** The decision on a login whose proof is accepted. To be made once, on the channel's event loop, now or later. */
public interface LoginReply {
    Channel channel();

    /**
     * Sends OK, removes the handshake's handler and passes on what the client has sent since, so the handlers of the
     * command phase have to stand in the pipeline by now. Returns false if the client has gone; nothing is done then.
     */
    boolean accept(int serverStatus);

    /** Sends the error and closes. */
    void reject(SqlError error);
}
