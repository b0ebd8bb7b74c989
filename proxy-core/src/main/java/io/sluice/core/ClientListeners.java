// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import io.sluice.core.config.ListenAddress;
import io.sluice.core.config.MysqlSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where clients connect: all the addresses that are configured, with the Unix socket, or none. Used by the proxy's owner's thread. */
final class ClientListeners {
    /** By the configuration's names of them. */
    private final Map<String, Channel> open = new LinkedHashMap<>();

    /**
     * @param clients how clients are served, wherever they connect
     * @param inherited sockets of a former process, by the same names: they are used, the rest closed
     * @throws IOException if one of the addresses cannot be had; the others are closed then
     */
    void open(
            ServerBootstrap clients, MysqlSettings settings, Transport transport, Map<String, FileDescriptor> inherited)
            throws IOException {
        Map<String, FileDescriptor> left = new LinkedHashMap<>(inherited);
        try {
            for (ListenAddress listen : settings.listen()) {
                openTcp(clients, listen, transport, left.remove(listen.toString()));
            }
            if (settings.socket() != null) {
                openUnix(
                        clients,
                        settings.socket(),
                        transport,
                        left.remove(settings.socket().toString()));
            }
        } catch (IOException e) {
            close();
            throw e;
        } finally {
            for (FileDescriptor unwanted : left.values()) {
                unwanted.close();
            }
        }
    }

    private void openTcp(
            ServerBootstrap clients, ListenAddress listen, Transport transport, @Nullable FileDescriptor inherited)
            throws IOException {
        ServerBootstrap tcp =
                clients.clone().option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        ChannelFuture opened = inherited == null
                ? tcp.channel(transport.serverChannel()).bind(listen.toSocketAddress())
                : tcp.channelFactory(() -> new EpollServerSocketChannel(inherited.intValue()))
                        .register();
        keep(listen.toString(), opened, "mysql.listen: cannot listen on " + listen);
    }

    private void openUnix(ServerBootstrap clients, Path path, Transport transport, @Nullable FileDescriptor inherited)
            throws IOException {
        if (transport.unixServerChannel() == null) {
            throw new IOException("mysql.socket: the transport " + transport.name()
                    + " serves no Unix sockets; remove the key, or set mysql.transport to epoll");
        }
        String failure = "mysql.socket: cannot listen on " + path;
        ServerBootstrap unix = clients.clone();
        if (inherited != null) {
            unix.channelFactory(() -> new EpollServerDomainSocketChannel(inherited.intValue()));
            keep(path.toString(), unix.register(), failure);
            return;
        }
        UnixSocketFile file = new UnixSocketFile(path, "mysql.socket");
        file.removeStale();
        unix.channel(transport.unixServerChannel());
        keep(path.toString(), unix.bind(new DomainSocketAddress(path.toFile())), failure);
        file.openToAll();
    }

    private void keep(String name, ChannelFuture opening, String failure) throws IOException {
        opening.awaitUninterruptibly();
        if (!opening.isSuccess()) {
            throw new IOException(failure + ": " + opening.cause().getMessage(), opening.cause());
        }
        open.put(name, opening.channel());
    }

    /** The sockets by their names, for another process; empty if the transport has none that can be given away. */
    Map<String, FileDescriptor> sockets() {
        Map<String, FileDescriptor> sockets = new LinkedHashMap<>();
        open.forEach((name, listener) -> {
            if (listener instanceof EpollServerSocketChannel || listener instanceof EpollServerDomainSocketChannel) {
                sockets.put(name, ((UnixChannel) listener).fd());
            }
        });
        return sockets;
    }

    /**
     * Accepts no more while another process does, by the same sockets. The event loops must let go of them before they are
     * closed: the kernel would go on telling of them, since they live on there. The files of Unix sockets stay.
     */
    void release() {
        open.forEach((name, listener) -> {
            listener.deregister().awaitUninterruptibly();
            try {
                ((UnixChannel) listener).fd().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        open.clear();
    }

    /** Nobody can connect any more; who is connected stays. Takes the Unix socket's file away. */
    void close() {
        open.values().forEach(listener -> listener.close().awaitUninterruptibly());
    }

    @Override
    public String toString() {
        return open.entrySet().stream()
                .map(listener -> listener.getValue().localAddress() instanceof InetSocketAddress inet
                        ? NetUtil.toSocketAddressString(inet)
                        : listener.getKey())
                .collect(Collectors.joining(","));
    }
}
