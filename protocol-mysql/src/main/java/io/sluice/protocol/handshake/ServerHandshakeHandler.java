// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.OkPacket;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Does on one client's channel what {@link ServerHandshake} says: greets, reads packets under a limit and a deadline,
 * puts TLS in front, answers. Leaves the pipeline when the login is accepted. A client that closes before it said
 * anything, as a load balancer's health check does, is no event. Confined to the channel's event loop.
 */
public final class ServerHandshakeHandler extends ChannelInboundHandlerAdapter {
    private enum Phase {
        /** Not yet begun. */
        NEW,
        /** Packets go to and fro. */
        EXCHANGE,
        /** The packet just taken needs something that is not there yet, or its refusal has time. */
        WAITING,
        /** The listener decides. */
        DECISION,
        ACCEPTED,
        /** An error was sent, or the channel is gone. */
        CLOSED
    }

    private final ServerSettings settings;
    private final Supplier<ServerStep> start;
    private final ServerHandshake handshake;
    private final ServerHandshakeListener listener;
    private final PacketExchange packets;
    private Phase phase = Phase.NEW;
    private boolean receiving;
    private boolean autoRead;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable SslHandler tls;

    private ServerHandshakeHandler(
            ServerSettings settings,
            ServerHandshake handshake,
            int sequenceId,
            Supplier<ServerStep> start,
            ServerHandshakeListener listener) {
        this.settings = settings;
        this.handshake = handshake;
        this.packets = new PacketExchange(sequenceId);
        this.start = start;
        this.listener = listener;
    }

    /**
     * For a new connection: greets as soon as the channel is active.
     *
     * @param client where the client is, which the channel does not know of one that came through another proxy
     */
    public static ServerHandshakeHandler login(
            SocketAddress client,
            ServerSettings settings,
            Accounts accounts,
            int connectionId,
            RandomGenerator random,
            ServerHandshakeListener listener) {
        ServerHandshake handshake = new ServerHandshake(settings, accounts, client, random);
        Supplier<ServerStep> greet = () -> new ServerStep.Send(handshake.greeting(connectionId));
        return new ServerHandshakeHandler(settings, handshake, 0, greet, listener);
    }

    /**
     * For a COM_CHANGE_USER: to be put in front of the command phase, which it keeps from seeing the packets of the
     * exchange. Acts as soon as it is added. The payload, from the command's code on, is read here and not kept.
     *
     * @throws ProtocolException if the command is malformed
     */
    public static ServerHandshakeHandler changeUser(
            ServerSettings settings,
            Accounts accounts,
            Login current,
            ByteBuf payload,
            RandomGenerator random,
            ServerHandshakeListener listener) {
        ServerHandshake handshake = ServerHandshake.again(settings, accounts, current, random);
        ServerStep first = handshake.changeUser(payload, current);
        return new ServerHandshakeHandler(settings, handshake, 1, () -> first, listener);
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
        if (phase != Phase.NEW) {
            return;
        }
        phase = Phase.EXCHANGE;
        long millis = settings.timeout().toMillis();
        deadline = active.executor()
                .schedule(() -> refuse(active, HandshakeErrors.timeout(millis)), millis, TimeUnit.MILLISECONDS);
        take(active, start.get());
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        if (!(message instanceof ByteBuf chunk)) {
            reading.fireChannelRead(message);
            return;
        }
        if (phase == Phase.CLOSED) {
            chunk.release();
            return;
        }
        packets.add(reading, chunk);
        receive(reading);
    }

    /** Taking a packet may put TLS in front, whose first bytes then arrive while we are in here: hence the guard. */
    private void receive(ChannelHandlerContext reading) {
        if (receiving) {
            return;
        }
        receiving = true;
        try {
            ByteBuf payload;
            while (phase == Phase.EXCHANGE && (payload = packets.poll()) != null) {
                try {
                    take(reading, payload, handshake.receive(payload));
                } finally {
                    payload.release();
                }
            }
        } catch (ProtocolException e) {
            refuse(reading, HandshakeErrors.badHandshake(e.getMessage()));
        } finally {
            receiving = false;
        }
    }

    private void take(ChannelHandlerContext active, ByteBuf payload, ServerStep step) {
        if (step instanceof ServerStep.Await await) {
            await(active, payload.retain(), await.missing());
        } else {
            take(active, step);
        }
    }

    private void await(ChannelHandlerContext active, ByteBuf payload, CompletableFuture<?> missing) {
        phase = Phase.WAITING;
        missing.whenCompleteAsync(
                (there, failure) -> {
                    try {
                        if (phase == Phase.WAITING) {
                            phase = Phase.EXCHANGE;
                            take(active, failure == null ? handshake.receive(payload) : refusal(failure));
                            receive(active);
                        }
                    } catch (ProtocolException e) {
                        refuse(active, HandshakeErrors.badHandshake(e.getMessage()));
                    } finally {
                        payload.release();
                    }
                },
                active.executor());
    }

