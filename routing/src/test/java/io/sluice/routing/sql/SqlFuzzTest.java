// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.routing.Fuzz;
import io.sluice.routing.topology.ServerVersion;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes are a statement of some class, found in bounded time and memory. */
final class SqlFuzzTest {
    private static final List<String> CHARSETS = List.of("utf8mb4", "latin1", "gbk", "sjis", "utf16");
    private static final List<String> VERSIONS = List.of("9.7.4", "8.0.40", "5.7.44", "10.11.19-MariaDB");

    @Test
    void any_bytes_are_a_statement_of_some_class() throws IOException {
        List<String> samples = ClassifierCorpusTest.rows().stream()
                .map(ClassifierCorpusTest.Row::sql)
                .toList();
        StatementClassifier cached = new StatementClassifier(64);
        StatementClassifier fresh = new StatementClassifier(4);
        Fuzz.run(samples, (text, random) -> {
            LexContext context = context(random);
            Statement statement = cached.classify(text, 0, text.length, context);
            // Elsewhere in an array, and from another cache, it is the same.
            byte[] longer = new byte[text.length + 20];
            Arrays.fill(longer, (byte) '\'');
            System.arraycopy(text, 0, longer, 7, text.length);
            Statement again = fresh.classify(longer, 7, text.length, context);
            assertThat(again.statementClass()).isEqualTo(statement.statementClass());
            assertThat(again.traits()).isEqualTo(statement.traits());
            assertThat(again.pin()).isEqualTo(statement.pin());
        });
    }

    @Test
    void letters_that_become_two_in_upper_case_cost_no_more_than_others() {
        byte[] text = ("SET @x=1, " + "\u00df".repeat(100_000)).getBytes(StandardCharsets.ISO_8859_1);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        StatementClassifier classifier = new StatementClassifier(4);
        classifier.classify(text, 0, 20, LexContext.DEFAULT);
        long before = threads.getCurrentThreadAllocatedBytes();
        classifier.classify(text, 0, text.length, LexContext.DEFAULT);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100L * text.length);
    }

    /** What is looked at again from each place in it takes for ever: a few hundred kilobytes of the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "+",
                "- ",
                "; ",
                "(",
                ")",
                "()",
                "a.",
                ".",
                "@a,",
                "@@a.",
                "`a``",
                "`\u00df` ",
                "'a' ",
                "\"a\" ",
                "_a 'b' ",
                "NOT ",
                "NULL,",
                "a ",
                "a,",
                "(1),",
                "1,",
                "/* a */",
                "/*!1 a */ ",
                "-- a\n",
                "# a\n",
                "CASE ",
                "WHEN ",
                "WITH a AS (",
                "SELECT ",
                "UNION SELECT ",
                "SET STATEMENT a=1 FOR ",
                "EXPLAIN ",
                "EXPLAIN ANALYZE ",
                "BEGIN; ",
                "a=1,",
                "a := ",
                "f(",
                "JOIN t ON ",
                "/* sluice:source */",
                "{d ",
                "INTERVAL ",
                "\\",
                "$$ "
            })
    void long_runs_of_anything_are_read_in_linear_time(String piece) {
        String run = piece.repeat(300_000 / piece.length());
        for (String before : List.of("", "SELECT CONNECTION_ID() + ", "SET @x = ", "UPDATE t SET a = ")) {
            String text = before + run + " 1";
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            long started = System.nanoTime();
            new StatementClassifier(4).classify(bytes, 0, bytes.length, LexContext.DEFAULT);
            StatementText.read(bytes, 0, bytes.length, LexContext.DEFAULT);
            ConnectionIdText.with(7, bytes, bytes.length, LexContext.DEFAULT);
            assertThat(System.nanoTime() - started).as(text.substring(0, 60)).isLessThan(TimeUnit.SECONDS.toNanos(10));
        }
    }

    private static LexContext context(Random random) {
        LexContext context = LexContext.DEFAULT
                .withMultiStatements(random.nextBoolean())
                .withCharset(CHARSETS.get(random.nextInt(CHARSETS.size())))
                .withVersion(ServerVersion.parse(VERSIONS.get(random.nextInt(VERSIONS.size()))));
        return random.nextBoolean() ? context : context.withSqlMode("ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT");
    }
}
