// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;

/** Hands what happens on a client's channel to its session. In the pipeline from login to close. */
public final class CommandPhaseHandler extends ChannelInboundHandlerAdapter {
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
        } else {
            session.bug(cause);
        }
    }
}
