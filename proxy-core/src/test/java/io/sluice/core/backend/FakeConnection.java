// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.codec.QueryAttributes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link FakeServer}, with what the server keeps for it. */
public final class FakeConnection extends ChannelInboundHandlerAdapter {
    private static final Pattern ASSIGNMENT = Pattern.compile("@@session\\.`([^`]+)`=(_utf8mb4 X'([0-9a-f]*)'|[^,]+)");

    private final FakeServer server;
    private final Channel channel;
    private final boolean eofDeprecated;
    private final boolean takesAttributes;
    private final ByteBuf received = Unpooled.buffer();
    private final List<String> all = new ArrayList<>();
    private final List<String> visible = new ArrayList<>();
    private final ArrayDeque<Runnable> unsaid = new ArrayDeque<>();
    private final Map<Integer, String> prepared = new TreeMap<>();
    private final List<byte[]> attributes = new ArrayList<>();
    private final List<byte[]> executions = new ArrayList<>();
    private final StringBuilder uploaded = new StringBuilder();
    private int status = ServerStatus.SERVER_STATUS_AUTOCOMMIT;
    private int lastStatementId;
    private boolean hidesNext;
    private boolean quit;
    private boolean uploading;
    private int uploadSequence;

    FakeConnection(FakeServer server, Channel channel, Capabilities capabilities) {
        this.server = server;
        this.channel = channel;
        this.eofDeprecated = capabilities.isEofDeprecated();
        this.takesAttributes = capabilities.has(Capabilities.CLIENT_QUERY_ATTRIBUTES);
    }

    // ---- what happened

    /** The commands seen, without those that follow each login and reset. */
    public List<String> commands() {
        return visible;
    }

    public List<String> allCommands() {
        return all;
    }

    /** The payloads of COM_STMT_EXECUTE. */
    public List<byte[]> executions() {
        return executions;
    }

    /** The query attributes of all queries, if the server knows them. */
    public List<byte[]> attributes() {
        return attributes;
    }

    public String uploaded() {
        return uploaded.toString();
    }

    /** The statements that are prepared here, by their ids. */
    public Map<Integer, String> prepared() {
        return prepared;
    }

    /** Whether the other side said goodbye. */
    public boolean hasQuit() {
        return quit;
    }

    public boolean isOpen() {
        return channel.isActive();
    }

    public void close() {
        channel.close();
    }

    /** Says something nobody asked for. */
    public void say(Answer answer) {
        write(answer, 0, null);
    }

    /** The answer to a text that the server is {@link FakeServer#late} with. */
    public void sayLate(Answer answer) {
        write(answer, 1, null);
    }

