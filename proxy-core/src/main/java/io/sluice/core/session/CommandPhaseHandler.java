// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.protocol.ProtocolException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what happens on a client's channel to its session. In the pipeline from login to close. */
public final class CommandPhaseHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(CommandPhaseHandler.class);

    private final Session session;

    public CommandPhaseHandler(Session session) {
        this.session = session;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        session.read((ByteBuf) message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        session.clientWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.clientClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof javax.net.ssl.SSLException) {
            ctx.close(); // The client broke off; its session ends with channelInactive.
        } else if (cause instanceof ProtocolException unreadable) {
            LOG.warn(
                    "session={} client={} frames=\"{}\"",
                    session.id(),
                    session.owner().clientAddress(),
                    unreadable.getMessage());
            session.closeWith(Errors.uncompressible(unreadable.getMessage()));
        } else {
            session.bug(cause);
        }
    }
}
