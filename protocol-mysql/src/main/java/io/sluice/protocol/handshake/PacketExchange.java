// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.compress.CompressionHandler;
import org.jspecify.annotations.Nullable;

/**
 * The packets of the connection phase, in which both sides count one sequence together: collects those received,
 * heads those sent. Confined to the connection's event loop.
 */
final class PacketExchange {
    /** Connect attributes may take 64 KiB; the other fields are short. */
    static final int MAX_PAYLOAD_BYTES = 72 * 1024;

    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private int sequenceId;
    /** Clients that compress count frames instead. */
    private boolean compressed;

    PacketExchange(int sequenceId) {
        this.sequenceId = sequenceId;
    }

    /** Takes over the chunk. */
    void add(ChannelHandlerContext context, ByteBuf chunk) {
        compressed = context.pipeline().get(CompressionHandler.class) != null;
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, chunk);
    }

    /** The payload of the next complete packet, which the caller releases, or null. */
    @Nullable
    ByteBuf poll() {
        if (received.readableBytes() < PacketWriter.HEADER_LENGTH) {
            return null;
        }
        int start = received.readerIndex();
        int length = received.getUnsignedMediumLE(start);
        if (length > MAX_PAYLOAD_BYTES) {
            throw new ProtocolException("a packet of " + length + " bytes during login");
        }
        int receivedId = received.getUnsignedByte(start + 3);
        if (receivedId != sequenceId && !compressed) {
            throw new ProtocolException("packets out of order: " + receivedId + " instead of " + sequenceId);
        }
        if (received.readableBytes() < PacketWriter.HEADER_LENGTH + length) {
            return null;
        }
        advance();
        received.skipBytes(PacketWriter.HEADER_LENGTH);
        return received.readRetainedSlice(length);
    }

    /** Writes one packet, without flushing. */
    void write(ChannelHandlerContext context, byte[] payload) {
        ByteBuf out = context.alloc().buffer(PacketWriter.HEADER_LENGTH + payload.length);
        int start = PacketWriter.begin(out);
        out.writeBytes(payload);
        PacketWriter.end(out, start, sequenceId);
        advance();
        context.write(out, context.voidPromise());
    }

    /** All that was received and not polled; the caller releases it. */
    ByteBuf takeRest() {
        ByteBuf rest = received;
        received = Unpooled.EMPTY_BUFFER;
        return rest;
    }

    private void advance() {
        sequenceId = (sequenceId + 1) & 0xff;
    }
}
