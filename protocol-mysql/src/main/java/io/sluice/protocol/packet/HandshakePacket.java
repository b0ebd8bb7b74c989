// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import java.util.Arrays;

/**
 * The first packet of a connection, sent by the server (manual: "Protocol::HandshakeV10").
 *
 * @param connectionId the thread id of the server, 32 bits
 * @param scramble the bytes for the auth plugin, without the NUL that ends them
 * @param plugin the auth plugin to which the scramble belongs, empty from servers without CLIENT_PLUGIN_AUTH
 */
public record HandshakePacket(
        String serverVersion,
        long connectionId,
        byte[] scramble,
        Capabilities capabilities,
        int collation,
        int status,
        String plugin) {

    public static final int PROTOCOL_VERSION = 10;

    private static final int SCRAMBLE_PART_1 = 8;
    private static final int SCRAMBLE_PART_2_MIN = 13;
    // Six bytes that are 0, and four in which MariaDB puts the upper half of its flags, which Sluice never uses.
    private static final int RESERVED = 10;

    public static HandshakePacket read(ByteBuf payload) {
        WireFormat.require(payload, 1);
        int version = payload.readUnsignedByte();
        if (version != PROTOCOL_VERSION) {
            throw new ProtocolException("handshake of protocol version " + version + ", only 10 is supported");
        }
        String serverVersion = WireFormat.readNulTerminatedString(payload);
        WireFormat.require(payload, 4 + SCRAMBLE_PART_1 + 1 + 2 + 1 + 2 + 2 + 1 + RESERVED);
        long connectionId = payload.readUnsignedIntLE();
        byte[] part1 = WireFormat.readBytes(payload, SCRAMBLE_PART_1);
        payload.skipBytes(1);
        int lower = payload.readUnsignedShortLE();
        int collation = payload.readUnsignedByte();
        int status = payload.readUnsignedShortLE();
        Capabilities capabilities = new Capabilities(lower | payload.readUnsignedShortLE() << 16);
        int scrambleLength = payload.readUnsignedByte();
        payload.skipBytes(RESERVED);
        int length2 = Math.max(SCRAMBLE_PART_2_MIN, scrambleLength - SCRAMBLE_PART_1);
        byte[] part2 = WireFormat.readBytes(payload, Math.min(length2, payload.readableBytes()));
        String plugin = capabilities.has(Capabilities.CLIENT_PLUGIN_AUTH)
                ? WireFormat.readNulOrEndTerminatedString(payload)
                : "";
        return new HandshakePacket(
                serverVersion, connectionId, withoutNul(part1, part2), capabilities, collation, status, plugin);
    }

    private static byte[] withoutNul(byte[] part1, byte[] part2) {
        int length2 = part2.length > 0 && part2[part2.length - 1] == 0 ? part2.length - 1 : part2.length;
        byte[] scramble = Arrays.copyOf(part1, part1.length + length2);
        System.arraycopy(part2, 0, scramble, part1.length, length2);
        return scramble;
    }

    public void write(ByteBuf out) {
        out.writeByte(PROTOCOL_VERSION);
        WireFormat.writeNulTerminatedString(out, serverVersion);
        out.writeIntLE((int) connectionId);
        out.writeBytes(scramble, 0, SCRAMBLE_PART_1);
        out.writeByte(0);
        out.writeShortLE(capabilities.bits());
        out.writeByte(collation);
        out.writeShortLE(status);
        out.writeShortLE(capabilities.bits() >>> 16);
        out.writeByte(scramble.length + 1);
        out.writeZero(RESERVED);
        out.writeBytes(scramble, SCRAMBLE_PART_1, scramble.length - SCRAMBLE_PART_1);
        out.writeByte(0);
        WireFormat.writeNulTerminatedString(out, plugin);
    }
}