    // ---- the wire

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        received.writeBytes(bytes);
        bytes.release();
        // Not at once: on a network an answer never comes while its command is still being sent.
        ctx.executor().execute(this::take);
    }

    private void take() {
        while (received.readableBytes() >= PacketWriter.HEADER_LENGTH) {
            int length = received.getUnsignedMediumLE(received.readerIndex());
            if (received.readableBytes() < PacketWriter.HEADER_LENGTH + length) {
                return;
            }
            int sequenceId = received.getUnsignedByte(received.readerIndex() + 3);
            received.skipBytes(PacketWriter.HEADER_LENGTH);
            byte[] payload = new byte[length];
            received.readBytes(payload);
            if (uploading) {
                upload(payload, sequenceId);
            } else {
                command(payload);
            }
        }
        received.discardReadBytes();
    }

    private void upload(byte[] payload, int sequenceId) {
        uploaded.append(new String(payload, StandardCharsets.UTF_8));
        if (payload.length == 0) {
            uploading = false;
            uploadSequence = sequenceId + 1;
            say(Answer.ok(), "end of file");
        }
    }

    private void command(byte[] payload) {
        CommandCode code = CommandCode.of(payload[0]);
        int start = code == CommandCode.COM_QUERY && takesAttributes ? 1 + attributes(payload) : 1;
        String text = new String(payload, start, payload.length - start, StandardCharsets.UTF_8);
        switch (code) {
            case COM_QUERY -> {
                note(code + " " + text);
                say(query(text), text);
            }
            case COM_INIT_DB -> {
                note(code + " " + text);
                Answer scripted = server.scripted("USE " + text);
                say(scripted == null ? Answer.ok().schema(text) : scripted, "USE " + text);
            }
            case COM_RESET_CONNECTION -> {
                note(code.toString());
                status = ServerStatus.SERVER_STATUS_AUTOCOMMIT;
                prepared.clear();
                Answer scripted = server.scripted(code.toString());
                say(scripted == null ? Answer.ok() : scripted, code.toString());
            }
            case COM_QUIT -> {
                quit = true;
                channel.close();
            }
            case COM_PING -> {
                note(code.toString());
                say(Answer.ok(), code.toString());
            }
            case COM_STMT_PREPARE -> prepare(text);
            case COM_STMT_EXECUTE -> execute(payload);
            case COM_STMT_CLOSE -> {
                int id = intAt(payload, 1);
                note(code + " " + id);
                prepared.remove(id);
            }
            case COM_STMT_SEND_LONG_DATA ->
                note(code + " " + intAt(payload, 1) + " "
                        + new String(payload, 7, payload.length - 7, StandardCharsets.UTF_8));
            case COM_STMT_FETCH -> {
                note(code + " " + intAt(payload, 1));
                fetch(intAt(payload, 1));
            }
            case COM_REGISTER_SLAVE -> {
                note(code.toString());
                say(Answer.ok(), code.toString());
            }
            case COM_BINLOG_DUMP -> {
                note(code.toString());
                List<byte[]> events = List.of(new byte[] {0, 'a'}, new byte[] {0, (byte) 0xfe}, Answer.eof(status));
                sayPayloads(() -> events, server.cut(code.toString()));
            }
            default -> {
                note(code.toString());
                say(Answer.err(1047, "Unknown command"), code.toString());
            }
        }
    }

    /** The length of the query attributes, which are noted. */
    private int attributes(byte[] payload) {
        ByteBuf packet =
                Unpooled.buffer().writeMediumLE(payload.length).writeByte(0).writeBytes(payload);
        byte[] found = QueryAttributes.of(new Command(CommandCode.COM_QUERY, packet, payload.length));
        attributes.add(found);
        return found.length;
    }

    private void note(String command) {
        all.add(command);
        boolean setUp = command.startsWith("COM_QUERY SET session_track_");
        if (!setUp && !hidesNext) {
            visible.add(command);
        }
        hidesNext = setUp; // the charsets follow
    }

    static int intAt(byte[] bytes, int index) {
        return Unpooled.wrappedBuffer(bytes).getIntLE(index);
    }

    // ---- SQL

    private Answer query(String sql) {
        Answer scripted = server.scripted(sql);
        if (scripted != null) {
            return scripted;
        }
        String verb = sql.split("[ ;(]", 2)[0].toUpperCase(Locale.ROOT);
        switch (verb) {
            case "BEGIN", "START":
                return Answer.ok().sets(ServerStatus.SERVER_STATUS_IN_TRANS);
            case "COMMIT", "ROLLBACK":
                return Answer.ok().clears(ServerStatus.SERVER_STATUS_IN_TRANS);
            case "SET":
                return set(sql);
            case "USE":
                return Answer.ok().schema(sql.substring(4));
            case "SELECT", "SHOW":
                return touched(Answer.rows(server.address().host()));
            case "INSERT", "UPDATE", "DELETE":
                return server.isReadOnly()
                        ? Answer.err(1290, "The MySQL server is running with the --read-only option")
                        : touched(Answer.ok());
            default:
                return Answer.ok();
        }
    }

    private Answer touched(Answer answer) {
        boolean autocommit = (status & ServerStatus.SERVER_STATUS_AUTOCOMMIT) != 0;
        return autocommit ? answer : answer.sets(ServerStatus.SERVER_STATUS_IN_TRANS);
    }

    private static Answer set(String sql) {
        Answer answer = Answer.ok();
        if (sql.startsWith("SET character_set_client=@@character_set_client")) {
            for (String name : List.of("client", "connection", "results")) {
                answer.variable("character_set_" + name, "utf8mb4");
            }
            return answer.variable("collation_connection", "utf8mb4_0900_ai_ci");
        }
        if (sql.equalsIgnoreCase("SET autocommit=0")) {
            return answer.variable("autocommit", "OFF").clears(ServerStatus.SERVER_STATUS_AUTOCOMMIT);
        }
        if (sql.equalsIgnoreCase("SET autocommit=1")) {
            return answer.variable("autocommit", "ON")
                    .sets(ServerStatus.SERVER_STATUS_AUTOCOMMIT)
                    .clears(ServerStatus.SERVER_STATUS_IN_TRANS);
        }
        Matcher matcher = ASSIGNMENT.matcher(sql);
        while (matcher.find()) {
            String hex = matcher.group(3);
            String value =
                    hex == null ? matcher.group(2) : new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
            answer.variable(matcher.group(1), value);
            if (matcher.group(1).equals("autocommit")) {
                boolean on = !value.equals("OFF") && !value.equals("0");
                answer = on
                        ? answer.sets(ServerStatus.SERVER_STATUS_AUTOCOMMIT)
                        : answer.clears(ServerStatus.SERVER_STATUS_AUTOCOMMIT);
            }
        }
        return answer;
    }

    // ---- prepared statements

    private void prepare(String sql) {
        note(CommandCode.COM_STMT_PREPARE + " " + sql);
        Answer scripted = server.scripted("PREPARE " + sql);
        if (scripted != null) {
            say(scripted, sql);
            return;
        }
        int id = ++lastStatementId * 100 + server.connections().indexOf(this);
        prepared.put(id, sql);
        int parameters = (int) sql.chars().filter(letter -> letter == '?').count();
        int columns = sql.toUpperCase(Locale.ROOT).startsWith("SELECT") ? 1 : 0;
        List<byte[]> payloads = new ArrayList<>();
        payloads.add(Answer.bytes(out -> out.writeByte(0)
                .writeIntLE(id)
                .writeShortLE(columns)
                .writeShortLE(parameters)
                .writeByte(0)
                .writeShortLE(0)));
        for (int count : new int[] {parameters, columns}) {
            for (int i = 0; i < count; i++) {
                payloads.add(Answer.definition("?"));
            }
            if (count > 0 && !eofDeprecated) {
                payloads.add(Answer.eof(status));
            }
        }
        sayPayloads(() -> payloads, server.cut("PREPARE " + sql));
    }

    private void execute(byte[] payload) {
        int id = intAt(payload, 1);
        note(CommandCode.COM_STMT_EXECUTE + " " + id);
        executions.add(payload);
        String sql = prepared.get(id);
        if (sql == null) {
            say(Answer.err(1243, "Unknown prepared statement handler"), "");
        } else {
            say(query(sql), sql);
        }
    }

    private void fetch(int id) {
        Answer scripted = server.scripted("FETCH " + prepared.get(id));
        Answer rows = scripted == null ? Answer.rows("fetched") : scripted;
        sayPayloads(
                () -> {
                    status = rows.statusAfter(status);
                    List<byte[]> payloads = rows.payloads(status, eofDeprecated);
                    return payloads.subList(eofDeprecated ? 2 : 3, payloads.size()); // no definitions
                },
                null);
    }

    // ---- answers

    private void say(Answer answer, String sql) {
        if (server.isLate(sql)) {
            return;
        }
        Integer cut = server.cut(sql);
        sayPayloads(
                () -> {
                    uploading = answer.isFileRequest();
                    int before = status;
                    status = answer.statusAfter(status);
                    return answer.payloads(before, eofDeprecated);
                },
                cut);
    }

    private interface Payloads {
        List<byte[]> now();
    }

    private void sayPayloads(Payloads payloads, @Nullable Integer cut) {
        unsaid.add(() -> {
            int sequence = uploadSequence == 0 ? 1 : uploadSequence;
            uploadSequence = 0;
            writePayloads(payloads.now(), sequence, cut);
        });
        speak();
    }

    void speak() {
        while (!server.isHolding() && !unsaid.isEmpty()) {
            unsaid.remove().run();
        }
    }

    private void write(Answer answer, int sequence, @Nullable Integer cut) {
        writePayloads(answer.payloads(status, eofDeprecated), sequence, cut);
    }

    private void writePayloads(List<byte[]> payloads, int firstSequence, @Nullable Integer cut) {
        ByteBuf packets = Unpooled.buffer();
        int sequence = firstSequence;
        for (byte[] payload : payloads) {
            sequence = PacketWriter.write(packets, sequence, Unpooled.wrappedBuffer(payload));
        }
        byte[] bytes = server.falsified(ByteBufUtil.getBytes(packets));
        int length = cut == null ? bytes.length : Math.min(cut, bytes.length);
        for (int from = 0; from < length; ) {
            int now = Math.min(server.chunkBytes(), length - from);
            channel.write(channel.alloc().buffer(now).writeBytes(bytes, from, now));
            from += now;
        }
        channel.flush();
        if (cut != null) {
            channel.close();
        }
    }
}
