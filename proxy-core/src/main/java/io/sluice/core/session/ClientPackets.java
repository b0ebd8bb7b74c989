// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.packet.WireFormat;
import org.jspecify.annotations.Nullable;

/** The packets that Sluice writes to clients itself. */
public final class ClientPackets {
    private ClientPackets() {}

    static ByteBuf ok(ByteBufAllocator allocator, int status, int sequenceId) {
        return ok(allocator, OkPacket.of(status), sequenceId);
    }

    static ByteBuf ok(ByteBufAllocator allocator, OkPacket packet, int sequenceId) {
        ByteBuf out = allocator.buffer(16);
        int start = PacketWriter.begin(out);
        packet.writeWithoutChanges(out);
        PacketWriter.end(out, start, sequenceId);
        return out;
    }

    /** The packet that ends rows; its form depends on CLIENT_DEPRECATE_EOF. */
    static ByteBuf eof(ByteBufAllocator allocator, Capabilities capabilities, int status, int sequenceId) {
        ByteBuf out = allocator.buffer(16);
        int start = PacketWriter.begin(out);
        out.writeByte(OkPacket.EOF_HEADER);
        if (capabilities.isEofDeprecated()) {
            out.writeShortLE(0); // no affected rows, no insert id
            out.writeShortLE(status);
            out.writeShortLE(0); // warnings
        } else {
            out.writeShortLE(0); // warnings
            out.writeShortLE(status);
        }
        PacketWriter.end(out, start, sequenceId);
        return out;
    }

    public static ByteBuf err(ByteBufAllocator allocator, SqlError error, int sequenceId) {
        ByteBuf out = allocator.buffer(64 + error.message().length());
        int start = PacketWriter.begin(out);
        ErrPacket.write(out, error);
        PacketWriter.end(out, start, sequenceId);
        return out;
    }

    /**
     * An OK packet with no more of the session state changes than this client has asked for.
     *
     * @param payload of the packet as it came
     * @param wanted null for a client without CLIENT_SESSION_TRACK
     */
    static ByteBuf okForClient(
            ByteBufAllocator allocator, OkPacket ok, ByteBuf payload, @Nullable ClientTrackers wanted, int sequenceId) {
        ByteBuf out = allocator.buffer(payload.readableBytes() + PacketWriter.HEADER_LENGTH);
        ByteBuf changes = allocator.buffer(64);
        int start = PacketWriter.begin(out);
        try {
            if (wanted != null) {
                wanted.copyWanted(changesOf(payload), changes);
            }
            if (changes.isReadable()) {
                ok.writeWithoutInfo(out, ok.status());
                WireFormat.writeLengthEncodedBytes(out, ok.info());
                WireFormat.writeLengthEncodedInteger(out, changes.readableBytes());
                out.writeBytes(changes);
            } else {
                ok.writeWithoutChanges(out);
            }
        } finally {
            changes.release();
        }
        PacketWriter.end(out, start, sequenceId);
        return out;
    }

    /** The last field of an OK packet with SERVER_SESSION_STATE_CHANGED. */
    private static ByteBuf changesOf(ByteBuf payload) {
        ByteBuf in = payload.duplicate();
        in.skipBytes(1);
        WireFormat.readLengthEncodedInteger(in);
        WireFormat.readLengthEncodedInteger(in);
        in.skipBytes(4);
        WireFormat.readLengthEncodedBytes(in);
        return in.isReadable() ? WireFormat.readLengthEncodedBytes(in) : in;
    }
}
