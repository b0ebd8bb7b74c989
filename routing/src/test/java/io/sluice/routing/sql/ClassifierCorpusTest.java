// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.topology.ServerVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The team's table of statements with their classes. Where the classifier is stricter than the table, {@code
 * classifier-deviations.tsv} says why; it is never less strict without the session being the one to know.
 */
final class ClassifierCorpusTest {
    private static final ServerVersion MYSQL = ServerVersion.parse("9.7.4");
    private static final ServerVersion MARIADB = ServerVersion.parse("10.11.19-MariaDB");

    private final StatementClassifier classifier = new StatementClassifier();

    record Row(String id, String dialect, StatementClass expected, String sql) {}

    @Test
    void classifies_every_statement_as_the_table_says_or_as_the_deviations_say() throws IOException {
        Map<String, StatementClass> deviations = deviations();
        List<String> wrong = new ArrayList<>();
        for (Row row : rows()) {
            for (ServerVersion version : versions(row.dialect)) {
                Statement statement = classify(row.sql, version);
                StatementClass wanted = deviations.getOrDefault(row.id, row.expected);
                if (statement.statementClass() != wanted) {
                    wrong.add(row.id + " wanted " + wanted + " but got " + statement + ": " + row.sql);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void calls_nothing_a_read_that_the_table_calls_something_else() throws IOException {
        Map<String, StatementClass> deviations = deviations();
        for (Row row : rows()) {
            for (ServerVersion version : versions(row.dialect)) {
                if (row.expected != StatementClass.R && deviations.get(row.id) != StatementClass.R) {
                    assertThat(classify(row.sql, version).statementClass())
                            .as(row.sql)
                            .isNotEqualTo(StatementClass.R);
                }
            }
        }
    }

    @Test
    void lists_no_deviation_that_is_none() throws IOException {
        Map<String, StatementClass> expected = new HashMap<>();
        rows().forEach(row -> expected.put(row.id, row.expected));
        deviations().forEach((id, ours) -> assertThat(ours).as(id).isNotEqualTo(expected.get(id)));
    }

    private Statement classify(String sql, ServerVersion version) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        LexContext context = LexContext.DEFAULT.withMultiStatements(true).withVersion(version);
        return classifier.classify(bytes, 0, bytes.length, context);
    }

    private static List<ServerVersion> versions(String dialect) {
        return switch (dialect) {
            case "M" -> List.of(MYSQL);
            case "A" -> List.of(MARIADB);
            default -> List.of(MYSQL, MARIADB);
        };
    }

    static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : lines("classifier-corpus.tsv")) {
            String[] cells = line.split("\t", -1);
            String sql = cells[4].replace("\\n", "\n").replace("\\t", "\t");
            rows.add(new Row(cells[0], cells[1], StatementClass.valueOf(cells[2]), sql));
        }
        return rows;
    }

    private static Map<String, StatementClass> deviations() throws IOException {
        Map<String, StatementClass> deviations = new LinkedHashMap<>();
        for (String line : lines("classifier-deviations.tsv")) {
            String[] cells = line.split("\t", -1);
            deviations.put(cells[0], StatementClass.valueOf(cells[1]));
        }
        return deviations;
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream stream = ClassifierCorpusTest.class.getResourceAsStream(resource)) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return List.of(text.split("\n")).stream().skip(1).toList();
        }
    }
}
