// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.packet.WireFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a table of Sluice's own as the answer to COM_QUERY (manual: "Text Resultset"), or with binary rows to
 * COM_STMT_EXECUTE ("Binary Protocol Resultset").
 */
public final class TextResultSet {

    /** What clients take a column's values for; in text rows all are texts. */
    public enum Type {
        /** In utf8mb4 (utf8mb4_general_ci, MYSQL_TYPE_VAR_STRING). */
        STRING(45, 0xfd, 1024, 0, 0),
        /** Of 64 bits with a sign (binary, MYSQL_TYPE_LONGLONG, NUM_FLAG). */
        INTEGER(63, 0x08, 20, 0x8000, 0),
        /** MYSQL_TYPE_DOUBLE with as many decimals as a value has. */
        DOUBLE(63, 0x05, 23, 0x8000, 31);

        private final int collation;
        private final int code;
        /** In characters times bytes, as a server says it; clients use it for the width of columns at most. */
        private final int length;

        private final int flags;
        private final int decimals;

        Type(int collation, int code, int length, int flags, int decimals) {
            this.collation = collation;
            this.code = code;
            this.length = length;
            this.flags = flags;
            this.decimals = decimals;
        }
    }

    /** A column of the answer. */
    public record Column(String name, Type type) {}

    /** Length of the fixed fields of a column definition that follow. */
    private static final int FIXED_FIELDS = 0x0c;

    private static final int EOF_HEADER = 0xfe;

    /** The first bits of a binary row's bitmap are not of columns. */
    private static final int NULLS_OFFSET = 2;

    private final ByteBuf out;
    private final Capabilities capabilities;
    private final int status;
    private final boolean binary;
    private int sequenceId = 1;

    private TextResultSet(ByteBuf out, Capabilities capabilities, int status, boolean binary) {
        this.binary = binary;
        this.out = out;
        this.capabilities = capabilities;
        this.status = status;
    }

    /** Writes all packets of an answer whose columns are strings. */
    public static void write(
            ByteBuf out,
            List<String> columns,
            List<? extends List<@Nullable String>> rows,
            Capabilities capabilities,
            int status) {
        List<Column> strings =
                columns.stream().map(name -> new Column(name, Type.STRING)).toList();
        writeTyped(out, strings, rows, capabilities, status);
    }

    /**
     * Writes all packets of the answer.
     *
     * @param rows each as long as {@code columns}; null is NULL
     * @param capabilities those of the connection
     * @param status the server status flags
     */
    public static void writeTyped(
            ByteBuf out,
            List<Column> columns,
            List<? extends List<@Nullable String>> rows,
            Capabilities capabilities,
            int status) {
        new TextResultSet(out, capabilities, status, false).write(columns, rows);
    }

    /** The same with binary rows. What is of the type INTEGER or DOUBLE must be such a number. */
    public static void writeBinary(
            ByteBuf out,
            List<Column> columns,
            List<? extends List<@Nullable String>> rows,
            Capabilities capabilities,
            int status) {
        new TextResultSet(out, capabilities, status, true).write(columns, rows);
    }

    /**
     * Writes all packets of the answer to COM_STMT_PREPARE. It names no columns: clients learn them from the answer to
     * COM_STMT_EXECUTE, as they do of statements such as CALL.
     */
    public static void writePrepared(
            ByteBuf out, int statementId, int parameters, Capabilities capabilities, int status) {
        new TextResultSet(out, capabilities, status, true).prepared(statementId, parameters);
    }

    private void prepared(int statementId, int parameters) {
        int start = PacketWriter.begin(out);
        out.writeByte(0);
        out.writeIntLE(statementId);
        out.writeShortLE(0); // columns
        out.writeShortLE(parameters);
        out.writeZero(3); // filler, warnings
        end(start);
        for (int i = 0; i < parameters; i++) {
            column(new Column("?", Type.STRING));
        }
        if (parameters > 0 && !capabilities.isEofDeprecated()) {
            eof();
        }
    }

    private void write(List<Column> columns, List<? extends List<@Nullable String>> rows) {
        int start = PacketWriter.begin(out);
        WireFormat.writeLengthEncodedInteger(out, columns.size());
        end(start);
        columns.forEach(this::column);
        if (!capabilities.isEofDeprecated()) {
            eof();
        }
        for (List<@Nullable String> row : rows) {
            if (binary) {
                binaryRow(columns, row);
            } else {
                row(row);
            }
        }
        if (capabilities.isEofDeprecated()) {
            endOfRows();
        } else {
            eof();
        }
    }

    private void column(Column column) {
        int start = PacketWriter.begin(out);
        WireFormat.writeLengthEncodedString(out, "def");
        WireFormat.writeLengthEncodedString(out, ""); // schema
        WireFormat.writeLengthEncodedString(out, ""); // table
        WireFormat.writeLengthEncodedString(out, ""); // original table
        WireFormat.writeLengthEncodedString(out, column.name());
        WireFormat.writeLengthEncodedString(out, ""); // original name
        out.writeByte(FIXED_FIELDS);
        Type type = column.type();
        out.writeShortLE(type.collation);
        out.writeIntLE(type.length);
        out.writeByte(type.code);
        out.writeShortLE(type.flags);
        out.writeByte(type.decimals);
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

    private void binaryRow(List<Column> columns, List<@Nullable String> values) {
        int start = PacketWriter.begin(out);
        out.writeByte(0);
        int nulls = out.writerIndex();
        out.writeZero((values.size() + NULLS_OFFSET + 7) / 8);
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            if (value == null) {
                int bit = i + NULLS_OFFSET;
                int at = nulls + bit / 8;
                out.setByte(at, out.getByte(at) | 1 << bit % 8);
                continue;
            }
            switch (columns.get(i).type()) {
                case STRING -> WireFormat.writeLengthEncodedString(out, value);
                case INTEGER -> out.writeLongLE(Long.parseLong(value));
                case DOUBLE -> out.writeDoubleLE(Double.parseDouble(value));
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
