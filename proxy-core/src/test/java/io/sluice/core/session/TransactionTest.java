// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ServerStatus;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private static final String READ_ONLY = "START TRANSACTION READ ONLY";

    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_transaction_keeps_its_connection_until_commit() {
        TestClient client = bench.client();
        client.query("BEGIN");
        assertThat(bench.leased()).isEqualTo(1);
        assertThat(client.query("SELECT a FROM t")).hasToString("rows source");
        client.query("INSERT INTO t VALUES (1)");
        client.query("COMMIT");

        assertThat(bench.leased()).isZero();
        assertThat(bench.source.connections()).hasSize(1);
        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
    }

    @Test
    void a_read_only_transaction_runs_on_one_replica_from_beginning_to_end() {
        bench.publish(bench.source, bench.replica1, bench.replica2);
        TestClient client = bench.client();
        client.query(READ_ONLY);
        String where = client.query("SELECT a FROM t").toString();
        for (int i = 0; i < 10; i++) {
            assertThat(client.query("SELECT a FROM t")).hasToString(where);
        }
        client.query("SAVEPOINT s");
        client.query("COMMIT");

        assertThat(where).startsWith("rows replica");
        assertThat(bench.source.commands()).isEmpty();
        assertThat(bench.leased()).isZero();
        assertThat(bench.resets()).isZero();
    }

    @Test
    void a_read_only_transaction_on_a_replica_refuses_what_belongs_on_the_source() {
        TestClient client = bench.client();
        client.query(READ_ONLY);
        for (String sql : List.of("INSERT INTO t VALUES (1)", "CREATE TABLE t2 (a INT)", "DROP TABLE t")) {
            assertThat(client.query(sql).toString()).as(sql).startsWith("error 1792");
        }
        for (String sql : List.of(
                "SELECT a FROM t FOR SHARE",
                "SELECT GET_LOCK('a', 1)",
                "CALL p()",
                "CREATE TEMPORARY TABLE t3 (a INT)",
                "FLUSH TABLES",
                "BEGIN; INSERT INTO t VALUES (1)")) {
            assertThat(client.query(sql).toString()).as(sql).startsWith("error 9512");
        }
        assertThat(client.query("SELECT a FROM t")).as("it goes on").hasToString("rows replica1");
        client.query("COMMIT");
        assertThat(bench.replica1.commands())
                .containsExactly("COM_QUERY " + READ_ONLY, "COM_QUERY SELECT a FROM t", "COM_QUERY COMMIT");
        assertThat(bench.source.commands()).isEmpty();
    }

    @Test
    void a_transaction_that_begins_amid_a_read_only_one_runs_where_it_belongs() {
        TestClient client = bench.client();
        client.query(READ_ONLY);
        client.query("BEGIN");
        assertThat(client.query("INSERT INTO t VALUES (1)")).hasToString("ok");
        client.query("COMMIT");

        assertThat(bench.source.commands())
                .containsExactly("COM_QUERY BEGIN", "COM_QUERY INSERT INTO t VALUES (1)", "COM_QUERY COMMIT");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + READ_ONLY, "COM_RESET_CONNECTION");
    }

    @Test
    void without_autocommit_transactions_of_a_read_only_session_run_on_a_replica() {
        bench.source.on("SET SESSION TRANSACTION READ ONLY", Answer.ok().variable("transaction_read_only", "ON"));
        TestClient client = bench.client();
        client.query("SET SESSION TRANSACTION READ ONLY");
        client.query("SET autocommit=0");
        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
    }

    @Test
    void transactions_of_a_read_only_session_run_on_a_replica_unless_they_say_otherwise() {
        bench.source.on("SET SESSION TRANSACTION READ ONLY", Answer.ok().variable("transaction_read_only", "ON"));
        TestClient client = bench.client();
        client.query("SET SESSION TRANSACTION READ ONLY");
        client.query("BEGIN");
        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
        client.query("COMMIT");
        client.query("START TRANSACTION READ WRITE");
        assertThat(client.query("SELECT a FROM t")).hasToString("rows source");
    }

    @Test
    void what_a_deadlock_has_rolled_back_is_no_open_transaction() {
        String update = "UPDATE t SET a = 1";
        bench.source.once(
                update, Answer.err(1213, "40001", "Deadlock found").clears(ServerStatus.SERVER_STATUS_IN_TRANS));
        TestClient client = bench.client();
        client.query("BEGIN");
        assertThat(client.query(update)).hasToString("error 1213");
        assertThat(bench.leased()).isZero();

        bench.source.cut(update, 0);
        assertThat(client.query(update)).as("nobody rolled that back").hasToString("error 9501");
    }

    @Test
    void without_autocommit_a_statement_that_fails_may_begin_a_transaction() {
        String insert = "INSERT INTO t VALUES (1)";
        bench.source.on(insert, Answer.err(1062, "Duplicate entry").sets(ServerStatus.SERVER_STATUS_IN_TRANS));
        TestClient client = bench.client();
        client.query("SET autocommit=0");
        assertThat(client.query(insert)).hasToString("error 1062");
        assertThat(bench.leased()).isEqualTo(1);
        client.query("ROLLBACK");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void commit_release_ends_the_session_as_the_server_does() {
        TestClient client = bench.client();
        client.query("BEGIN");
        assertThat(client.query("COMMIT AND NO CHAIN RELEASE")).hasToString("ok");

        assertThat(client.isOpen()).isFalse();
        assertThat(bench.leased()).isZero();
    }

    @Test
    void another_session_does_not_get_the_connection_of_a_transaction() {
        TestClient first = bench.client();
        TestClient second = bench.client();
        first.query("BEGIN");
        second.query("INSERT INTO t VALUES (1)");

        assertThat(bench.source.connections()).hasSize(2);
        assertThat(bench.source.connection(0).commands()).containsExactly("COM_QUERY BEGIN");
        first.query("ROLLBACK");
    }

    @Test
    void without_autocommit_reads_stay_with_the_source_and_its_transaction() {
        TestClient client = bench.client();
        client.query("SET autocommit=0");
        assertThat(client.query("SELECT a FROM t")).hasToString("rows source");
        assertThat(bench.leased()).isEqualTo(1);
        client.query("COMMIT");
        assertThat(bench.leased()).isZero();
        assertThat(client.query("SELECT b FROM t")).hasToString("rows source");
        client.query("COMMIT");
    }

    @Test
    void without_autocommit_any_connection_is_told_so_first() {
        TestClient first = bench.client();
        TestClient second = bench.client();
        first.query("SET autocommit=0");
        second.query("BEGIN"); // takes the connection that has autocommit off, and switches it on
        first.query("INSERT INTO t VALUES (1)");

        assertThat(bench.source.connection(1).commands())
                .containsExactly(
                        "COM_QUERY SET @@session.`autocommit`=_utf8mb4 X'4f4646'",
                        "COM_QUERY INSERT INTO t VALUES (1)");
        assertThat(bench.source.connection(0).commands())
                .containsExactly(
                        "COM_QUERY SET autocommit=0",
                        "COM_QUERY SET @@session.`autocommit`=DEFAULT",
                        "COM_QUERY BEGIN");
        first.query("COMMIT");
        second.query("COMMIT");
    }

    @Test
    void a_temporary_table_pins_and_the_connection_is_reset_when_the_client_leaves() {
        TestClient client = bench.client();
        client.query("CREATE TEMPORARY TABLE x (a INT)");
        assertThat(bench.leased()).isEqualTo(1);
        assertThat(client.query("SELECT a FROM x")).hasToString("rows source");
        client.close();

        assertThat(bench.leased()).isZero();
        assertThat(bench.source.commands()).endsWith("COM_QUERY SELECT a FROM x", "COM_RESET_CONNECTION");
    }

    @Test
    void a_user_variable_pins() {
        TestClient client = bench.client();
        client.query("SET @a = 1 + 1");
        assertThat(client.query("SELECT @a")).hasToString("rows source");
        assertThat(bench.leased()).isEqualTo(1);
    }

    @Test
    void locked_tables_pin_until_they_are_unlocked() {
        TestClient client = bench.client();
        client.query("LOCK TABLES t WRITE");
        assertThat(bench.leased()).isEqualTo(1);
        client.query("UNLOCK TABLES");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void state_that_no_tracker_names_pins_unless_a_read_made_it() {
        bench.source.on("CALL p()", Answer.ok().stateChanged());
        TestClient client = bench.client();
        client.query("CALL p()");
        assertThat(bench.leased()).isEqualTo(1);
        client.close();
        assertThat(bench.resets()).isEqualTo(1);
    }

    @Test
    void characteristics_of_the_next_transaction_keep_the_connection() {
        String sql = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE";
        bench.source.on(sql, Answer.ok().characteristics(sql + ";"));
        bench.source.on("COMMIT", Answer.ok().characteristics("").clears(ServerStatus.SERVER_STATUS_IN_TRANS));
        TestClient client = bench.client();
        client.query(sql);
        assertThat(bench.leased()).isEqualTo(1);
        client.query("BEGIN");
        client.query("COMMIT");
        assertThat(bench.leased()).isZero();
        assertThat(bench.source.connections()).hasSize(1);
    }

    @Test
    void after_a_failed_call_a_ping_tells_whether_a_transaction_is_open() {
        bench.source.on(
                "CALL p()",
                Answer.ok().sets(ServerStatus.SERVER_STATUS_IN_TRANS).then(Answer.err(1062, "Duplicate entry")));
        TestClient client = bench.client();

        assertThat(client.query("CALL p()")).hasToString("ok, error 1062");

        assertThat(bench.source.commands()).containsExactly("COM_QUERY CALL p()", "COM_PING");
        int open = ServerStatus.SERVER_STATUS_AUTOCOMMIT | ServerStatus.SERVER_STATUS_IN_TRANS;
        assertThat(client.ask(CommandCode.COM_PING, "").status()).isEqualTo(open);
    }

    @Test
    void a_transaction_lost_while_the_ping_is_on_its_way_is_told() {
        bench.source.on("CALL p()", Answer.err(1062, "Duplicate entry"));
        bench.source.cut("COM_PING", 0);
        TestClient client = bench.client();
        client.query("BEGIN");
        assertThat(client.query("CALL p()")).hasToString("error 1062");

        assertThat(client.query("INSERT INTO t VALUES (1)")).hasToString("error 9502");
        assertThat(bench.source.commands()).doesNotContain("COM_QUERY INSERT INTO t VALUES (1)");
    }

    @Test
    void the_status_of_a_ping_is_the_sessions() {
        TestClient client = bench.client();
        assertThat(client.ask(CommandCode.COM_PING, "").status()).isEqualTo(ServerStatus.SERVER_STATUS_AUTOCOMMIT);
        client.query("BEGIN");
        int open = ServerStatus.SERVER_STATUS_AUTOCOMMIT | ServerStatus.SERVER_STATUS_IN_TRANS;
        assertThat(client.ask(CommandCode.COM_PING, "").status()).isEqualTo(open);
        client.query("COMMIT");
    }
}
