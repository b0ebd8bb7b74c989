// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.proxied;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.TransportProtocol;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header, of version 1 or 2, that a trusted peer sends first, under a deadline, and leaves the pipeline. Its
 * absence is noticed by the deadline alone: who sends none waits for our greeting. A peer that closes before it sent a
 * whole header, as a load balancer's health check does, is no event. Confined to the channel's event loop.
 */
public final class ProxyHeaderReader extends ChannelInboundHandlerAdapter {
    /** Room for a certificate's names and the like, none of which is used. */
    private static final int MAX_EXTENSION_BYTES = 4096;

    /** Learns what came, once. Called on the channel's event loop. */
    public interface Listener {
        /**
         * The header is read. What the peer sent behind it goes to the handlers that are there when this returns.
         *
         * @param client null if the header names none: the peer speaks for itself, or does not know
         */
        void told(@Nullable InetSocketAddress client);

        /** No header came in time; the channel is still open. */
        void absent();

        /** What came is no header, and the channel is closed. */
        void malformed(String reason);
    }

    private final Listener listener;
    private final long timeoutMillis;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean ended;

    private ProxyHeaderReader(Duration timeout, Listener listener) {
        this.timeoutMillis = timeout.toMillis();
        this.listener = listener;
    }

    /** Puts a reader into the channel's pipeline, whose handlers it must be the first to see any bytes of. */
    public static void add(Channel channel, Duration timeout, Listener listener) {
        channel.pipeline()
                .addLast(new HAProxyMessageDecoder(MAX_EXTENSION_BYTES))
                .addLast(new ProxyHeaderReader(timeout, listener));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        deadline = added.executor().schedule(() -> late(added), timeoutMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        HAProxyMessage header = (HAProxyMessage) message;
        try {
            if (end()) {
                InetSocketAddress client = clientOf(header);
                reading.pipeline().remove(this);
                listener.told(client);
            }
        } finally {
            header.release();
        }
    }

    private static @Nullable InetSocketAddress clientOf(HAProxyMessage header) {
        AddressFamily family = header.proxiedProtocol().addressFamily();
        boolean inet = family == AddressFamily.AF_IPv4 || family == AddressFamily.AF_IPv6;
        if (!inet || header.proxiedProtocol().transportProtocol() != TransportProtocol.STREAM) {
            return null;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), header.sourcePort());
        } catch (UnknownHostException e) {
            throw new AssertionError("the codec has checked " + header.sourceAddress(), e);
        }
    }

    private void late(ChannelHandlerContext waiting) {
        if (end()) {
            waiting.pipeline().remove(this);
            waiting.pipeline().remove(HAProxyMessageDecoder.class);
            listener.absent();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext reading, Throwable cause) {
        if (!end()) {
            return;
        }
        reading.close();
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        listener.malformed(String.valueOf(root.getMessage()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        end();
        inactive.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        end();
    }

    /** Whether this is the first thing that happens; nothing else is told then. */
    private boolean end() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        boolean first = !ended;
        ended = true;
        return first;
    }
}
