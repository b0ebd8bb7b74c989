// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.netty.buffer.ByteBuf;
import io.sluice.admin.sql.Placeholders;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.packet.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements of one client of the admin port: texts, whose parameters become literals whenever they are
 * executed, since most statements are not for a database that could prepare them. Confined to the client's event loop.
 */
final class AdminPrepared {
    static final String TOO_MANY = "more than 1000 prepared statements; close those that are not needed";

    private static final int MAX_STATEMENTS = 1000;
    private static final int MAX_LONG_DATA = 1 << 20;
    private static final int ER_UNKNOWN_STMT_HANDLER = 1243;
    private static final int ER_WRONG_ARGUMENTS = 1210;
    private static final int ER_NET_PACKET_TOO_LARGE = 1153;

    /** Flags of the cursor, and how often to run it. */
    private static final int IGNORED = 1 + 4;

    private final Map<Integer, Statement> statements = new HashMap<>();
    private int lastId;

    /** A statement cannot be executed. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient SqlError error;

        Unusable(int code, String message) {
            super(message, null, false, false);
            error = new SqlError(code, "HY000", "Sluice: " + message);
        }

        SqlError error() {
            return error;
        }
    }

    /** One of them. */
    static final class Statement {
        private final int id;
        private final Placeholders text;
        /** As the client has told them last: each a type and its flags. */
        private byte[] types = {};

        private final Map<Integer, byte[]> longData = new HashMap<>();
        private int longDataBytes;

        private Statement(int id, Placeholders text) {
            this.id = id;
            this.text = text;
        }

        int id() {
            return id;
        }

        int parameters() {
            return text.count();
        }
    }

    /** Null if there are too many. */
    @Nullable
    Statement prepare(String sql) {
        if (statements.size() >= MAX_STATEMENTS) {
            return null;
        }
        Statement statement = new Statement(++lastId, new Placeholders(sql));
        statements.put(statement.id, statement);
        return statement;
    }

    void close(ByteBuf body) {
        statements.remove(id(body));
    }

    void closeAll() {
        statements.clear();
    }

    AdminReply reset(ByteBuf body) {
        int id = id(body);
        Statement statement = statements.get(id);
        if (statement == null) {
            return new AdminReply.Refused(unknown(id).error());
        }
        forgetLongData(statement);
        return AdminReply.DONE;
    }

    /** Without an answer, even where there is no such statement: its execution will tell. */
    void takeLongData(ByteBuf body) {
        Statement statement = statements.get(id(body));
        WireFormat.require(body, 2);
        int parameter = body.readUnsignedShortLE();
        if (statement == null) {
            return;
        }
        statement.longDataBytes += body.readableBytes();
        if (statement.longDataBytes <= MAX_LONG_DATA) {
            byte[] before = statement.longData.getOrDefault(parameter, new byte[0]);
            byte[] all = new byte[before.length + body.readableBytes()];
            System.arraycopy(before, 0, all, 0, before.length);
            body.readBytes(all, before.length, all.length - before.length);
            statement.longData.put(parameter, all);
        }
    }

    private static void forgetLongData(Statement statement) {
        statement.longData.clear();
        statement.longDataBytes = 0;
    }

    /** The statement's text, with literals in the place of its parameters. */
    String execute(ByteBuf body) throws Unusable {
        int id = id(body);
        Statement statement = statements.get(id);
        if (statement == null) {
            throw unknown(id);
        }
        WireFormat.require(body, IGNORED);
        body.skipBytes(IGNORED);
        if (statement.longDataBytes > MAX_LONG_DATA) {
            forgetLongData(statement);
            throw new Unusable(ER_NET_PACKET_TOO_LARGE, "parameters are longer than 1 MiB");
        }
        try {
            return statement.text.with(literals(statement, body));
        } finally {
            forgetLongData(statement);
        }
    }

