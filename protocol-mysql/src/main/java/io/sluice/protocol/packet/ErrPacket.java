// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import java.nio.charset.StandardCharsets;

/** Reads and writes the payload of an ERR packet (manual: "ERR_Packet"). */
public final class ErrPacket {
    public static final int HEADER = 0xff;

    private static final String GENERAL_STATE = "HY000";

    private ErrPacket() {}

    /** Before the capabilities are known, a server leaves out the SQLSTATE; then it is HY000. */
    public static SqlError read(ByteBuf payload) {
        WireFormat.require(payload, 3);
        if (payload.readUnsignedByte() != HEADER) {
            throw new ProtocolException("not an ERR packet");
        }
        int code = Math.max(1, payload.readUnsignedShortLE());
        String sqlState = GENERAL_STATE;
        if (payload.readableBytes() >= 6 && payload.getByte(payload.readerIndex()) == '#') {
            payload.skipBytes(1);
            sqlState = WireFormat.readString(payload, 5, StandardCharsets.ISO_8859_1);
        }
        return new SqlError(
                code,
                sqlState,
                payload.readCharSequence(payload.readableBytes(), StandardCharsets.UTF_8)
                        .toString());
    }

    public static void write(ByteBuf out, SqlError error) {
        out.writeByte(HEADER);
        out.writeShortLE(error.code());
        out.writeByte('#');
        out.writeCharSequence(error.sqlState(), StandardCharsets.ISO_8859_1);
        out.writeCharSequence(error.message(), StandardCharsets.UTF_8);
    }
}
