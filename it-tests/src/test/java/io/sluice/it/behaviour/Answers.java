// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import static io.sluice.it.behaviour.PacketReader.visible;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads what a session is answered and writes it down: every field of every packet, a line each. */
final class Answers {
    private static final List<String> STATUS = List.of(
            "in_trans",
            "autocommit",
            "0x4",
            "more",
            "no_good_index",
            "no_index",
            "cursor",
            "last_row",
            "schema_dropped",
            "no_backslash",
            "metadata_changed",
            "slow",
            "out_params",
            "read_only_trans",
            "state_changed",
            "0x8000");
    private static final int MORE = 0x8;
    private static final int CURSOR = 0x40;
    private static final int SLOW = 0x800;
    private static final int STATE_CHANGED = 0x4000;

    private final RawSession session;
    private final StringBuilder text = new StringBuilder();

    /** The id and numbers of parameters and columns of the last statement that was prepared. */
    private int statementId;

    private int parameters;

    Answers(RawSession session) {
        this.session = session;
    }

    String text() {
        return text.toString();
    }

    void note(String line) {
        text.append(line).append('\n');
    }

    int statementId() {
        return statementId;
    }

    int parameters() {
        return parameters;
    }

    /** The answer of a query or of an execution, all its results; the file is what a LOAD DATA LOCAL gets. */
    void results(byte[] file) throws IOException {
        while (true) {
            byte[] first = session.read();
            int status;
            switch (first[0] & 0xFF) {
                case 0 -> status = ok("ok", first);
                case 0xFF -> {
                    error(first);
                    return;
                }
                case 0xFB -> {
                    text.append("wants file ").append(visible(first)).append('\n');
                    if (file.length > 0) {
                        session.write(file);
                    }
                    session.write(new byte[0]);
                    continue;
                }
                default -> status = resultSet((int) new PacketReader(first).lenenc());
            }
            if ((status & MORE) == 0) {
                return;
            }
        }
    }

    private int resultSet(int columns) throws IOException {
        for (int i = 0; i < columns; i++) {
            column(session.read());
        }
        if (!session.has(RawSession.CLIENT_DEPRECATE_EOF)) {
            int status = eof("columns end", session.read());
            if ((status & CURSOR) != 0) {
                return status;
            }
        }
        return rows();
    }

    /** Rows up to the packet that ends them, whose status flags are returned; 0 after an ERR. */
    int rows() throws IOException {
        while (true) {
            byte[] packet = session.read();
            int kind = packet[0] & 0xFF;
            if (kind == 0xFF) {
                error(packet);
                return 0;
            }
            if (kind == 0xFE && packet.length < 0xFFFFFF) {
                return session.has(RawSession.CLIENT_DEPRECATE_EOF) ? ok("end", packet) : eof("end", packet);
            }
            row(packet);
        }
    }

    /** A row of text by its values; a binary one begins with 0, as a text of no bytes would: it is shown as it is. */
    private void row(byte[] packet) {
        List<String> values = new ArrayList<>();
        PacketReader reader = new PacketReader(packet);
        try {
            while (reader.hasMore()) {
                values.add(visible(reader.field()));
            }
            text.append("row ").append(String.join(" | ", values)).append('\n');
        } catch (RuntimeException notText) {
            text.append("row ").append(visible(packet)).append('\n');
        }
    }

    private void column(byte[] packet) {
        PacketReader reader = new PacketReader(packet);
        text.append("column");
        for (int i = 0; i < 6; i++) {
            text.append(i == 0 ? ' ' : '.').append(visible(reader.field()));
        }
        reader.lenenc();
        text.append(" collation=%d length=%d type=%d flags=%x decimals=%d"
                .formatted(reader.number(2), reader.number(4), reader.number(1), reader.number(2), reader.number(1)));
        byte[] rest = reader.skip(2).rest();
        text.append(rest.length == 0 ? "" : " default=" + visible(rest)).append('\n');
    }

    /** COM_FIELD_LIST: columns up to an end. */
    void columns() throws IOException {
        while (true) {
            byte[] packet = session.read();
            int kind = packet[0] & 0xFF;
            if (kind == 0xFF) {
                error(packet);
                return;
            }
            if (kind == 0xFE || kind == 0) {
                text.append("end\n");
                return;
            }
            column(packet);
        }
    }

