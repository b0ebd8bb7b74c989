// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SqlParserTest {
    private static Optional<SqlFacts> parse(String sanitised) {
        return SqlParser.parse(sanitised, new BitSet());
    }

    @Test
    void finds_the_tables_of_a_query_through_subqueries_and_common_table_expressions() {
        SqlFacts facts = parse(
                        "WITH `c` AS ( SELECT * FROM `s` . `t` ) SELECT `a` FROM `c` JOIN `u` AS `x` ON `x` . `b` IN"
                                + " ( SELECT ? FROM `v` ) FOR_UPDATE")
                .orElseThrow();
        assertThat(facts.kind()).isEqualTo(SqlFacts.Kind.QUERY);
        assertThat(facts.tablesRead())
                .containsExactlyInAnyOrder(new TableName("s", "t"), new TableName(null, "u"), new TableName(null, "v"));
        assertThat(facts.tablesWritten()).isEmpty();
        assertThat(facts.locking()).isEqualTo(SqlFacts.Locking.UPDATE);
    }

    @Test
    void tells_functions_that_were_quoted_from_others() {
        BitSet quoted = new BitSet();
        quoted.set(8);
        assertThat(SqlParser.parse("SELECT `f` ( ? ) , `g` ( )", quoted)
                        .orElseThrow()
                        .functions())
                .containsExactlyInAnyOrder(new FunctionCall(null, "f", true), new FunctionCall(null, "g", false));
    }

    @Test
    void merges_the_facts_of_two_statements() {
        SqlFacts both = parse("SELECT * FROM `t`")
                .orElseThrow()
                .and(parse("DELETE FROM `u`").orElseThrow());
        assertThat(both.kind()).isEqualTo(SqlFacts.Kind.DELETE);
        assertThat(both.tablesRead()).containsExactly(new TableName(null, "t"));
        assertThat(both.tablesWritten()).containsExactly(new TableName(null, "u"));
    }

    @Test
    void is_empty_for_what_the_grammar_does_not_have() {
        assertThat(parse("")).isEmpty();
        assertThat(parse("SELECT SELECT")).isEmpty();
        assertThat(parse("`a` + `b`")).isEmpty();
        assertThat(parse("SELECT 'unfinished")).isEmpty();
    }
}
