// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.core.backend.TestLoop;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.codec.PacketWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client past the login. Checks the sequence ids of all it gets. */
final class TestClient extends ChannelInboundHandlerAdapter {
    private final TestLoop loop;
    private final Channel channel;
    private final boolean eofDeprecated;
    private final ByteBuf received = Unpooled.buffer();
    private final List<Reply> replies = new ArrayList<>();
    private int expectedSequence;
    private @Nullable Throwable unreadable;

    TestClient(TestLoop loop, Channel channel, boolean eofDeprecated) {
        this.loop = loop;
        this.channel = channel;
        this.eofDeprecated = eofDeprecated;
        channel.pipeline().addLast(this);
    }

    // ---- commands

    /** Sends a query and awaits its answer. */
    Reply query(String sql) {
        return ask(CommandCode.COM_QUERY, sql);
    }

    Reply ask(CommandCode code, String text) {
        send(code, text);
        loop.settle();
        return answer();
    }

    Reply prepare(String sql) {
        return ask(CommandCode.COM_STMT_PREPARE, sql);
    }

    /** Sends a command and does not wait. */
    TestClient send(CommandCode code, String text) {
        return send(code, body -> body.writeBytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    TestClient send(CommandCode code, Consumer<ByteBuf> body) {
        return sendPacket(0, payload -> {
            payload.writeByte(code.code());
            body.accept(payload);
        });
    }

    TestClient sendPacket(int sequenceId, Consumer<ByteBuf> content) {
        ByteBuf payload = Unpooled.buffer();
        content.accept(payload);
        ByteBuf packets = channel.alloc().buffer();
        int next = PacketWriter.write(packets, sequenceId, payload);
        if (sequenceId > 0) {
            expectedSequence = next; // an answer to this and not to a command sent ahead
        }
        channel.writeAndFlush(packets);
        return this;
    }

    /** Sends several queries in one chunk. */
    void sendTogether(String... queries) {
        ByteBuf packets = channel.alloc().buffer();
        for (String sql : queries) {
            ByteBuf payload = Unpooled.buffer();
            payload.writeByte(CommandCode.COM_QUERY.code()).writeBytes(sql.getBytes(StandardCharsets.UTF_8));
            PacketWriter.write(packets, 0, payload);
        }
        channel.writeAndFlush(packets);
    }

    /** Sends the header of a packet of this length and no more than the start of it. */
    void sendFragment(int length, int... start) {
        ByteBuf packet = channel.alloc().buffer();
        packet.writeMediumLE(length).writeByte(0);
        for (int value : start) {
            packet.writeByte(value);
        }
        channel.writeAndFlush(packet);
        loop.settle();
    }

    /** Executes with parameters of type string; the types are sent or not. */
    void sendExecute(int statementId, boolean withTypes, String... parameters) {
        send(CommandCode.COM_STMT_EXECUTE, body -> {
            body.writeIntLE(statementId).writeByte(0).writeIntLE(1);
            if (parameters.length > 0) {
                body.writeZero((parameters.length + 7) / 8);
                body.writeByte(withTypes ? 1 : 0);
                for (int i = 0; withTypes && i < parameters.length; i++) {
                    body.writeShortLE(0xfd);
                }
                for (String parameter : parameters) {
                    body.writeByte(parameter.length()).writeBytes(parameter.getBytes(StandardCharsets.UTF_8));
                }
            }
        });
    }

    Reply execute(int statementId, boolean withTypes, String... parameters) {
        sendExecute(statementId, withTypes, parameters);
        loop.settle();
        return answer();
    }

    void close() {
        channel.close();
        loop.settle();
    }

    boolean isOpen() {
        return channel.isActive();
    }

    // ---- answers

    /** The one answer that has come since the last call. */
    Reply answer() {
        List<Reply> all = answers();
        if (all.size() != 1) {
            throw new AssertionError("not one answer but " + all);
        }
        return all.get(0);
    }

    /** All answers that have come since the last call. */
    List<Reply> answers() {
        if (unreadable != null) {
            throw new AssertionError("the client got what it cannot read", unreadable);
        }
        List<Reply> all = List.copyOf(replies);
        replies.clear();
        return all;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        received.writeBytes(bytes);
        bytes.release();
        while (received.readableBytes() >= PacketWriter.HEADER_LENGTH) {
            int length = received.getUnsignedMediumLE(received.readerIndex());
            if (received.readableBytes() < PacketWriter.HEADER_LENGTH + length) {
                return;
            }
            int sequence = received.getUnsignedByte(received.readerIndex() + 3);
            received.skipBytes(PacketWriter.HEADER_LENGTH);
            byte[] payload = new byte[length];
            received.readBytes(payload);
            packet(sequence, payload);
        }
    }

    private void packet(int sequence, byte[] payload) {
        if (sequence <= 1 || replies.isEmpty() && sequence == expectedSequence) {
            replies.add(new Reply(new ArrayList<>(), eofDeprecated));
        } else if (sequence != expectedSequence) {
            throw new AssertionError("sequence id " + sequence + " instead of " + expectedSequence);
        }
        replies.get(replies.size() - 1).payloads().add(payload);
        expectedSequence = sequence + 1;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        unreadable = cause;
    }
}
