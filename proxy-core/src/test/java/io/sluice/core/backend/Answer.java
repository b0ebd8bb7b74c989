// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.protocol.packet.WireFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link FakeServer} says to a command: OK, ERR, a result set of one column, or a request for a file. */
public final class Answer {
    private final @Nullable SqlError error;
    private final @Nullable List<String> rows;
    private final @Nullable String file;
    private final List<byte[]> changes = new ArrayList<>();
    private int statusSet;
    private int statusCleared;
    private int insertId;
    private int warnings;
    private int columns = 1;
    private @Nullable Answer next;

    private Answer(@Nullable SqlError error, @Nullable List<String> rows, @Nullable String file) {
        this.error = error;
        this.rows = rows;
        this.file = file;
    }

    public static Answer ok() {
        return new Answer(null, null, null);
    }

    public static Answer err(int code, String message) {
        return err(code, "HY000", message);
    }

    public static Answer err(int code, String sqlState, String message) {
        return new Answer(new SqlError(code, sqlState, message), null, null);
    }

    public static Answer rows(String... values) {
        return new Answer(null, List.of(values), null);
    }

    /** One row of several columns. */
    public static Answer row(String... values) {
        Answer answer = rows(values);
        answer.columns = values.length;
        return answer;
    }

    public static Answer fileRequest(String name) {
        return new Answer(null, null, name);
    }

    /** The session tracker of a system variable. */
    public Answer variable(String name, String value) {
        return change(SessionChanges.SESSION_TRACK_SYSTEM_VARIABLES, out -> {
            WireFormat.writeLengthEncodedString(out, name);
            WireFormat.writeLengthEncodedString(out, value);
        });
    }

    public Answer schema(String name) {
        return change(SessionChanges.SESSION_TRACK_SCHEMA, out -> WireFormat.writeLengthEncodedString(out, name));
    }

    /** The tracker that says that something changed, but not what. */
    public Answer stateChanged() {
        return change(SessionChanges.SESSION_TRACK_STATE_CHANGE, out -> out.writeByte('1'));
    }

    public Answer gtid(String text) {
        return change(SessionChanges.SESSION_TRACK_GTIDS, out -> {
            out.writeByte(0);
            WireFormat.writeLengthEncodedString(out, text);
        });
    }

    public Answer characteristics(String statements) {
        return change(
                SessionChanges.SESSION_TRACK_TRANSACTION_CHARACTERISTICS,
                out -> WireFormat.writeLengthEncodedString(out, statements));
    }

    private Answer change(int type, Consumer<ByteBuf> content) {
        ByteBuf entry = Unpooled.buffer();
        content.accept(entry);
        ByteBuf out = Unpooled.buffer();
        out.writeByte(type);
        WireFormat.writeLengthEncodedInteger(out, entry.readableBytes());
        out.writeBytes(entry);
        changes.add(ByteBufUtil.getBytes(out));
        return this;
    }

    /** Status flags that hold from now on. */
    public Answer sets(int flags) {
        statusSet |= flags;
        return this;
    }

    public Answer clears(int flags) {
        statusCleared |= flags;
        return this;
    }

    public Answer insertId(int id) {
        insertId = id;
        return this;
    }

    public Answer warnings(int count) {
        warnings = count;
        return this;
    }

    /** One more result of the same statement. */
    public Answer then(Answer another) {
        next = another;
        return this;
    }

    boolean isFileRequest() {
        return file != null;
    }

    int statusAfter(int before) {
        int status = (before | statusSet) & ~statusCleared;
        return next == null ? status : next.statusAfter(status);
    }

    List<byte[]> payloads(int statusBefore, boolean eofDeprecated) {
        int status = (statusBefore | statusSet) & ~statusCleared;
        List<byte[]> payloads = new ArrayList<>();
        int flags = next == null ? status : status | ServerStatus.SERVER_MORE_RESULTS_EXISTS;
        if (error != null) {
            payloads.add(bytes(out -> ErrPacket.write(out, error)));
        } else if (file != null) {
            payloads.add(bytes(out -> out.writeByte(WireFormat.NULL_MARK).writeBytes(file.getBytes(UTF_8))));
        } else if (rows == null) {
            payloads.add(bytes(out -> writeOk(out, 0x00, flags)));
        } else {
            addRows(payloads, rows, flags, eofDeprecated);
        }
        if (next != null) {
            payloads.addAll(next.payloads(status, eofDeprecated));
        }
        return payloads;
    }

    private void addRows(List<byte[]> payloads, List<String> values, int flags, boolean eofDeprecated) {
        payloads.add(new byte[] {(byte) columns});
        for (int i = 0; i < columns; i++) {
            payloads.add(definition("c"));
        }
        if (!eofDeprecated) {
            payloads.add(eof(flags));
        }
        for (int i = 0; i < values.size(); i += columns) {
            List<String> row = values.subList(i, i + columns);
            payloads.add(bytes(out -> row.forEach(value -> WireFormat.writeLengthEncodedString(out, value))));
        }
        payloads.add(eofDeprecated ? bytes(out -> writeOk(out, 0xfe, flags)) : eof(flags));
    }

    private void writeOk(ByteBuf out, int header, int flags) {
        out.writeByte(header);
        out.writeByte(rows == null ? 1 : 0);
        WireFormat.writeLengthEncodedInteger(out, insertId);
        out.writeShortLE(changes.isEmpty() ? flags : flags | ServerStatus.SERVER_SESSION_STATE_CHANGED);
        out.writeShortLE(warnings);
        if (!changes.isEmpty()) {
            out.writeByte(0); // no human readable text
            WireFormat.writeLengthEncodedInteger(
                    out, changes.stream().mapToInt(change -> change.length).sum());
            changes.forEach(out::writeBytes);
        }
    }

    static byte[] eof(int flags) {
        return bytes(out -> out.writeByte(0xfe).writeShortLE(0).writeShortLE(flags));
    }

    static byte[] definition(String name) {
        return bytes(out -> {
            for (String text : List.of("def", "", "t", "t", name, name)) {
                WireFormat.writeLengthEncodedString(out, text);
            }
            out.writeByte(0x0c)
                    .writeShortLE(255)
                    .writeIntLE(1024)
                    .writeByte(0xfd)
                    .writeShortLE(0);
            out.writeByte(0).writeShortLE(0);
        });
    }

    static byte[] bytes(Consumer<ByteBuf> content) {
        ByteBuf out = Unpooled.buffer();
        content.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;
}
