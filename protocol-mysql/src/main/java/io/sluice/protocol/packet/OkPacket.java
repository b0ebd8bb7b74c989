// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.ServerStatus;
import java.nio.charset.StandardCharsets;

/**
 * An OK packet, also in its form with the header 0xFE that ends a result set under CLIENT_DEPRECATE_EOF (manual:
 * "OK_Packet").
 *
 * @param header 0x00 or 0xFE
 * @param info human readable text such as "Rows matched: 1 ...", empty if there is none
 */
public record OkPacket(
        int header,
        long affectedRows,
        long lastInsertId,
        int status,
        int warnings,
        byte[] info,
        SessionChanges changes) {

    public static final int OK_HEADER = 0x00;
    public static final int EOF_HEADER = 0xfe;

    private static final byte[] NO_INFO = {};

    /** An OK packet that says no more than the status. */
    public static OkPacket of(int status) {
        return new OkPacket(OK_HEADER, 0, 0, status, 0, NO_INFO, SessionChanges.NONE);
    }

    /** The same of a statement that has changed so many rows. */
    public OkPacket withAffectedRows(long rows) {
        return new OkPacket(header, rows, lastInsertId, status, warnings, info, changes);
    }

    /** The same with a text for people. */
    public OkPacket withInfo(String text) {
        return new OkPacket(
                header, affectedRows, lastInsertId, status, warnings, text.getBytes(StandardCharsets.UTF_8), changes);
    }

    /** Reads a payload that a peer with the given capabilities sent; both ends must have CLIENT_PROTOCOL_41. */
    public static OkPacket read(ByteBuf payload, Capabilities capabilities) {
        WireFormat.require(payload, 1);
        int header = payload.readUnsignedByte();
        if (header != OK_HEADER && header != EOF_HEADER) {
            throw new ProtocolException("0x" + Integer.toHexString(header) + " where an OK packet should start");
        }
        long affectedRows = WireFormat.readLengthEncodedInteger(payload);
        long lastInsertId = WireFormat.readLengthEncodedInteger(payload);
        WireFormat.require(payload, 4);
        int status = payload.readUnsignedShortLE();
        int warnings = payload.readUnsignedShortLE();
        byte[] info = NO_INFO;
        SessionChanges changes = SessionChanges.NONE;
        if (payload.isReadable()) {
            ByteBuf text = WireFormat.readLengthEncodedBytes(payload);
            info = text.isReadable() ? WireFormat.readBytes(text, text.readableBytes()) : NO_INFO;
            boolean tracked = capabilities.has(Capabilities.CLIENT_SESSION_TRACK)
                    && (status & ServerStatus.SERVER_SESSION_STATE_CHANGED) != 0;
            if (tracked && payload.isReadable()) {
                changes = SessionChanges.read(WireFormat.readLengthEncodedBytes(payload));
            }
        }
        return new OkPacket(header, affectedRows, lastInsertId, status, warnings, info, changes);
    }

    /**
     * Writes the payload without session state changes. The server, unlike the manual, always writes the info with
     * its length, and leaves the field out when it is empty.
     */
    public void writeWithoutChanges(ByteBuf out) {
        writeWithoutInfo(out, status & ~ServerStatus.SERVER_SESSION_STATE_CHANGED);
        if (info.length > 0) {
            WireFormat.writeLengthEncodedBytes(out, info);
        }
    }

    /** Writes the payload up to the warnings. */
    public void writeWithoutInfo(ByteBuf out, int flags) {
        out.writeByte(header);
        WireFormat.writeLengthEncodedInteger(out, affectedRows);
        WireFormat.writeLengthEncodedInteger(out, lastInsertId);
        out.writeShortLE(flags);
        out.writeShortLE(warnings);
    }
}
