// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.drill.server.ServerFlavor;
import io.sluice.it.Lab;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One run of a script against one port: what was asked and answered, as text. What must differ between two runs, such as
 * the ids of connections, is replaced by names. Commands:
 *
 * <pre>
 * :prepare NAME SQL    :execute NAME [cursor] [same] | i:1 | s:text | n ...    :fetch NAME ROWS    :close NAME
 * :reset_statement NAME    :long_data NAME PARAMETER TEXT    :both SQL (as text, then prepared)
 * :send SQL    :receive    :await SQL (until it answers 1; not written down)    :bytes SQL with \xNN
 * :big LENGTH (a query of so many bytes)    :file TEXT (what the next LOAD DATA LOCAL reads)
 * :init_db NAME    :change_user USER PASSWORD SCHEMA    :field_list TABLE    :command HEX    :greeting    :quit
 * </pre>
 */
final class Performance implements AutoCloseable {
    static final String SCHEMA = "behaviour";

    private static final Pattern ABOUT_IDS =
            Pattern.compile("(?i)connection_id|processlist|kill|is_used_lock|thread|explain for|greeting");
    /** MariaDB numbers statements on through the sessions of a thread. */
    private static final Pattern STATEMENT_ID = Pattern.compile("(statement handler |The statement )\\(\\d+\\)");

    private static final Pattern BYTE = Pattern.compile("\\\\x([0-9a-f]{2})");

    private final int port;
    private final Behaviour behaviour;
    private final Map<Integer, RawSession> sessions = new TreeMap<>();
    private final Map<String, RawStatement> statements = new HashMap<>();
    private final StringBuilder transcript = new StringBuilder();
    private byte[] file = {};

    private Performance(int port, Behaviour behaviour) {
        this.port = port;
        this.behaviour = behaviour;
    }

    static String of(Behaviour behaviour, int port) {
        try (Performance performance = new Performance(port, behaviour)) {
            behaviour.steps().forEach(performance::perform);
            return performance.transcript.toString();
        }
    }

    private void perform(Behaviour.Step step) {
        String answer;
        try {
            RawSession session = session(step.session());
            Answers answers = new Answers(session);
            try {
                run(withIds(step.text()), session, answers);
                answer = answers.text();
            } catch (SocketTimeoutException e) {
                answer = answers.text() + "silence\n";
            } catch (IOException e) {
                answer = answers.text() + "closed\n";
            }
        } catch (IOException e) {
            answer = "no session: " + e.getMessage() + "\n";
        }
        transcript.append(step.session()).append("> ").append(step.text()).append('\n');
        if (Lab.flavor().isMariaDb()) {
            answer = STATEMENT_ID.matcher(answer).replaceAll("$1(<statement>)");
        }
        if (Lab.flavor() == ServerFlavor.MARIADB_11) {
            // Its default collation of utf8mb4 has a greater id than metadata can tell: "collations of columns".
            answer = answer.replace(" collation=224 ", " collation=45 ");
        }
        transcript.append(ABOUT_IDS.matcher(step.text()).find() ? withoutIds(answer) : answer);
    }

    private RawSession session(int number) throws IOException {
        RawSession session = sessions.get(number);
        if (session == null) {
            session = new RawSession(port, SCHEMA, behaviour.words());
            sessions.put(number, session);
        }
        return session;
    }

