// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.sql.parse.TableName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code structure-samples.tsv} has a statement for each feature, with what the parser must find in it. */
final class StructureTest {
    @Test
    void finds_in_every_sample_what_the_table_says() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> rows = rows();
        assertThat(rows).hasSizeGreaterThan(200);
        for (String row : rows) {
            String sql = row.substring(0, row.indexOf('\t'));
            String found = row(sql);
            if (!found.equals(row)) {
                wrong.add("wanted " + row + "\n   found " + found);
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void keeps_the_bytes_of_names_in_utf_8() {
        assertThat(facts("SELECT * FROM `größe`, 表").orElseThrow().tablesRead())
                .containsExactlyInAnyOrder(new TableName(null, "größe"), new TableName(null, "表"));
    }

    @Test
    void merges_both_readings_of_executable_comments() {
        assertThat(row("SELECT a FROM t /*!80000 FOR UPDATE */")).contains("lock=UPDATE");
        assertThat(row("SELECT a FROM t /*M! , u */")).contains("\tt u\t");
    }

    @Test
    void merges_the_statements_of_one_text() {
        assertThat(row("SELECT a FROM t; DELETE FROM u WHERE b IN (SELECT c FROM v)"))
                .endsWith("\tDELETE\tt v\tu\t\t");
    }

    @Test
    void does_not_understand_what_is_no_statement() {
        for (String sql :
                List.of("", ";", "SELEC 1", "SELECT", "SELECT FROM", "SELECT (", "INSERT INTO", "a", "1", "()")) {
            assertThat(facts(sql)).as(sql).isEmpty();
        }
    }

    @Test
    void refuses_what_is_beyond_its_limits_without_parsing_it() {
        String deep = "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
        String cases = "SELECT " + "CASE WHEN ".repeat(5_000) + "1" + " THEN 1 END".repeat(5_000);
        String intervals = "SELECT " + "INTERVAL - ".repeat(1_000) + "1";
        String hiding = "SELECT " + "END (".repeat(1_000) + "1" + ")".repeat(1_000);
        String many = "SELECT a" + ", a".repeat(50_000) + " FROM t";
        String unions = "SELECT a" + " UNION SELECT a".repeat(300);
        for (String sql : List.of(deep, cases, intervals, hiding, many, unions)) {
            assertThat(SanitisedSql.of(ParseRate.tokens(sql))).isNull();
        }
    }

    @Test
    void parses_what_is_just_within_its_limits() {
        int depth = SanitisedSql.DEPTH_MAX - 1;
        assertThat(facts("SELECT " + "(".repeat(depth) + "a" + ")".repeat(depth) + " FROM t"))
                .isPresent();
        assertThat(facts("SELECT " + "(SELECT ".repeat(depth) + "a" + ")".repeat(depth) + " FROM t"))
                .isPresent();
        assertThat(facts("SELECT " + "f(".repeat(depth) + "a" + ")".repeat(depth) + " FROM t"))
                .isPresent();
        assertThat(facts("SELECT * FROM t WHERE a" + " AND a".repeat(2_000))).isPresent();
        assertThat(facts("SELECT * FROM t" + " JOIN t".repeat(1_900))).isPresent();
        assertThat(facts("SELECT a" + " UNION SELECT a".repeat(SanitisedSql.SET_OPERATIONS_MAX)))
                .isPresent();
    }

    private static Optional<SqlFacts> facts(String sql) {
        return Structure.of(ParseRate.tokens(sql));
    }

    private static List<String> rows() throws IOException {
        try (InputStream stream = StructureTest.class.getResourceAsStream("structure-samples.tsv")) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().skip(1).toList();
        }
    }

    /** A line of the table: the statement, its kind, tables read and written, functions that no server has, the rest. */
    static String row(String sql) {
        Optional<SqlFacts> found = facts(sql);
        if (found.isEmpty()) {
            return sql + "\tnot understood";
        }
        SqlFacts facts = found.get();
        List<String> functions = facts.functions().stream()
                .filter(call ->
                        call.schema() != null || call.quoted() || !BuiltinFunctions.has(upper(call.name()), null))
                .map(call -> call.quoted() ? "`" + call + "`" : call.toString())
                .toList();
        String rest = Stream.of(
                        sorted("reads", facts.userVariables()),
                        sorted("sets", facts.userVariablesAssigned()),
                        sorted("system", facts.systemVariables()),
                        sorted("assigns", facts.systemVariablesAssigned()),
                        facts.locking() == null ? "" : "lock=" + facts.locking(),
                        facts.into() ? "into" : "")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" "));
        return String.join(
                "\t",
                sql,
                facts.kind().toString(),
                sorted(facts.tablesRead()),
                sorted(facts.tablesWritten()),
                sorted(functions),
                rest);
    }

    private static String upper(String name) {
        return name.toUpperCase(java.util.Locale.ROOT);
    }

    private static String sorted(String label, Collection<?> values) {
        return values.isEmpty() ? "" : label + "=" + sorted(values).replace(' ', ',');
    }

    private static String sorted(Collection<?> values) {
        return values.stream().map(Object::toString).sorted().collect(Collectors.joining(" "));
    }
}
