// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionSetup;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.codec.QueryAttributes;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection outside the pools, for one statement without rows: KILL is needed most when all connections are busy.
 * Confined to one event loop; used once.
 */
final class OneStatement extends ChannelInboundHandlerAdapter implements BackendConnector.Outcome {
    private final LoopScope scope;
    private final BackendAddress address;
    private final PoolKey key;
    private final String sql;
    private final Consumer<@Nullable SqlError> answer;
    private final ByteBuf received = Unpooled.buffer(64);
    private @Nullable Channel channel;
    private boolean answered;

    /** @param answer called once, with null after OK */
    OneStatement(
            LoopScope scope, BackendAddress address, PoolKey key, String sql, Consumer<@Nullable SqlError> answer) {
        this.scope = scope;
        this.address = address;
        this.key = key;
        this.sql = sql;
        this.answer = answer;
    }

    void start() {
        long millis = scope.limits().acquireTimeout().toMillis();
        scope.loop().schedule(() -> end(Errors.noAnswer(address, "no answer")), millis, TimeUnit.MILLISECONDS);
        scope.connector().connect(scope.loop(), address, key, this);
    }

    @Override
    public void connected(Channel opened, long threadId, Flavor flavor, Capabilities capabilities) {
        channel = opened;
        opened.pipeline().addLast(this);
        if (answered) {
            opened.close();
        } else {
            ByteBuf query = SessionSetup.query(opened.alloc(), sql);
            boolean attributes = capabilities.has(Capabilities.CLIENT_QUERY_ATTRIBUTES);
            opened.writeAndFlush(
                    attributes ? QueryAttributes.insert(query, QueryAttributes.NONE, opened.alloc()) : query);
        }
    }

    @Override
    public void failed(ConnectFailure failure) {
        SqlError error = failure.error();
        end(
                error == null
                        ? Errors.noAnswer(address, failure.cause())
                        : Errors.backendRefuses(address, key.user(), error));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        received.writeBytes(bytes);
        bytes.release();
        int header = PacketWriter.HEADER_LENGTH;
        if (received.readableBytes() > header && received.readableBytes() >= header + received.getUnsignedMediumLE(0)) {
            boolean refused = received.getUnsignedByte(header) == ErrPacket.HEADER;
            end(refused ? ErrPacket.read(received.slice(header, received.getUnsignedMediumLE(0))) : null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(Errors.noAnswer(address, "the server closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(Errors.noAnswer(address, String.valueOf(cause.getMessage())));
    }

    private void end(@Nullable SqlError error) {
        if (!answered) {
            answered = true;
            answer.accept(error);
        }
        if (channel != null) {
            channel.close();
        }
    }
}
