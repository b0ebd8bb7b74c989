// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/** A prepared statement of a {@link RawSession}, with the types that its parameters were last bound with. */
final class RawStatement {
    private static final int LONG = 3;
    private static final int DOUBLE = 5;
    private static final int NULL = 6;
    private static final int LONGLONG = 8;
    private static final int DATETIME = 12;
    private static final int BLOB = 252;
    private static final int STRING = 253;
    private static final byte[] NOTHING = {};

    private final RawSession session;
    private final int id;

    private record Parameter(int type, byte[] value) {}

    private RawStatement(RawSession session, int id) {
        this.session = session;
        this.id = id;
    }

    static RawStatement prepare(String sql, RawSession session, Answers answers) throws IOException {
        session.command(0x16, sql.getBytes(UTF_8));
        answers.prepared();
        return new RawStatement(session, answers.statementId());
    }

    /** The words "cursor" and "same" (types not sent again), then "| value" for each parameter. */
    void execute(String text, Answers answers) throws IOException {
        String[] parts = text.split("\\|", -1);
        ByteArrayOutputStream body = head();
        body.write(parts[0].contains("cursor") ? 1 : 0);
        RawSession.number(body, 1, 4);
        if (parts.length > 1) {
            List<Parameter> parameters = new ArrayList<>();
            for (int i = 1; i < parts.length; i++) {
                parameters.add(parameter(parts[i].strip()));
            }
            write(parameters, !parts[0].contains("same"), body);
        }
        session.command(0x17, body.toByteArray());
        answers.results(NOTHING);
    }

    private static void write(List<Parameter> parameters, boolean types, ByteArrayOutputStream body) {
        byte[] nulls = new byte[(parameters.size() + 7) / 8];
        for (int i = 0; i < parameters.size(); i++) {
            nulls[i / 8] |= (byte) (parameters.get(i).type == NULL ? 1 << i % 8 : 0);
        }
        body.writeBytes(nulls);
        body.write(types ? 1 : 0);
        if (types) {
            parameters.forEach(parameter -> RawSession.number(body, parameter.type, 2));
        }
        parameters.forEach(parameter -> body.writeBytes(parameter.value));
    }

    private static Parameter parameter(String text) {
        String value = text.substring(text.indexOf(':') + 1);
        return switch (text.split(":", 2)[0]) {
            case "n" -> new Parameter(NULL, NOTHING);
            case "long" -> new Parameter(BLOB, NOTHING);
            case "i" -> new Parameter(LONGLONG, number(Long.parseLong(value), 8));
            case "u" -> new Parameter(LONGLONG | 0x8000, number(Long.parseUnsignedLong(value), 8));
            case "i4" -> new Parameter(LONG, number(Long.parseLong(value), 4));
            case "d" -> new Parameter(DOUBLE, number(Double.doubleToLongBits(Double.parseDouble(value)), 8));
            case "t" -> new Parameter(DATETIME, time(LocalDateTime.parse(value)));
            case "b" -> new Parameter(BLOB, text(value));
            case "s" -> new Parameter(STRING, text(value));
            default -> throw new IllegalArgumentException("parameter " + text);
        };
    }

    private static byte[] number(long value, int length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RawSession.number(bytes, value, length);
        return bytes.toByteArray();
    }

    private static byte[] time(LocalDateTime time) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(7);
        RawSession.number(bytes, time.getYear(), 2);
        bytes.write(time.getMonthValue());
        bytes.write(time.getDayOfMonth());
        bytes.write(time.getHour());
        bytes.write(time.getMinute());
        bytes.write(time.getSecond());
        return bytes.toByteArray();
    }

    private static byte[] text(String value) {
        byte[] text = value.getBytes(UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(text.length); // short ones only: up to 250 bytes
        bytes.writeBytes(text);
        return bytes.toByteArray();
    }

    void fetch(int rows, Answers answers) throws IOException {
        ByteArrayOutputStream body = head();
        RawSession.number(body, rows, 4);
        session.command(0x1C, body.toByteArray());
        answers.rows();
    }

    /** "0 text": more of the first parameter; there is no answer. */
    void longData(String text) throws IOException {
        String[] words = text.split(" ", 2);
        ByteArrayOutputStream body = head();
        RawSession.number(body, Long.parseLong(words[0]), 2);
        body.writeBytes(words[1].getBytes(UTF_8));
        session.command(0x18, body.toByteArray());
    }

    void reset(Answers answers) throws IOException {
        session.command(0x1A, head().toByteArray());
        answers.simple();
    }

    /** There is no answer. */
    void close() throws IOException {
        session.command(0x19, head().toByteArray());
    }

    private ByteArrayOutputStream head() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        RawSession.number(body, id, 4);
        return body;
    }
}
