// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.protocol.packet.WireFormat;
import java.util.Locale;
import java.util.Set;

/** The packets that Sluice writes to clients itself. */
public final class ClientPackets {
    /**
     * What a server reports by default to a client with CLIENT_SESSION_TRACK (session_track_system_variables);
     * backends report all, which Sluice keeps to itself.
     */
    private static final Set<String> TRACKED_BY_DEFAULT = Set.of(
            "time_zone", "autocommit", "character_set_client", "character_set_results", "character_set_connection");

    private ClientPackets() {}

    static ByteBuf ok(ByteBufAllocator allocator, int status, int sequenceId) {
        ByteBuf out = allocator.buffer(16);
        int start = PacketWriter.begin(out);
        OkPacket.of(status).writeWithoutChanges(out);
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

    /** An OK packet with no more of the session state changes than this client would get from a server directly. */
    static ByteBuf okForClient(ByteBufAllocator allocator, OkPacket ok, Capabilities client, int sequenceId) {
        ByteBuf out = allocator.buffer(64);
        int start = PacketWriter.begin(out);
        ByteBuf changes = allocator.buffer(64);
        try {
            if (client.has(Capabilities.CLIENT_SESSION_TRACK)) {
                writeDefaultChanges(changes, ok.changes());
            }
            if (!changes.isReadable()) {
                ok.writeWithoutChanges(out);
            } else {
                out.writeByte(ok.header());
                WireFormat.writeLengthEncodedInteger(out, ok.affectedRows());
                WireFormat.writeLengthEncodedInteger(out, ok.lastInsertId());
                out.writeShortLE(ok.status() | ServerStatus.SERVER_SESSION_STATE_CHANGED);
                out.writeShortLE(ok.warnings());
                WireFormat.writeLengthEncodedBytes(out, ok.info());
                WireFormat.writeLengthEncodedInteger(out, changes.readableBytes());
                out.writeBytes(changes);
            }
        } finally {
            changes.release();
        }
        PacketWriter.end(out, start, sequenceId);
        return out;
    }

    private static void writeDefaultChanges(ByteBuf out, SessionChanges changes) {
        for (SessionChanges.Variable variable : changes.variables()) {
            if (TRACKED_BY_DEFAULT.contains(variable.name().toLowerCase(Locale.ROOT))) {
                ByteBuf entry = out.alloc().buffer(64);
                WireFormat.writeLengthEncodedString(entry, variable.name());
                WireFormat.writeLengthEncodedString(entry, variable.value());
                writeEntry(out, SessionChanges.SESSION_TRACK_SYSTEM_VARIABLES, entry);
            }
        }
        if (changes.schema() != null) {
            ByteBuf entry = out.alloc().buffer(64);
            WireFormat.writeLengthEncodedString(entry, changes.schema());
            writeEntry(out, SessionChanges.SESSION_TRACK_SCHEMA, entry);
        }
    }

    private static void writeEntry(ByteBuf out, int type, ByteBuf entry) {
        out.writeByte(type);
        WireFormat.writeLengthEncodedInteger(out, entry.readableBytes());
        out.writeBytes(entry);
        entry.release();
    }
}
