// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import io.netty.buffer.ByteBuf;

/**
 * Writes packet headers: three bytes of payload length, one of sequence id (manual: "MySQL Packets"). A payload of
 * 0xFFFFFF bytes or more goes out as several packets, the last of them shorter, if need be empty.
 */
public final class PacketWriter {
    public static final int HEADER_LENGTH = 4;
    public static final int MAX_PAYLOAD = 0xffffff;

    private PacketWriter() {}

    /** Reserves a header in {@code out}; {@link #end} fills it. Returns where it stands. */
    public static int begin(ByteBuf out) {
        int start = out.writerIndex();
        out.writeZero(HEADER_LENGTH);
        return start;
    }

    /** Fills the header at {@code start} for all bytes written since, which must be fewer than 0xFFFFFF. */
    public static void end(ByteBuf out, int start, int sequenceId) {
        int length = out.writerIndex() - start - HEADER_LENGTH;
        if (length >= MAX_PAYLOAD) {
            throw new IllegalArgumentException("a payload of " + length + " bytes needs several packets");
        }
        out.setMediumLE(start, length);
        out.setByte(start + 3, sequenceId);
    }

    /**
     * Copies a payload of any length into {@code out}, split where it must be. Returns the sequence id that follows.
     * The caller keeps {@code payload}, whose reader index is not moved.
     */
    public static int write(ByteBuf out, int sequenceId, ByteBuf payload) {
        int offset = payload.readerIndex();
        int left = payload.readableBytes();
        int id = sequenceId;
        while (true) {
            int length = Math.min(left, MAX_PAYLOAD);
            out.writeMediumLE(length);
            out.writeByte(id++);
            out.writeBytes(payload, offset, length);
            offset += length;
            left -= length;
            if (length < MAX_PAYLOAD) {
                return id & 0xff;
            }
        }
    }
}
