// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import io.sluice.core.config.ListenAddress;
import io.sluice.core.config.MysqlSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Where clients connect: all the addresses that are configured, with the Unix socket, or none. Used by the proxy's owner's thread. */
final class ClientListeners {
    private final List<Channel> open = new ArrayList<>();

    /**
     * @param clients how clients are served, wherever they connect
     * @throws IOException if one of the addresses cannot be had; the others are closed then
     */
    void open(ServerBootstrap clients, MysqlSettings settings, Transport transport) throws IOException {
        try {
            for (ListenAddress listen : settings.listen()) {
                bind(tcp(clients, transport), listen.toSocketAddress(), "mysql.listen: cannot listen on " + listen);
            }
            if (settings.socket() != null) {
                bindUnix(clients.clone(), settings.socket(), transport);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private static ServerBootstrap tcp(ServerBootstrap clients, Transport transport) {
        return clients.clone()
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true);
    }

    private void bindUnix(ServerBootstrap bootstrap, Path path, Transport transport) throws IOException {
        if (transport.unixServerChannel() == null) {
            throw new IOException("mysql.socket: the transport " + transport.name()
                    + " serves no Unix sockets; remove the key, or set mysql.transport to epoll");
        }
        UnixSocketFile file = new UnixSocketFile(path);
        file.removeStale();
        bootstrap.channel(transport.unixServerChannel());
        bind(bootstrap, new DomainSocketAddress(path.toFile()), "mysql.socket: cannot listen on " + path);
        file.openToAll();
    }

    private void bind(ServerBootstrap bootstrap, SocketAddress address, String failure) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(failure + ": " + bound.cause().getMessage(), bound.cause());
        }
        open.add(bound.channel());
    }

    /** Nobody can connect any more; who is connected stays. Takes the Unix socket's file away. */
    void close() {
        open.forEach(listener -> listener.close().awaitUninterruptibly());
    }

    @Override
    public String toString() {
        return open.stream().map(listener -> text(listener.localAddress())).collect(Collectors.joining(","));
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? NetUtil.toSocketAddressString(inet)
                : String.valueOf(address);
    }
}
