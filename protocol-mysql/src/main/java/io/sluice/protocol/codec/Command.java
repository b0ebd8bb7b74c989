// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.CommandCode;

/**
 * One command of a client, complete, with its packet headers, so that it can go to a backend as it came.
 *
 * @param code what it asks for
 * @param packets all its packets; the holder of the command owns one reference
 * @param payloadLength bytes of payload over all its packets, without headers
 */
public record Command(CommandCode code, ByteBuf packets, int payloadLength) {

    /** Whether the command is one packet, that is, its payload is contiguous from {@link #bodyIndex} on. */
    public boolean isSinglePacket() {
        return payloadLength < PacketWriter.MAX_PAYLOAD;
    }

    /** Where the byte after the command code stands. */
    public int bodyIndex() {
        return packets.readerIndex() + PacketWriter.HEADER_LENGTH + 1;
    }

    /** Bytes after the command code that are contiguous: all of them unless the command spans packets. */
    public int bodyLength() {
        return Math.min(payloadLength, PacketWriter.MAX_PAYLOAD) - 1;
    }
}
