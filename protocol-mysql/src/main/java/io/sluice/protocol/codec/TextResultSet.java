// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.packet.WireFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table of Sluice's own as the answer to COM_QUERY (manual: "Text Resultset"); every column is a string in
 * utf8mb4.
 */
public final class TextResultSet {

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
    private final int status;
    private int sequenceId = 1;

    private TextResultSet(ByteBuf out, Capabilities capabilities, int status) {
        this.out = out;
        this.capabilities = capabilities;
        this.status = status;
    }

    /**
     * Writes all packets of the answer.
     *
     * @param rows each as long as {@code columns}; null is NULL
     * @param capabilities those of the connection
     * @param status the server status flags
     */
    public static void write(
            ByteBuf out,
            List<String> columns,
            List<? extends List<@Nullable String>> rows,
            Capabilities capabilities,
            int status) {
        new TextResultSet(out, capabilities, status).write(columns, rows);
    }

    private void write(List<String> columns, List<? extends List<@Nullable String>> rows) {
        int start = PacketWriter.begin(out);
        WireFormat.writeLengthEncodedInteger(out, columns.size());
        end(start);
        columns.forEach(this::column);
        if (!capabilities.isEofDeprecated()) {
            eof();
        }
        rows.forEach(this::row);
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
        out.writeShortLE(status);
        end(start);
    }

    /** An OK packet under the EOF header (CLIENT_DEPRECATE_EOF). */
    private void endOfRows() {
        int start = PacketWriter.begin(out);
        out.writeByte(EOF_HEADER);
        out.writeZero(2); // affected rows, last insert id
        out.writeShortLE(status);
        out.writeShortLE(0); // warnings
        end(start);
    }

    private void end(int start) {
        PacketWriter.end(out, start, sequenceId++ & 0xff);
    }
}
