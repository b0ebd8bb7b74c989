// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.CommandCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What keeps a session's connection, until when, and what need not keep it since it can be set again. */
class PinTest {
    private final SessionBench bench = new SessionBench();
    private final TestClient client = bench.client();

    @AfterEach
    void close() {
        bench.close();
    }

    private void holds(String sql) {
        client.query(sql);
        assertThat(bench.leased()).as("after " + sql).isEqualTo(1);
    }

    private void letsGo(String sql) {
        client.query(sql);
        assertThat(bench.leased()).as("after " + sql).isZero();
    }

    @Test
    void temporary_tables_hold_until_the_last_is_dropped() {
        holds("CREATE TEMPORARY TABLE a (id INT)");
        holds("CREATE TEMPORARY TABLE IF NOT EXISTS a (id INT)");
        holds("CREATE TEMPORARY TABLE s.b SELECT 1");
        holds("DROP TEMPORARY TABLE IF EXISTS c");
        holds("DROP TABLE a");
        letsGo("DROP TEMPORARY TABLE s.b");
        assertThat(bench.resets()).isEqualTo(1);
    }

    @Test
    void a_temporary_table_of_a_new_name_holds_for_good() {
        holds("CREATE TEMPORARY TABLE a (id INT)");
        holds("ALTER TABLE a RENAME TO b");
        holds("DROP TABLE a");
    }

    @Test
    void a_drop_that_fails_lets_nothing_go() {
        bench.source.on("DROP TABLE a, b", Answer.err(1051, "Unknown table 'b'"));
        holds("CREATE TEMPORARY TABLE a (id INT)");
        holds("DROP TABLE a, b");
    }

    @Test
    void named_locks_are_counted() {
        holds("SELECT GET_LOCK('a', 1)");
        holds("SELECT GET_LOCK('A', 1)");
        holds("DO RELEASE_LOCK('a')");
        holds("SELECT RELEASE_LOCK('b')");
        letsGo("SELECT RELEASE_LOCK('a')");
        holds("SELECT GET_LOCK(CONCAT('a', 'b'), 1)");
        holds("SELECT RELEASE_LOCK('ab')");
        letsGo("SELECT RELEASE_ALL_LOCKS()");
    }

    @Test
    void table_locks_end_with_unlock_and_with_a_transaction() {
        holds("LOCK TABLES t WRITE");
        letsGo("UNLOCK TABLES");
        holds("LOCK TABLES t WRITE");
        holds("BEGIN");
        letsGo("COMMIT");
        holds("FLUSH TABLES WITH READ LOCK");
        holds("BEGIN");
        holds("COMMIT");
    }

    @Test
    void handlers_hold_until_closed() {
        holds("HANDLER t OPEN AS h");
        holds("HANDLER h READ FIRST");
        letsGo("HANDLER h CLOSE");
    }

    @Test
    void prepared_texts_hold_until_deallocated() {
        holds("PREPARE s FROM 'SELECT ?'");
        holds("EXECUTE s USING @a");
        letsGo("DEALLOCATE PREPARE s");
        holds("PREPARE s FROM 'SELECT @b := 1'");
        holds("EXECUTE s");
        holds("DEALLOCATE PREPARE s");
    }

    @Test
    void literals_of_user_variables_follow_the_session() {
        TestClient other = bench.client();
        letsGo("SET @a = 1, @b := 'x'");
        other.query("INSERT INTO t VALUES (1)");
        client.query("SELECT a FROM t");
        assertThat(bench.replica1.commands())
                .containsExactly("COM_QUERY SET @`a`=1,@`b`='x'", "COM_QUERY SELECT a FROM t");
        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY SET @a = 1, @b := 'x'",
                        "COM_RESET_CONNECTION",
                        "COM_QUERY INSERT INTO t VALUES (1)");
        assertThat(client.ask(CommandCode.COM_RESET_CONNECTION, "")).hasToString("ok");
        client.query("SELECT b FROM t");
        assertThat(bench.replica1.commands()).contains("COM_RESET_CONNECTION").endsWith("COM_QUERY SELECT b FROM t");
    }

    @Test
    void text_in_user_variables_holds_once_the_charset_changes() {
        bench.source.on("SET NAMES latin1", Answer.ok().variable("character_set_client", "latin1"));
        letsGo("SET @a = 1");
        letsGo("SET NAMES latin1");
        letsGo("SET @a = 'x'");
        bench.source.on("SET sql_mode = ''", Answer.ok().variable("sql_mode", ""));
        holds("SET sql_mode = ''");
    }

    @Test
    void what_is_no_literal_holds() {
        holds("SET @a = 1, @b = @c");
        assertThat(bench.session().view().pins()).isEqualTo("[USER_VARIABLE]");
    }

    @Test
    void a_role_follows_the_session() {
        letsGo("SET ROLE 'reader'@`%`, writer, auditor@localhost");
        client.query("SELECT a FROM t");
        assertThat(bench.replica1.commands())
                .containsExactly(
                        "COM_QUERY SET ROLE 'reader'@`%`, writer, auditor@localhost", "COM_QUERY SELECT a FROM t");
    }

    @Test
    void a_role_is_taken_in_the_schema_that_it_may_not_enter() {
        client.ask(CommandCode.COM_INIT_DB, "here");
        letsGo("SET ROLE NONE");
        client.query("SELECT a FROM t");
        assertThat(bench.replica1.commands())
                .containsExactly("COM_INIT_DB here", "COM_QUERY SET ROLE NONE", "COM_QUERY SELECT a FROM t");
    }
}