    private static List<String> literals(Statement statement, ByteBuf body) throws Unusable {
        int count = statement.parameters();
        if (count == 0) {
            return List.of();
        }
        byte[] nulls = WireFormat.readBytes(body, (count + 7) / 8);
        WireFormat.require(body, 1);
        if (body.readByte() == 1) {
            statement.types = WireFormat.readBytes(body, 2 * count);
        }
        if (statement.types.length == 0) {
            throw new ProtocolException("COM_STMT_EXECUTE without the types of its parameters");
        }
        List<String> literals = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] sent = statement.longData.get(i);
            if (sent != null) {
                literals.add(quoted(new String(sent, StandardCharsets.UTF_8)));
            } else if ((nulls[i / 8] >> i % 8 & 1) != 0) {
                literals.add("NULL");
            } else {
                literals.add(literal(statement.types[2 * i] & 0xff, statement.types[2 * i + 1] < 0, body));
            }
        }
        return literals;
    }

    /** A value (manual: "Binary Protocol Value"). */
    private static String literal(int type, boolean unsigned, ByteBuf in) throws Unusable {
        return switch (type) {
            case 0x06 -> "NULL";
            case 0x01 ->
                number(unsigned ? need(in, 1).readUnsignedByte() : need(in, 1).readByte());
            case 0x02, 0x0d ->
                number(
                        unsigned
                                ? need(in, 2).readUnsignedShortLE()
                                : need(in, 2).readShortLE());
            case 0x03, 0x09 ->
                number(unsigned ? need(in, 4).readUnsignedIntLE() : need(in, 4).readIntLE());
            case 0x08 -> {
                long value = need(in, 8).readLongLE();
                yield unsigned ? Long.toUnsignedString(value) : number(value);
            }
            case 0x04 -> decimal(need(in, 4).readFloatLE());
            case 0x05 -> decimal(need(in, 8).readDoubleLE());
            case 0x07, 0x0a, 0x0c -> quoted(date(WireFormat.readLengthEncodedBytes(in)));
            case 0x0b -> quoted(time(WireFormat.readLengthEncodedBytes(in)));
            default -> quoted(WireFormat.readLengthEncodedString(in));
        };
    }

    private static ByteBuf need(ByteBuf in, int bytes) {
        WireFormat.require(in, bytes);
        return in;
    }

    private static String number(long value) {
        return Long.toString(value);
    }

    /** Some drivers have no other numbers, and a LIMIT must be a whole one. */
    private static String decimal(double value) throws Unusable {
        if (!Double.isFinite(value)) {
            throw new Unusable(ER_WRONG_ARGUMENTS, "a parameter is " + value + ", which is no number of SQL");
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? number((long) value) : Double.toString(value);
    }

    private static String date(ByteBuf in) {
        if (!in.isReadable()) {
            return "0000-00-00";
        }
        need(in, 4);
        String date =
                String.format("%04d-%02d-%02d", in.readUnsignedShortLE(), in.readUnsignedByte(), in.readUnsignedByte());
        return in.isReadable() ? date + " " + clock(need(in, 3), in.readUnsignedByte()) : date;
    }

    private static String time(ByteBuf in) {
        if (!in.isReadable()) {
            return "00:00:00";
        }
        need(in, 8);
        String sign = in.readByte() == 1 ? "-" : "";
        long days = in.readUnsignedIntLE();
        return sign + clock(in, days * 24 + in.readUnsignedByte());
    }

    private static String clock(ByteBuf in, long hours) {
        need(in, 2);
        String clock = String.format("%02d:%02d:%02d", hours, in.readUnsignedByte(), in.readUnsignedByte());
        return in.isReadable() ? clock + String.format(".%06d", need(in, 4).readUnsignedIntLE()) : clock;
    }

    /** On the admin port a backslash is a character like others. */
    private static String quoted(String text) throws Unusable {
        if (text.indexOf('\0') >= 0) {
            throw new Unusable(ER_WRONG_ARGUMENTS, "a parameter has a NUL character, which no text here can have");
        }
        return "'" + text.replace("'", "''") + "'";
    }

    private static int id(ByteBuf body) {
        WireFormat.require(body, 4);
        return body.readIntLE();
    }

    private static Unusable unknown(int id) {
        return new Unusable(ER_UNKNOWN_STMT_HANDLER, "there is no prepared statement " + Integer.toUnsignedString(id));
    }
}
