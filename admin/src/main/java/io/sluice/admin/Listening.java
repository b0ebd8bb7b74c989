// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Binds a port at start-up, when to wait is right. */
final class Listening {

    private Listening() {}

    static Channel on(ServerBootstrap bootstrap, InetSocketAddress address, String key) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String cause = bound.cause() == null ? "cancelled" : bound.cause().getMessage();
            throw new IOException(
                    key + ": cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + cause,
                    bound.cause());
        }
        return bound.channel();
    }
}
