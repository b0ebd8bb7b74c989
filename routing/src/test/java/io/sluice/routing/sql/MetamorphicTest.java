// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Spells statements in other ways: what means the same keeps its class, or gets a stricter one. */
final class MetamorphicTest {
    private static final List<String> BLANKS = List.of(" ", "\n", "\t ", " /* c */ ", " -- c\n", " # c\n", "/**/");

    private final StatementClassifier classifier = new StatementClassifier(64);

    @Test
    void keeps_the_class_whatever_the_case_is() throws IOException {
        for (ClassifierCorpusTest.Row row : ClassifierCorpusTest.rows()) {
            Statement plain = classify(row.sql());
            assertSame(plain, classify(row.sql().toLowerCase()), row.sql());
            assertSame(plain, classify(row.sql().toUpperCase()), row.sql());
        }
    }

    @Test
    void keeps_the_class_whatever_stands_for_a_blank() throws IOException {
        List<ClassifierCorpusTest.Row> rows = ClassifierCorpusTest.rows();
        Seeds.forEach(30, random -> {
            for (ClassifierCorpusTest.Row row : rows) {
                if (isPlain(row.sql())) {
                    assertSame(classify(row.sql()), classify(respaced(row.sql(), random)), row.sql());
                }
            }
        });
    }

    @Test
    void never_relaxes_the_class_in_a_comment_that_some_servers_execute() throws IOException {
        List<ClassifierCorpusTest.Row> rows = ClassifierCorpusTest.rows();
        Seeds.forEach(30, random -> {
            for (ClassifierCorpusTest.Row row : rows) {
                if (isPlain(row.sql())) {
                    assertStricter(classify(row.sql()), classify(wrapped(row.sql(), random)), row.sql());
                }
            }
        });
    }

    @Test
    void never_relaxes_the_class_by_what_goes_around_a_query() throws IOException {
        for (ClassifierCorpusTest.Row row : ClassifierCorpusTest.rows()) {
            String sql = row.sql();
            if (sql.toUpperCase().startsWith("SELECT") && isPlain(sql)) {
                Statement plain = classify(sql);
                for (String other : List.of(
                        "(" + sql + ")",
                        "((" + sql + "))",
                        sql + ";",
                        sql + "\0",
                        "SELECT 1 UNION " + sql,
                        "WITH x AS (SELECT 1) " + sql,
                        "WITH x AS (" + sql + ") SELECT * FROM x",
                        "SELECT * FROM (" + sql + ") AS x",
                        "SELECT (" + sql + ")")) {
                    assertStricter(plain, classify(other), other);
                }
            }
        }
    }

    @Test
    void never_calls_a_truncated_write_with_its_verb_a_read() throws IOException {
        for (ClassifierCorpusTest.Row row : ClassifierCorpusTest.rows()) {
            Statement whole = classify(row.sql());
            String verb = whole.verb();
            if (List.of("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "CALL")
                    .contains(verb)) {
                for (int end = row.sql().indexOf(' ') + 1; end < row.sql().length(); end++) {
                    Statement part = classify(row.sql().substring(0, end));
                    assertThat(part.statementClass()).as(row.sql()).isNotEqualTo(StatementClass.R);
                }
            }
        }
    }

    /** Blanks are all that the spelling consists of: nothing quoted, no comments, no numbers that touch a dot. */
    private static boolean isPlain(String sql) {
        return sql.chars().noneMatch(c -> "'\"`#/\\\0".indexOf(c) >= 0 || c >= 0x80)
                && !sql.contains("--")
                && !sql.contains("@ ");
    }

    private static String respaced(String sql, Random random) {
        StringBuilder text = new StringBuilder();
        for (char c : sql.toCharArray()) {
            text.append(c == ' ' ? BLANKS.get(random.nextInt(BLANKS.size())) : String.valueOf(c));
        }
        return text.toString();
    }

    /** Puts some of the words into an executable comment. */
    private static String wrapped(String sql, Random random) {
        String[] words = sql.split(" ");
        int from = random.nextInt(words.length);
        int to = from + random.nextInt(words.length - from);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words.length; i++) {
            text.append(i == from ? random.nextBoolean() ? " /*!50000 " : " /*M! " : " ")
                    .append(words[i]);
            text.append(i == to ? " */" : "");
        }
        return text.toString();
    }

    private static void assertSame(Statement plain, Statement other, String sql) {
        assertThat(other.statementClass()).as(sql).isEqualTo(plain.statementClass());
        assertThat(other.traits()).as(sql).isEqualTo(plain.traits());
        assertThat(other.pin()).as(sql).isEqualTo(plain.pin());
    }

    private static void assertStricter(Statement plain, Statement other, String sql) {
        assertThat(other.statementClass().isAtLeast(plain.statementClass()))
                .as("%s is %s, was %s", sql, other, plain)
                .isTrue();
    }

    private Statement classify(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT);
    }
}
