// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.function.Consumer;

/** Opens a port at start-up, when to wait is right. */
final class Listening {

    private Listening() {}

    /**
     * @param key of the configuration, for the message of a failure
     * @param shared whether another process that wants so, too, may listen on the same address
     * @param maxConnections those beyond are closed at once
     * @param handlers adds what serves a connection to its pipeline
     */
    static Channel on(
            InetSocketAddress address,
            String key,
            boolean shared,
            EventLoopGroup loops,
            int maxConnections,
            Consumer<SocketChannel> handlers)
            throws IOException {
        ConnectionLimit limit = new ConnectionLimit(maxConnections);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(limit);
                        handlers.accept(channel);
                    }
                });
        if (shared && canShare()) {
            bootstrap.option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String cause = bound.cause() == null ? "cancelled" : bound.cause().getMessage();
            throw new IOException(
                    key + ": cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + cause,
                    bound.cause());
        }
        return bound.channel();
    }

    private static boolean canShare() throws IOException {
        try (ServerSocketChannel any = ServerSocketChannel.open()) {
            return any.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
        }
    }
}
