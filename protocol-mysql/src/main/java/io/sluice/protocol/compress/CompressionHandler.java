// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the compressed protocol with a client or a server (manual: "Compression"), from the packet after the login's OK
 * until the end. A frame may grow a thousandfold, so no frame is inflated while the channel is not to be read. Frames
 * that make no sense come as a {@link ProtocolException} to the handlers behind, and nothing after them. Confined to
 * the channel's event loop.
 */
public final class CompressionHandler extends ChannelDuplexHandler {
    /** zstd's own default: faster than zlib, and smaller. */
    public static final int DEFAULT_ZSTD_LEVEL = 3;

    /** With clients. */
    private final @Nullable FrameSequence sequence;
    /** With servers. */
    private final @Nullable RequestSequence requests;

    private final FrameReader reader;
    private final FrameWriter writer;
    private @Nullable ChannelHandlerContext own;
    private boolean reading;
    private boolean broken;

    /**
     * With a client.
     *
     * @param level for zstd only: what the client asked for
     */
    public CompressionHandler(Compression compression, int level) {
        sequence = new FrameSequence();
        requests = null;
        reader = new FrameReader(compression, sequence);
        writer = new FrameWriter(compression, level, sequence);
    }

    private CompressionHandler(Compression compression, RequestSequence towardsServer) {
        sequence = null;
        requests = towardsServer;
        reader = new FrameReader(compression, towardsServer);
        writer = new FrameWriter(compression, DEFAULT_ZSTD_LEVEL, towardsServer);
    }

    /** Puts one into the pipeline of a server's channel as the last for now, if that was agreed on with the server. */
    public static void addTowardsServer(Channel channel, Capabilities agreed) {
        Compression.of(agreed)
                .ifPresent(compression ->
                        channel.pipeline().addLast(new CompressionHandler(compression, new RequestSequence())));
    }

    /** That of a server's channel, which has to be told what is sent; null if the channel does not compress. */
    public static @Nullable CompressionHandler of(Channel channel) {
        return channel.pipeline().get(CompressionHandler.class);
    }

    /** What is written from now on is a command, which begins a frame of its own. */
    public void beginCommand() {
        writeFrames(Objects.requireNonNull(own));
        Objects.requireNonNull(requests).command();
    }

    /** What is written from now on is part of what the server asked for with its last packet. */
    public void goOn() {
        Objects.requireNonNull(requests).answer();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        own = added;
    }

    /**
     * Puts one into the channel's pipeline as the last for now, if the client's capabilities ask for it and there is
     * none yet.
     */
    public static void add(Channel channel, Capabilities capabilities, int zstdLevel) {
        Compression agreed = Compression.of(capabilities).orElse(null);
        if (agreed != null && channel.pipeline().get(CompressionHandler.class) == null) {
            channel.pipeline().addLast(new CompressionHandler(agreed, zstdLevel));
        }
    }

    /**
     * To be told which bytes are answered now: all that were passed on but the last so many. The ids of the answer's
     * frames depend on it. Null if the channel does not compress.
     */
    public static @Nullable IntConsumer taken(Channel channel) {
        CompressionHandler handler = channel.pipeline().get(CompressionHandler.class);
        FrameSequence sequence = handler == null ? null : handler.sequence;
        return sequence == null ? null : sequence::taken;
    }

    // ---- from the peer

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (broken) {
            ((ByteBuf) message).release();
            return;
        }
        reader.feed((ByteBuf) message, context.alloc());
        passOn(context);
    }

    /** Asked for each time when the channel may be read again: first come the frames that were held. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (passOn(context)) {
            context.fireChannelReadComplete(); // whoever flushes then has something to flush
        }
        if (context.channel().config().isAutoRead()) {
            context.read();
        }
    }

    private boolean passOn(ChannelHandlerContext context) {
        if (reading || broken) {
            return false; // called from within, the loop below goes on
        }
        reading = true;
        boolean some = false;
        try {
            while (context.channel().config().isAutoRead() && !context.isRemoved()) {
                ByteBuf plain = reader.next(context.alloc());
                if (plain == null) {
                    break;
                }
                some = true;
                context.fireChannelRead(plain);
            }
        } catch (ProtocolException e) {
            broken = true;
            reader.close();
            context.fireExceptionCaught(e);
        } finally {
            reading = false;
        }
        return some;
    }

    // ---- to the peer

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        boolean full = writer.add(bytes, context.alloc());
        if (!promise.isVoid()) {
            writeFrames(context);
            context.write(Unpooled.EMPTY_BUFFER, promise); // done when all before it are
        } else if (full) {
            writeFrames(context);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        writeFrames(context);
        context.flush();
    }

    private void writeFrames(ChannelHandlerContext context) {
        writer.write(context.alloc(), frame -> context.write(frame, context.voidPromise()));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        broken = true;
        reader.close();
        writer.close();
    }
}
