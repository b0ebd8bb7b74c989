// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/** Closes what comes beyond a number of connections: these ports are for a few. Shared by all channels of a port. */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

    private final int limit;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimit(int limit) {
        this.limit = limit;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        boolean full = open.incrementAndGet() > limit;
        context.channel().closeFuture().addListener(closed -> open.decrementAndGet());
        if (full) {
            context.close();
        } else {
            context.fireChannelActive();
        }
    }
}
