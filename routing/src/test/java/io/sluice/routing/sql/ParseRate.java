// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures which share of a corpus the parser understands. A corpus is a directory of {@code *.jsonl} files; each line
 * has {@code sql}, {@code kind}, and {@code my8} and {@code maria}: 1 if such a server parses it. Statements that no
 * server is known to accept do not count. With the directory C, from the module's directory and after test-compile:
 *
 * <pre>
 * mvn -q exec:java -Dexec.mainClass=io.sluice.routing.sql.ParseRate -Dexec.classpathScope=test -Dexec.args=C
 * </pre>
 */
public final class ParseRate {
    private static final Pattern STRING = Pattern.compile("\"(sql|kind)\": \"((?:[^\"\\\\]++|\\\\.)*+)\"");
    private static final Pattern ACCEPTED = Pattern.compile("\"(my8|maria)\": 1");

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static long nanos;

    private int all;
    private int parsed;

    private ParseRate() {}

    /** The directory; optionally a file for the statements that were not understood. */
    public static void main(String[] args) throws IOException {
        Map<String, ParseRate> rates = new TreeMap<>();
        StringBuilder failures = new StringBuilder();
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".jsonl")) {
                    measure(file, rates, failures);
                }
            }
        }
        rates.forEach((name, rate) -> System.out.printf(
                "%-40s %6d %6d %7.2f%%%n", name, rate.all, rate.parsed, 100.0 * rate.parsed / rate.all));
        System.out.printf("%.1f us each, lexing included%n", nanos / 1_000.0 / rates.get("all").all);
        if (args.length > 1) {
            Files.writeString(Path.of(args[1]), failures);
        }
    }

    private static void measure(Path file, Map<String, ParseRate> rates, StringBuilder failures) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (!ACCEPTED.matcher(line).find()) {
                continue;
            }
            String sql = "";
            String kind = "";
            Matcher strings = STRING.matcher(line);
            while (strings.find()) {
                String text = unescape(strings.group(2));
                sql = strings.group(1).equals("sql") ? text : sql;
                kind = strings.group(1).equals("kind") ? text : kind;
            }
            long start = THREADS.getCurrentThreadCpuTime();
            boolean understood = Structure.of(tokens(sql)).isPresent();
            nanos += THREADS.getCurrentThreadCpuTime() - start;
            String part = file.getFileName().toString().replaceFirst("\\.jsonl$", "");
            for (String name : List.of("all", "kind " + kind, "part " + part)) {
                ParseRate rate = rates.computeIfAbsent(name, unused -> new ParseRate());
                rate.all++;
                rate.parsed += understood ? 1 : 0;
            }
            if (!understood) {
                failures.append(kind)
                        .append('\t')
                        .append(sql.replaceAll("\\s+", " "))
                        .append('\n');
            }
        }
    }

    static Tokens tokens(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        SqlLexer lexer = new SqlLexer();
        lexer.normalise(bytes, 0, bytes.length, LexContext.DEFAULT);
        return Tokens.of(lexer.normal().bytes(), lexer.normal().length());
    }

    private static String unescape(String json) {
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
}
