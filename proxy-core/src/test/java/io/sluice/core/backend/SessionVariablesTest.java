// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.packet.SessionChanges.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionVariablesTest {
    private static SessionVariables of(String... namesAndValues) {
        SessionVariables variables = SessionVariables.NONE;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables = variables.with(List.of(new Variable(namesAndValues[i], namesAndValues[i + 1])));
        }
        return variables;
    }

    @Test
    void equal_variables_need_no_statement() {
        assertThat(of("a", "1").statementTowards(of("a", "1"))).isNull();
        assertThat(of("a", "1").with(List.of(new Variable("A", "1")))).isEqualTo(of("a", "1"));
    }

    @Test
    void only_differences_are_set() {
        assertThat(of("a", "1", "b", "2").statementTowards(of("b", "2", "c", "-0.5")))
                .isEqualTo("SET @@session.`a`=DEFAULT,@@session.`c`=-0.5");
    }

    @Test
    void text_is_written_in_hexadecimal_whatever_it_has_in_it() {
        assertThat(SessionVariables.NONE.statementTowards(of("a", "'"))).isEqualTo("SET @@session.`a`=_utf8mb4 X'27'");
        assertThat(SessionVariables.NONE.statementTowards(of("sql_mode", "")))
                .isEqualTo("SET @@session.`sql_mode`=_utf8mb4 X''");
    }

    @Test
    void results_without_a_charset_are_null() {
        assertThat(SessionVariables.NONE.statementTowards(of("character_set_results", "")))
                .isEqualTo("SET @@session.`character_set_results`=NULL");
    }

    @Test
    void what_holds_for_one_statement_or_is_the_proxys_own_is_not_carried() {
        assertThat(of("timestamp", "5", "last_insert_id", "3", "session_track_schema", "ON")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void collations_follow_their_charsets_whichever_was_set_first() {
        SessionVariables to = of("collation_server", "c", "character_set_server", "latin1");
        assertThat(SessionVariables.NONE.statementTowards(to))
                .isEqualTo("SET @@session.`character_set_server`=_utf8mb4 X'6c6174696e31',"
                        + "@@session.`collation_server`=_utf8mb4 X'63'");
        assertThat(of("collation_server", "c").statementTowards(to))
                .isEqualTo("SET @@session.`character_set_server`=_utf8mb4 X'6c6174696e31',"
                        + "@@session.`collation_server`=_utf8mb4 X'63'");
    }

    @Test
    void a_collation_follows_its_charset_again() {
        SessionVariables from = of("character_set_connection", "utf8mb4", "collation_connection", "c");
        SessionVariables to = of("character_set_connection", "latin1", "collation_connection", "c");
        assertThat(from.statementTowards(to))
                .isEqualTo("SET @@session.`character_set_connection`=_utf8mb4 X'6c6174696e31',"
                        + "@@session.`collation_connection`=_utf8mb4 X'63'");
    }

    @Test
    void only_the_handshakes_charsets_need_a_reset() {
        assertThat(of("character_set_client", "latin1").needsResetFor(SessionVariables.NONE))
                .isTrue();
        assertThat(of("sql_mode", "ANSI").needsResetFor(SessionVariables.NONE)).isFalse();
    }
}
