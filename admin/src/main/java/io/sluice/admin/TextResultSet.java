// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static io.sluice.protocol.ServerStatus.SERVER_STATUS_AUTOCOMMIT;

import io.netty.buffer.ByteBuf;
import io.sluice.admin.AdminReply.Table;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.WireFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a table as a text result set (manual: "Text Resultset"); every column is a string. */
final class TextResultSet {

    /** utf8mb4_general_ci */
    private static final int COLLATION = 45;

    private static final int MYSQL_TYPE_VAR_STRING = 0xfd;
    /** Length of the fixed fields of a column definition that follow. */
    private static final int FIXED_FIELDS = 0x0c;
    /** In characters times bytes, as a server says it; clients use it for the width of columns at most. */
    private static final int MAX_LENGTH = 1024;

    private static final int EOF_HEADER = 0xfe;

    private final ByteBuf out;
    private final Capabilities capabilities;
    private int sequenceId = 1;

    private TextResultSet(ByteBuf out, Capabilities capabilities) {
        this.out = out;
        this.capabilities = capabilities;
    }

    static void write(ByteBuf out, Table table, Capabilities capabilities) {
        new TextResultSet(out, capabilities).write(table);
    }

    private void write(Table table) {
        int start = PacketWriter.begin(out);
        WireFormat.writeLengthEncodedInteger(out, table.columns().size());
        end(start);
        table.columns().forEach(this::column);
        if (!capabilities.isEofDeprecated()) {
            eof();
        }
        table.rows().forEach(this::row);
        if (capabilities.isEofDeprecated()) {
            endOfRows();
        } else {
            eof();
        }
    }

    private void column(String name) {
        int start = PacketWriter.begin(out);
        WireFormat.writeLengthEncodedString(out, "def");
        WireFormat.writeLengthEncodedString(out, ""); // schema
        WireFormat.writeLengthEncodedString(out, ""); // table
        WireFormat.writeLengthEncodedString(out, ""); // original table
        WireFormat.writeLengthEncodedString(out, name);
        WireFormat.writeLengthEncodedString(out, ""); // original name
        out.writeByte(FIXED_FIELDS);
        out.writeShortLE(COLLATION);
        out.writeIntLE(MAX_LENGTH);
        out.writeByte(MYSQL_TYPE_VAR_STRING);
        out.writeShortLE(0); // flags
        out.writeByte(0); // decimals
        out.writeZero(2);
        end(start);
    }

    private void row(List<@Nullable String> values) {
        int start = PacketWriter.begin(out);
        for (@Nullable String value : values) {
            if (value == null) {
                out.writeByte(WireFormat.NULL_MARK);
            } else {
                WireFormat.writeLengthEncodedString(out, value);
            }
        }
        end(start);
    }

    private void eof() {
        int start = PacketWriter.begin(out);
        out.writeByte(EOF_HEADER);
        out.writeShortLE(0); // warnings
        out.writeShortLE(SERVER_STATUS_AUTOCOMMIT);
        end(start);
    }

    /** An OK packet under the EOF header (CLIENT_DEPRECATE_EOF). */
    private void endOfRows() {
        int start = PacketWriter.begin(out);
        out.writeByte(EOF_HEADER);
        out.writeZero(2); // affected rows, last insert id
        out.writeShortLE(SERVER_STATUS_AUTOCOMMIT);
        out.writeShortLE(0); // warnings
        end(start);
    }

    private void end(int start) {
        PacketWriter.end(out, start, sequenceId++ & 0xff);
    }
}