    void prepared() throws IOException {
        byte[] packet = session.read();
        if ((packet[0] & 0xFF) == 0xFF) {
            error(packet);
            return;
        }
        PacketReader reader = new PacketReader(packet).skip(1);
        statementId = (int) reader.number(4);
        int columns = (int) reader.number(2);
        parameters = (int) reader.number(2);
        reader.skip(1);
        text.append("prepared parameters=%d columns=%d warnings=%d\n".formatted(parameters, columns, reader.number(2)));
        for (int count : new int[] {parameters, columns}) {
            for (int i = 0; i < count; i++) {
                column(session.read());
            }
            if (count > 0 && !session.has(RawSession.CLIENT_DEPRECATE_EOF)) {
                eof("columns end", session.read());
            }
        }
    }

    /** One packet that is an OK, an ERR, an EOF or a text, as after COM_PING, COM_STATISTICS or at login. */
    void simple() throws IOException {
        simple(session.read());
    }

    void simple(byte[] packet) {
        switch (packet[0] & 0xFF) {
            case 0 -> ok("ok", packet);
            case 0xFE -> {
                if (packet.length < 6) {
                    eof("eof", packet);
                } else {
                    ok("end", packet);
                }
            }
            case 0xFF -> error(packet);
            default -> text.append(visible(packet)).append('\n');
        }
    }

    private void error(byte[] packet) {
        PacketReader reader = new PacketReader(packet).skip(1);
        text.append("error ").append(reader.number(2)).append(' ');
        if (reader.hasMore() && reader.peek() == '#') {
            text.append(visible(reader.skip(1).bytes(5))).append(' ');
        }
        text.append(visible(reader.rest())).append('\n');
    }

    private int eof(String word, byte[] packet) {
        PacketReader reader = new PacketReader(packet).skip(1);
        int warnings = (int) reader.number(2);
        int status = (int) reader.number(2);
        text.append(word).append(" status=").append(names(status));
        text.append(warnings == 0 ? "" : " warnings=" + warnings).append('\n');
        return status;
    }

    private int ok(String word, byte[] packet) {
        PacketReader reader = new PacketReader(packet).skip(1);
        long rows = reader.lenenc();
        long insertId = reader.lenenc();
        int status = (int) reader.number(2);
        int warnings = (int) reader.number(2);
        text.append(word).append(rows == 0 ? "" : " rows=" + rows);
        text.append(insertId == 0 ? "" : " id=" + insertId);
        text.append(" status=").append(names(status));
        text.append(warnings == 0 ? "" : " warnings=" + warnings);
        boolean tracks = session.has(RawSession.CLIENT_SESSION_TRACK);
        byte[] said = !reader.hasMore() ? new byte[0] : tracks ? reader.bytes((int) reader.lenenc()) : reader.rest();
        text.append(said.length == 0 ? "" : " says " + visible(said));
        if (tracks && (status & STATE_CHANGED) != 0 && reader.hasMore()) {
            trackers(new PacketReader(reader.bytes((int) reader.lenenc())));
        }
        text.append('\n');
        return status;
    }

    private void trackers(PacketReader block) {
        while (block.hasMore()) {
            int type = (int) block.number(1);
            PacketReader tracked = new PacketReader(block.bytes((int) block.lenenc()));
            switch (type) {
                case 0 -> {
                    while (tracked.hasMore()) {
                        text.append(" [").append(visible(tracked.field())).append('=');
                        text.append(visible(tracked.field())).append(']');
                    }
                }
                case 1 ->
                    text.append(" [schema ").append(visible(tracked.field())).append(']');
                case 3 -> text.append(" [gtid]");
                default ->
                    text.append(" [tracker ")
                            .append(type)
                            .append(' ')
                            .append(visible(tracked.rest()))
                            .append(']');
            }
        }
    }

    /** Without "slow", which tells of the machine. */
    private static String names(int status) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < STATUS.size(); bit++) {
            if ((status & ~SLOW & 1 << bit) != 0) {
                names.add(STATUS.get(bit));
            }
        }
        return String.join("+", names);
    }
}
