// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.CommandCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a session asks about its last statement is asked where that ran, or not answered at all. */
class DiagnosticsTest {
    private static final String READ = "SELECT a FROM t";
    private static final String FOUND = "SELECT FOUND_ROWS()";

    private final SessionBench bench = new SessionBench(1, 4);
    private final TestClient client = bench.client();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void warnings_of_a_global_setting_can_be_asked_for() {
        bench.source.on("SET GLOBAL a=1", Answer.ok().warnings(1));
        TestClient client = bench.client();
        client.query("SET GLOBAL a=1");
        client.query("SHOW WARNINGS");
        bench.client().query("INSERT INTO t VALUES (1)");

        assertThat(bench.source.connection(0).commands())
                .containsExactly("COM_QUERY SET GLOBAL a=1", "COM_QUERY SHOW WARNINGS");
    }

    @Test
    void found_rows_is_asked_where_the_read_was() {
        client.query(READ);
        assertThat(client.query(FOUND)).hasToString("rows replica1");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + READ, "COM_QUERY " + FOUND);
    }

    @Test
    void found_rows_is_refused_once_another_session_has_used_the_connection() {
        client.query(READ);
        bench.client().query(READ);
        assertThat(client.query(FOUND)).hasToString("error 9508");
    }

    @Test
    void an_insert_id_is_asked_for_where_it_was_told_also_after_reads_elsewhere() {
        bench.source.on("INSERT INTO t VALUES (9)", Answer.ok().insertId(9).gtid(SessionBench.UUID + ":3"));
        client.query("INSERT INTO t VALUES (9)");
        client.query(READ);
        client.query("SELECT LAST_INSERT_ID()");
        client.query(READ);
        client.query("SELECT LAST_INSERT_ID()");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + READ, "COM_QUERY " + READ);
        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY INSERT INTO t VALUES (9)",
                        "COM_QUERY SET last_insert_id=CAST(IF(LAST_INSERT_ID() IN (9),LAST_INSERT_ID(),0) AS UNSIGNED)",
                        "COM_QUERY SELECT LAST_INSERT_ID()",
                        "COM_QUERY SELECT LAST_INSERT_ID()");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void a_write_of_the_insert_id_after_a_read_elsewhere_is_no_write_on_a_replica() {
        String copy = "INSERT INTO t VALUES (LAST_INSERT_ID())";
        bench.source.on("INSERT INTO t VALUES (9)", Answer.ok().insertId(9).gtid(SessionBench.UUID + ":3"));
        bench.source.on(copy, Answer.ok().gtid(SessionBench.UUID + ":4"));
        client.query("INSERT INTO t VALUES (9)");
        client.query(READ);
        assertThat(client.query(copy)).hasToString("ok");
        assertThat(bench.mispredictions).isEmpty();
    }

    @Test
    void an_insert_id_is_asked_for_where_it_was_told_since_it_may_have_been_explicit() {
        bench.source.on("INSERT INTO t VALUES (9)", Answer.ok().insertId(9));
        client.query("INSERT INTO t VALUES (9)");
        client.query("SELECT LAST_INSERT_ID()");
        client.query("SELECT LAST_INSERT_ID()");
        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY INSERT INTO t VALUES (9)",
                        "COM_QUERY SET last_insert_id=CAST(IF(LAST_INSERT_ID() IN (9),LAST_INSERT_ID(),0) AS UNSIGNED)",
                        "COM_QUERY SELECT LAST_INSERT_ID()",
                        "COM_QUERY SELECT LAST_INSERT_ID()");
    }

    @Test
    void an_insert_id_that_was_set_is_not_overwritten() {
        client.query("SET last_insert_id = 9");
        client.query("SELECT LAST_INSERT_ID()");
        client.query("SELECT LAST_INSERT_ID(8)");
        client.query("SELECT @@identity");
        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY SET last_insert_id = 9",
                        "COM_QUERY SELECT LAST_INSERT_ID()",
                        "COM_QUERY SELECT LAST_INSERT_ID(8)",
                        "COM_QUERY SELECT @@identity");
    }

    @Test
    void a_write_that_uses_the_insert_id_does_not_follow_a_read_to_its_replica() {
        client.query(READ);
        assertThat(client.query("INSERT INTO u VALUES (LAST_INSERT_ID())")).hasToString("ok");
        assertThat(bench.source.commands()).endsWith("COM_QUERY INSERT INTO u VALUES (LAST_INSERT_ID())");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + READ);
    }

    @Test
    void a_write_of_found_rows_does_not_follow_the_read_to_its_replica() {
        client.query(READ);
        assertThat(client.query("INSERT INTO u VALUES (FOUND_ROWS())")).hasToString("error 9508");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + READ);
    }

    @Test
    void an_insert_id_is_told_again_where_another_session_has_inserted_since() {
        bench.source.on("INSERT INTO t VALUES (9)", Answer.ok().insertId(9));
        bench.source.on("INSERT INTO t VALUES (20)", Answer.ok().insertId(20));
        client.query("INSERT INTO t VALUES (9)");
        client.query("SELECT LAST_INSERT_ID()");
        bench.client().query("INSERT INTO t VALUES (20)");
        client.query("SELECT LAST_INSERT_ID()");
        assertThat(bench.source.connections()).hasSize(1);
        assertThat(bench.source.commands())
                .endsWith(
                        "COM_QUERY INSERT INTO t VALUES (20)",
                        "COM_QUERY SET last_insert_id=9",
                        "COM_QUERY SELECT LAST_INSERT_ID()");
    }

    @Test
    void an_insert_id_is_told_again_where_the_session_has_an_older_one() {
        SessionBench two = new SessionBench(2, 4);
        TestClient inserting = two.client();
        two.source.on("INSERT INTO t VALUES (9)", Answer.ok().insertId(9));
        two.source.on("INSERT INTO t VALUES (30)", Answer.ok().insertId(30));
        inserting.query("INSERT INTO t VALUES (9)");
        inserting.query("SELECT LAST_INSERT_ID()");
        inserting.query(READ); // gives up the connection of its last statement
        TestClient first = two.client();
        first.query("BEGIN"); // takes the connection that knows of 9
        inserting.query("INSERT INTO t VALUES (30)");
        inserting.query(READ);
        two.client().query("BEGIN"); // takes the one that knows of 30
        first.query("COMMIT");
        assertThat(inserting.query("INSERT INTO u VALUES (LAST_INSERT_ID())")).hasToString("ok");
        assertThat(two.source.connections()).hasSize(2);
        assertThat(two.source.connection(0).commands())
                .endsWith("COM_QUERY SET last_insert_id=30", "COM_QUERY INSERT INTO u VALUES (LAST_INSERT_ID())");
        two.close();
    }

    @Test
    void a_session_that_was_reset_has_no_insert_id() {
        bench.source.on("INSERT INTO t VALUES (9)", Answer.ok().insertId(9));
        client.query("INSERT INTO t VALUES (9)");
        client.query("SELECT LAST_INSERT_ID()");
        client.ask(CommandCode.COM_RESET_CONNECTION, "");
        client.query("SELECT LAST_INSERT_ID()");
        assertThat(bench.source.commands())
                .endsWith("COM_QUERY SET last_insert_id=0", "COM_QUERY SELECT LAST_INSERT_ID()");
    }

    @Test
    void the_collation_of_set_names_is_asked_for() {
        client.query("SET NAMES utf8mb4 COLLATE utf8mb4_bin");
        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY SET NAMES utf8mb4 COLLATE utf8mb4_bin",
                        "COM_QUERY SELECT @@session.`collation_connection`");
    }
}