    private static ServerStep refusal(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new ServerStep.Refused(HandshakeErrors.noRsaKey(String.valueOf(cause.getMessage())));
    }

    private void take(ChannelHandlerContext active, ServerStep step) {
        if (step instanceof ServerStep.Send send) {
            packets.write(active, send.payload());
            active.flush();
        } else if (step instanceof ServerStep.StartTls) {
            startTls(active);
        } else if (step instanceof ServerStep.Authenticated authenticated) {
            if (authenticated.payload().length > 0) {
                packets.write(active, authenticated.payload());
            }
            decide(active, authenticated.login());
        } else if (step instanceof ServerStep.Refused refused) {
            refuseInTime(active, refused.error());
        } else {
            throw new AssertionError(step);
        }
    }

    /** What followed the request in the same chunk belongs to TLS already. */
    private void startTls(ChannelHandlerContext active) {
        SslContext configured = settings.tls();
        if (configured == null) {
            throw new IllegalStateException("TLS is not configured");
        }
        SslHandler handler = configured.newHandler(active.alloc());
        handler.setHandshakeTimeoutMillis(0); // our deadline covers it
        ByteBuf rest = packets.takeRest();
        tls = handler;
        active.pipeline().addFirst(handler);
        if (rest.isReadable()) {
            active.pipeline().fireChannelRead(rest);
        } else {
            rest.release();
        }
    }

    private void decide(ChannelHandlerContext active, Login login) {
        phase = Phase.DECISION;
        cancelDeadline();
        autoRead = active.channel().config().isAutoRead();
        active.channel().config().setAutoRead(false);
        listener.loggedIn(login, new Reply(active));
    }

    /** What the client sends until then is not read. */
    private void refuseInTime(ChannelHandlerContext active, SqlError error) {
        long millis = listener.refusalDelayMillis(error);
        if (millis == 0) {
            refuse(active, error);
            return;
        }
        phase = Phase.WAITING;
        cancelDeadline();
        active.channel().config().setAutoRead(false);
        active.executor().schedule(() -> refuse(active, error), millis, TimeUnit.MILLISECONDS);
    }

    private void refuse(ChannelHandlerContext active, SqlError error) {
        if (phase == Phase.ACCEPTED || phase == Phase.CLOSED) {
            return;
        }
        boolean decided = phase == Phase.DECISION;
        phase = Phase.CLOSED;
        cancelDeadline();
        packets.takeRest().release();
        if (!decided) {
            listener.refused(
                    handshake.user(), error); // first, so that what it counts stands when the client reads the error
        }
        if (tls == null || tls.handshakeFuture().isSuccess()) {
            ByteBuf out = Unpooled.buffer(128);
            ErrPacket.write(out, error);
            packets.write(active, ByteBufUtil.getBytes(out));
            active.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else {
            active.close(); // under unfinished TLS, an answer would wait for the client for ever
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext inactive) {
        close();
        inactive.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext active, Throwable cause) {
        boolean open = phase != Phase.CLOSED;
        close();
        active.close();
        if (open) {
            listener.failed(cause);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        ByteBuf rest = packets.takeRest();
        if (phase == Phase.ACCEPTED && rest.isReadable()) {
            removed.fireChannelRead(rest);
            removed.fireChannelReadComplete();
        } else {
            rest.release();
        }
        cancelDeadline();
    }

    private void close() {
        phase = Phase.CLOSED;
        cancelDeadline();
        packets.takeRest().release();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private final class Reply implements LoginReply {
        private final ChannelHandlerContext active;

        Reply(ChannelHandlerContext active) {
            this.active = active;
        }

        @Override
        public Channel channel() {
            return active.channel();
        }

        @Override
        public boolean accept(int serverStatus) {
            assert active.executor().inEventLoop();
            if (phase != Phase.DECISION) {
                return false;
            }
            ByteBuf out = Unpooled.buffer(16);
            OkPacket.of(serverStatus).writeWithoutChanges(out);
            packets.write(active, ByteBufUtil.getBytes(out));
            active.flush();
            phase = Phase.ACCEPTED;
            Channel channel = active.channel();
            channel.pipeline().remove(ServerHandshakeHandler.this);
            channel.config().setAutoRead(autoRead);
            return true;
        }

        @Override
        public void reject(SqlError error) {
            assert active.executor().inEventLoop();
            refuse(active, error);
        }
    }
}
