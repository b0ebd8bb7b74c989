// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Takes the sockets over that a running Sluice with the same data directory offers by its {@link HandOver}. The owner's thread; blocks. */
final class TakeOver {
    private static final long PATIENCE_SECONDS = 10;

    private final Path file;
    private final EventLoopGroup loops;

    /** @param loops of epoll */
    TakeOver(Path dataDir, EventLoopGroup loops) {
        this.file = HandOver.file(dataDir);
        this.loops = loops;
    }

    /**
     * What the sockets are called.
     *
     * @throws IOException if no Sluice offers any; the message says what helps
     */
    List<String> names() throws IOException {
        StringBuilder names = new StringBuilder();
        for (Object bytes : ask(HandOver.NAMES, DomainSocketReadMode.BYTES)) {
            names.append(bytes);
        }
        return names.toString().lines().toList();
    }

    /**
     * Copies of the sockets by their names, on which both processes accept from then on. The caller's to close.
     *
     * @throws IOException if no Sluice offers any; the message says what helps
     */
    Map<String, FileDescriptor> sockets() throws IOException {
        List<String> lines = names();
        List<Object> sockets = ask(HandOver.SOCKETS, DomainSocketReadMode.FILE_DESCRIPTORS);
        if (lines.size() != sockets.size()) {
            for (Object socket : sockets) {
                ((FileDescriptor) socket).close();
            }
            throw new IOException("--takeover: the running Sluice named " + lines.size() + " sockets and gave "
                    + sockets.size() + "; try again, or stop it and start without --takeover");
        }
        Map<String, FileDescriptor> named = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            named.put(lines.get(i), (FileDescriptor) sockets.get(i));
        }
        return named;
    }

    /** Has the other process accept no more; returns when it does not. */
    void take() throws IOException {
        List<Object> nothing = ask(HandOver.TAKE, DomainSocketReadMode.BYTES);
        assert nothing.isEmpty() : nothing;
    }

    private List<Object> ask(byte question, DomainSocketReadMode mode) throws IOException {
        Answer answer = new Answer(question);
        ChannelFuture connected = new Bootstrap()
                .group(loops)
                .channel(EpollDomainSocketChannel.class)
                .option(UnixChannelOption.DOMAIN_SOCKET_READ_MODE, mode)
                .handler(answer)
                .connect(new DomainSocketAddress(file.toFile()))
                .awaitUninterruptibly();
        if (!connected.isSuccess()) {
            throw new IOException(
                    "--takeover: no Sluice with this data_dir offers its sockets at " + file + " ("
                            + connected.cause().getMessage() + "); start without --takeover, or with the"
                            + " configuration and the user of the one that runs",
                    connected.cause());
        }
        try {
            return answer.whole.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            ChannelFuture unused = connected.channel().close();
            throw new IOException("--takeover: the running Sluice does not answer at " + file, e.getCause());
        }
    }

    /** All that comes until the end of the stream: texts or descriptors. */
    private static final class Answer extends ChannelInboundHandlerAdapter {
        private final byte question;
        private final List<Object> parts = new ArrayList<>();
        private final CompletableFuture<List<Object>> whole = new CompletableFuture<>();

        Answer(byte question) {
            this.question = question;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            ChannelFuture unused = context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {question}));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object part) {
            if (part instanceof ByteBuf bytes) {
                parts.add(bytes.toString(StandardCharsets.UTF_8));
                bytes.release();
            } else {
                parts.add(part);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            whole.complete(parts);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            whole.completeExceptionally(cause);
        }
    }
}
