// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Offers the sockets that clients connect to, to a process that is to take this one's place ({@link TakeOver}): by a Unix
 * socket in the data directory, which its owner alone may use. As the sockets themselves go over, with whoever waits in
 * their queues, no client is refused meanwhile. Whoever connects sends one of three bytes and gets: the names of the
 * sockets, a line each; the sockets in the same order; or, once this process no longer accepts, the end of the stream.
 */
final class HandOver implements AutoCloseable {
    static final byte NAMES = 'N';
    static final byte SOCKETS = 'S';
    static final byte TAKE = 'T';

    private static final String FILE = "takeover.sock";

    private final Map<String, FileDescriptor> sockets;
    private final Runnable release;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompletableFuture<Void> replaced = new CompletableFuture<>();
    private final Channel listener;

    /** Where that is. */
    static Path file(Path dataDir) {
        return dataDir.resolve(FILE);
    }

    /**
     * Begins to offer them. The owner's thread.
     *
     * @param sockets by their names
     * @param release stops accepting by them; called at most once, on a thread of its own
     * @param loops of epoll
     * @throws IOException if the Unix socket cannot be made
     */
    HandOver(Path dataDir, Map<String, FileDescriptor> sockets, Runnable release, EventLoopGroup loops)
            throws IOException {
        this.sockets = sockets;
        this.release = release;
        Path file = file(dataDir);
        new UnixSocketFile(file, "data_dir").removeStale();
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Giver());
                    }
                })
                .bind(new DomainSocketAddress(file.toFile()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(file + ": " + bound.cause().getMessage(), bound.cause());
        }
        listener = bound.channel();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    /** Done when another process has taken over and this one accepts no more. */
    CompletableFuture<Void> replaced() {
        return replaced;
    }

    private void give(Channel to) {
        close(); // the successor offers its own
        release.run();
        ChannelFuture unused = to.close();
        replaced.complete(null);
    }

    /** Takes the Unix socket's file away. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
    }

    /** One question. */
    private final class Giver extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            switch (bytes.readByte()) {
                case NAMES -> {
                    String names = String.join("\n", sockets.keySet());
                    end(context, Unpooled.copiedBuffer(names, StandardCharsets.UTF_8));
                }
                case SOCKETS -> {
                    for (FileDescriptor socket : sockets.values()) {
                        ChannelFuture unused = context.write(socket);
                    }
                    end(context, Unpooled.EMPTY_BUFFER);
                }
                case TAKE -> {
                    if (taken.compareAndSet(false, true)) {
                        new Thread(() -> give(context.channel()), "sluice-hand-over").start();
                    }
                }
                default -> {
                    ChannelFuture unused = context.close();
                }
            }
        }

        private static void end(ChannelHandlerContext context, ByteBuf last) {
            context.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
