// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.ServerDomainSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.core.config.MysqlSettings;
import org.jspecify.annotations.Nullable;

/**
 * The way to the operating system's sockets: epoll where it is there, else NIO; io_uring for those who ask for it.
 *
 * @param name as in the configuration
 * @param unixServerChannel null where Netty has none
 */
record Transport(
        String name,
        IoHandlerFactory handlers,
        Class<? extends ServerSocketChannel> serverChannel,
        Class<? extends SocketChannel> channel,
        @Nullable Class<? extends ServerDomainSocketChannel> unixServerChannel) {

    /** @throws IllegalStateException if the one that is asked for does not work on this machine */
    static Transport of(MysqlSettings.Transport wanted) {
        switch (wanted) {
            case AUTO:
                return Epoll.isAvailable() ? epoll() : nio();
            case EPOLL:
                require(Epoll.isAvailable(), "epoll", Epoll.unavailabilityCause());
                return epoll();
            case IO_URING:
                require(IoUring.isAvailable(), "io_uring", IoUring.unavailabilityCause());
                return new Transport(
                        "io_uring",
                        IoUringIoHandler.newFactory(),
                        IoUringServerSocketChannel.class,
                        IoUringSocketChannel.class,
                        null);
            case NIO:
                return nio();
        }
        throw new AssertionError(wanted);
    }

    private static void require(boolean available, String name, Throwable cause) {
        if (!available) {
            throw new IllegalStateException(
                    "mysql.transport: " + name + " does not work here (" + cause.getMessage() + "); use auto", cause);
        }
    }

    private static Transport epoll() {
        return new Transport(
                "epoll",
                EpollIoHandler.newFactory(),
                EpollServerSocketChannel.class,
                EpollSocketChannel.class,
                EpollServerDomainSocketChannel.class);
    }

    private static Transport nio() {
        return new Transport(
                "nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class, null);
    }

    MultiThreadIoEventLoopGroup loops(int threads, String threadName) {
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(threadName), handlers);
    }
}
