// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.proxied.ProxyHeader;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Does on one backend's channel what {@link ClientHandshake} says, under a deadline. Leaves the pipeline when the
 * login is through. Confined to the channel's event loop.
 */
public final class ClientHandshakeHandler extends ChannelInboundHandlerAdapter {
    private final ClientSettings settings;
    private final ClientHandshake handshake;
    private final ClientHandshakeListener listener;
    private final PacketExchange packets = new PacketExchange(0);
    private boolean begun;
    private boolean ended;
    private boolean ready;
    private @Nullable ScheduledFuture<?> deadline;

    public ClientHandshakeHandler(ClientSettings settings, ClientHandshakeListener listener) {
        this.settings = settings;
        this.handshake = new ClientHandshake(settings);
        this.listener = listener;
    }

    /**
     * Connects and logs in. The listener also hears of a failure to connect.
     *
     * @param bootstrap group and channel type; is not changed
     * @param address resolved, since the look-up of a name would block the event loop
     */
    public static void connect(
            Bootstrap bootstrap, SocketAddress address, ClientSettings settings, ClientHandshakeListener listener) {
        int millis = Math.toIntExact(settings.connectTimeout().toMillis());
        ChannelFuture connected = bootstrap
                .clone()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
                .handler(new ClientHandshakeHandler(settings, listener))
                .connect(address);
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                SqlError error = HandshakeErrors.unreachable(reason(done.cause()));
                listener.failed(new HandshakeFailure(error, false));
            }
        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        if (added.channel().isActive()) {
            begin(added);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        begin(active);
        active.fireChannelActive();
    }

    private void begin(ChannelHandlerContext active) {
        if (begun) {
            return;
        }
        begun = true;
        long millis = settings.timeout().toMillis();
        deadline = active.executor()
                .schedule(() -> fail(active, HandshakeErrors.timeout(millis)), millis, TimeUnit.MILLISECONDS);
        ProxyHeader header = settings.proxyHeader();
        if (header != null) {
            header.send(active);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        if (!(message instanceof ByteBuf chunk)) {
            reading.fireChannelRead(message);
            return;
        }
        if (ended) {
            chunk.release();
            return;
        }
        packets.add(reading, chunk);
        try {
            ByteBuf payload;
            while (!ended && (payload = packets.poll()) != null) {
                try {
                    take(reading, handshake.receive(payload));
                } finally {
                    payload.release();
                }
            }
        } catch (ProtocolException e) {
            fail(reading, HandshakeErrors.malformed(e.getMessage()));
        }
    }

    private void take(ChannelHandlerContext active, ClientStep step) {
        if (step instanceof ClientStep.Await) {
            return;
        }
        if (step instanceof ClientStep.Send send) {
            packets.write(active, send.payload());
            active.flush();
        } else if (step instanceof ClientStep.SendLater later) {
            later.payload().whenCompleteAsync((payload, failure) -> send(active, payload, failure), active.executor());
        } else if (step instanceof ClientStep.StartTls start) {
            startTls(active, start);
        } else if (step instanceof ClientStep.Ready done) {
            ready(active, done.result());
        } else if (step instanceof ClientStep.Failed failed) {
            fail(active, failed.failure());
        } else {
            throw new AssertionError(step);
        }
    }

    private void send(ChannelHandlerContext active, byte @Nullable [] payload, @Nullable Throwable failure) {
        if (payload == null) {
            fail(active, HandshakeErrors.malformed("it can not be answered: " + reason(failure)));
        } else if (!ended) {
            packets.write(active, payload);
            active.flush();
        }
    }

    /** The handler keeps the response back until the server's certificate is accepted. */
    private void startTls(ChannelHandlerContext active, ClientStep.StartTls start) {
        packets.write(active, start.request());
        active.flush();
        SslHandler tls = settings.tls().newHandler(active.alloc(), settings.host(), settings.port());
        tls.setHandshakeTimeoutMillis(0); // our deadline covers it
        ByteBuf early = packets.takeRest();
        boolean spoke = early.isReadable();
        early.release();
        if (spoke) {
            throw new ProtocolException("the server sent more before TLS than its handshake");
        }
        active.pipeline().addFirst(tls);
        packets.write(active, start.response());
        active.flush();
    }

    private void ready(ChannelHandlerContext active, HandshakeResult result) {
        ended = true;
        ready = true;
        cancelDeadline();
        listener.ready(active.channel(), result);
        active.pipeline().remove(this);
    }

    private void fail(ChannelHandlerContext active, SqlError error) {
        fail(active, new HandshakeFailure(error, false));
    }

    private void fail(ChannelHandlerContext active, HandshakeFailure failure) {
        if (ended) {
            return;
        }
        ended = true;
        cancelDeadline();
        packets.takeRest().release();
        active.close();
        listener.failed(failure);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext active, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion && !completion.isSuccess()) {
            fail(active, HandshakeErrors.tlsFailed(reason(completion.cause())));
        }
        active.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        fail(
                active,
                root instanceof SSLException
                        ? HandshakeErrors.tlsFailed(reason(root))
                        : HandshakeErrors.serverLost(reason(root)));
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        fail(inactive, HandshakeErrors.serverLost("it closed the connection"));
        inactive.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        cancelDeadline();
        ByteBuf rest = packets.takeRest();
        if (ready && rest.isReadable()) {
            removed.fireChannelRead(rest);
            removed.fireChannelReadComplete();
        } else {
            rest.release();
        }
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private static String reason(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
