// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statements that belong together, since the earlier ones make the tables that the later ones read. Out of a file: one
 * statement a line ({@code .sql}), one JSON object a line with {@code sql} and perhaps {@code n}, how often it was
 * seen ({@code .jsonl}), or a test of the servers' own suites ({@code .test}), of which only plain statements count.
 */
record Script(String name, List<Line> lines) {
    private static final Pattern SQL = Pattern.compile("\"sql\": \"((?:[^\"\\\\]++|\\\\.)*+)\"");
    private static final Pattern COUNT = Pattern.compile("\"n\": (\\d+)");
    private static final Set<String> VERBS = Set.of(("SELECT WITH TABLE VALUES SHOW DESC DESCRIBE EXPLAIN HELP ANALYZE"
                    + " CREATE ALTER INSERT REPLACE UPDATE DELETE SET DO CALL HANDLER CHECKSUM")
            .split(" "));

    /** @param count how often applications sent it */
    record Line(String sql, int count) {}

    static Script read(Path file) {
        try {
            // Some tests are in other charsets: such statements become unreadable ones, and are those for all.
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            String name = String.valueOf(file.getFileName());
            return new Script(name, name.endsWith(".test") ? ofTest(text) : ofLines(text, name.endsWith(".jsonl")));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    static Script ofResource(String name) throws IOException {
        try (var stream = Script.class.getResourceAsStream(name)) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return new Script(name, ofLines(text, false));
        }
    }

    private static List<Line> ofLines(String text, boolean json) {
        List<Line> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!json && !line.isBlank() && !line.startsWith("-- ")) {
                lines.add(new Line(line, 1));
            } else if (json) {
                Matcher sql = SQL.matcher(line);
                Matcher count = COUNT.matcher(line);
                if (sql.find()) {
                    add(bound(unescape(sql.group(1))), count.find() ? Integer.parseInt(count.group(1)) : 1, lines);
                }
            }
        }
        return lines;
    }

    /** Parameters have values. */
    private static String bound(String sql) {
        return sql.replaceAll("\\?(?=([^'\"`]*['\"`][^'\"`]*['\"`])*[^'\"`]*$)", "1");
    }

    /** Commands of the test language are left out, and whatever has its variables. */
    private static List<Line> ofTest(String text) {
        List<Line> lines = new ArrayList<>();
        String delimiter = ";";
        StringBuilder statement = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            String stripped = line.strip();
            String lower = stripped.toLowerCase(Locale.ROOT);
            if (statement.isEmpty()) {
                if (lower.startsWith("delimiter ") || lower.startsWith("--delimiter ")) {
                    String next = stripped.substring(stripped.indexOf(' ') + 1).strip();
                    boolean ended = next.length() > delimiter.length() && next.endsWith(delimiter);
                    delimiter = ended ? next.substring(0, next.length() - delimiter.length()) : next;
                    continue;
                }
                if (stripped.isEmpty() || stripped.startsWith("#") || stripped.startsWith("--")) {
                    continue;
                }
            }
            statement.append(statement.isEmpty() ? "" : "\n").append(stripped);
            if (stripped.endsWith(delimiter)) {
                add(statement.substring(0, statement.length() - delimiter.length()), 1, lines);
                statement.setLength(0);
            }
        }
        return lines;
    }

    /** One that was seen once. */
    static void add(String text, List<Line> lines) {
        add(text, 1, lines);
    }

    /** As one line, since that is how statements are handed on; where that would change them they are left out. */
    private static void add(String text, int count, List<Line> lines) {
        String sql = text.strip();
        boolean comment = sql.contains("-- ") || sql.contains("--\n") || sql.contains("--\t") || sql.contains("#");
        String verb = sql.replaceFirst("^[(\\s]+", "").split("\\W", 2)[0].toUpperCase(Locale.ROOT);
        if (sql.isEmpty() || (comment && sql.contains("\n")) || sql.contains("$") || !VERBS.contains(verb)) {
            return;
        }
        lines.add(new Line(sql.replace('\n', ' ').replace('\r', ' ').replace('\t', ' '), count));
    }

    static String unescape(String json) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = json.charAt(++i);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'u' -> {
                    text.append((char) Integer.parseInt(json.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }

    /** Those that make what the others read: run first, while the server takes writes. */
    List<String> preparations() {
        Pattern preparation = Pattern.compile(
                "(?i)^(CREATE\\s+(OR REPLACE\\s+)?((DEFINER|ALGORITHM|SQL SECURITY)\\S*\\s+)*(TABLE|VIEW|FUNCTION"
                        + "|PROCEDURE|UNIQUE INDEX|INDEX|SCHEMA|DATABASE|SEQUENCE)|INSERT|REPLACE)\\b.*");
        return lines.stream()
                .map(Line::sql)
                .filter(sql -> preparation.matcher(sql).matches())
                .filter(sql -> !sql.toUpperCase(Locale.ROOT).matches(".*\\b(SONAME|START\\s+TRANSACTION)\\b.*"))
                .toList();
    }

    @Override
    public String toString() {
        return name + Arrays.asList(lines.size());
    }
}