    private void run(String text, RawSession session, Answers answers) throws IOException {
        if (!text.startsWith(":")) {
            query(text.getBytes(UTF_8), session, answers);
            return;
        }
        String[] words = text.substring(1).split(" ", 2);
        String rest = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "both" -> both(rest, session, answers);
            case "bytes" -> query(bytes(rest), session, answers);
            case "big" -> query(big(Integer.parseInt(rest)), session, answers);
            case "file" -> file = rest.replace("\\n", "\n").getBytes(UTF_8);
            case "send" -> session.command(3, rest.getBytes(UTF_8));
            case "receive" -> answers.results(file);
            case "await" -> await(rest, session);
            case "init_db" -> simple(2, rest.getBytes(UTF_8), session, answers);
            case "change_user" -> changeUser(rest.split(" ", -1), session, answers);
            case "field_list" -> {
                session.command(4, (rest + "\0").getBytes(UTF_8));
                answers.columns();
            }
            case "command" -> {
                byte[] command = HexFormat.of().parseHex(rest);
                session.command(command[0], java.util.Arrays.copyOfRange(command, 1, command.length));
                answers.simple();
            }
            case "statistics" -> statistics(session);
            case "greeting" -> answers.note(session.greeting().toText());
            case "quit" -> session.command(1, new byte[0]);
            default -> statement(words[0], rest, session, answers);
        }
    }

    private void query(byte[] sql, RawSession session, Answers answers) throws IOException {
        session.command(3, sql);
        answers.results(file);
    }

    private static void simple(int code, byte[] body, RawSession session, Answers answers) throws IOException {
        session.command(code, body);
        answers.simple();
    }

    private void both(String sql, RawSession session, Answers answers) throws IOException {
        query(sql.getBytes(UTF_8), session, answers);
        RawStatement statement = RawStatement.prepare(sql, session, answers);
        statement.execute("", answers);
        statement.close();
    }

    private void statement(String verb, String rest, RawSession session, Answers answers) throws IOException {
        String[] words = rest.split(" ", 2);
        String more = words.length > 1 ? words[1] : "";
        if (verb.equals("prepare")) {
            statements.put(words[0], RawStatement.prepare(more, session, answers));
            return;
        }
        RawStatement statement = statements.get(words[0]);
        if (statement == null) {
            throw new IllegalArgumentException("no statement " + words[0] + " in " + behaviour.name());
        }
        switch (verb) {
            case "execute" -> statement.execute(more, answers);
            case "fetch" -> statement.fetch(Integer.parseInt(more), answers);
            case "reset_statement" -> statement.reset(answers);
            case "long_data" -> statement.longData(more);
            case "close" -> statement.close();
            default -> throw new IllegalArgumentException("unknown command :" + verb + " in " + behaviour.name());
        }
    }

    private static void changeUser(String[] words, RawSession session, Answers answers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes((words[0] + "\0").getBytes(UTF_8));
        body.write(0); // no proof yet: the server asks with a nonce of its own
        body.writeBytes((words[2] + "\0").getBytes(UTF_8));
        RawSession.number(body, session.greeting().collation(), 2);
        body.writeBytes((session.greeting().plugin() + "\0").getBytes(UTF_8));
        session.command(0x11, body.toByteArray());
        answers.simple(session.authenticate(
                words[1].replace("\\x20", " "), session.greeting().nonce()));
    }

    private static void statistics(RawSession session) throws IOException {
        session.command(9, new byte[0]);
        String text = PacketReader.visible(session.read());
        if (!text.matches("Uptime: \\d+ +Threads: \\d+ +Questions: \\d+ .*Queries per second avg: [0-9.]+")) {
            throw new IOException("statistics: " + text);
        }
    }

    private void await(String sql, RawSession session) throws IOException {
        for (int i = 0; i < 500; i++) {
            Answers answers = new Answers(session);
            query(sql.getBytes(UTF_8), session, answers);
            if (answers.text().contains("\nrow 1\n")) {
                return;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
        }
        throw new SocketTimeoutException("never 1: " + sql);
    }

    private static byte[] bytes(String text) {
        Matcher matcher = BYTE.matcher(text);
        return matcher.replaceAll(
                        m -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 16))))
                .getBytes(ISO_8859_1);
    }

    private static byte[] big(int length) {
        String frame = "SELECT LENGTH(''), MD5('')";
        int one = (length - 1 - frame.length()) / 2;
        int two = length - 1 - frame.length() - one;
        return ("SELECT LENGTH('" + "a".repeat(one) + "'), MD5('" + "b".repeat(two) + "')").getBytes(UTF_8);
    }

    private String withIds(String text) {
        String result = text;
        for (Map.Entry<Integer, RawSession> session : sessions.entrySet()) {
            long id = session.getValue().greeting().id();
            result = result.replace("${id" + session.getKey() + "}", Long.toString(id));
            StringBuilder hex = new StringBuilder();
            for (int shift = 0; shift < 32; shift += 8) {
                hex.append("%02x".formatted(id >> shift & 0xFF));
            }
            result = result.replace("${hex" + session.getKey() + "}", hex);
        }
        return result;
    }

    private String withoutIds(String answer) {
        String result = answer;
        for (Map.Entry<Integer, RawSession> session : sessions.entrySet()) {
            result = result.replaceAll(
                    "(?<![0-9=])" + session.getValue().greeting().id() + "(?![0-9])", "<id" + session.getKey() + ">");
        }
        return result;
    }

    @Override
    public void close() {
        for (RawSession session : sessions.values()) {
            try {
                session.command(1, new byte[0]);
                session.close();
            } catch (IOException e) {
                // it was closed by the other side
            }
        }
    }
}
