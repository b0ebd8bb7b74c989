// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.FakeServer;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.protocol.CommandCode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionReplayTest {
    private static final String READ = "SELECT a FROM t";
    private static final String WRITE = "INSERT INTO t VALUES (1)";
    private static final String UPDATE = "UPDATE t SET a = 2";

    private SessionBench bench = SessionBench.withReplay(2000);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_transaction_goes_on_at_the_new_source_as_if_nothing_had_been() {
        sameRows("7");
        TestClient client = open();
        failOver();
        assertThat(client.query(UPDATE)).hasToString("ok");
        assertThat(client.query("COMMIT")).hasToString("ok");

        assertThat(bench.replica1.commands())
                .containsExactly(
                        "COM_QUERY BEGIN",
                        "COM_QUERY " + WRITE,
                        "COM_QUERY " + READ,
                        "COM_QUERY " + UPDATE,
                        "COM_QUERY COMMIT");
        assertThat(bench.replays).containsExactly(true);
        assertThat(bench.ownErrors).isEmpty();
    }

    @Test
    void so_it_does_when_the_connection_dies_amid_a_statement() {
        sameRows("7");
        TestClient client = open();
        bench.source.cut(UPDATE, 0);
        assertThat(client.query(UPDATE)).hasToString("ok");

        assertThat(bench.source.connections()).hasSize(2);
        assertThat(bench.source.connection(1).commands())
                .containsExactly("COM_QUERY BEGIN", "COM_QUERY " + WRITE, "COM_QUERY " + READ, "COM_QUERY " + UPDATE);
        client.query("ROLLBACK");
    }

    @Test
    void it_waits_for_a_source_like_any_command() {
        sameRows("7");
        TestClient client = open();
        bench.publish(null, bench.replica1, bench.replica2);
        bench.source.connection(0).close();
        bench.loop.settle();
        client.send(CommandCode.COM_QUERY, "COMMIT");
        bench.loop.settle();
        assertThat(client.answers()).isEmpty();

        bench.publish(bench.replica1, bench.replica2);
        assertThat(client.answer()).hasToString("ok");
        assertThat(bench.replica1.commands()).endsWith("COM_QUERY " + READ, "COM_QUERY COMMIT");
    }

    @Test
    void it_is_given_up_where_no_source_comes() {
        TestClient client = open();
        bench.publish(null, bench.replica1, bench.replica2);
        bench.source.connection(0).close();
        bench.loop.settle();
        client.send(CommandCode.COM_QUERY, "COMMIT");
        bench.loop.advance(SessionBench.HOLD.plusMillis(10));
        assertThat(client.answer()).hasToString("error 9502");
        assertThat(bench.replays).containsExactly(false);
    }

    @Test
    void an_answer_that_is_another_one_gives_it_up() {
        TestClient client = open(); // each server answers with its name
        failOver();
        assertThat(client.query(UPDATE)).hasToString("error 9502");

        assertThat(bench.replays).containsExactly(false);
        assertThat(bench.replica1.commands()).doesNotContain("COM_QUERY " + UPDATE);
        assertThat(bench.replica1.commands())
                .as("what was done again is undone")
                .endsWith("COM_RESET_CONNECTION");
        assertThat(client.query(WRITE)).as("the session goes on").hasToString("ok");
    }

    @Test
    void so_does_an_error_where_there_was_none() {
        sameRows("7");
        bench.replica1.on(WRITE, Answer.err(1062, "duplicate"));
        TestClient client = open();
        failOver();
        assertThat(client.query("COMMIT")).hasToString("error 9502");
    }

    @Test
    void whether_a_commit_was_executed_is_not_tried_out() {
        sameRows("7");
        TestClient client = open();
        bench.source.cut("COMMIT", 0);
        assertThat(client.query("COMMIT")).hasToString("error 9501");
        assertThat(bench.replays).isEmpty();
    }

    @Test
    void one_that_certainly_was_not_is_executed_behind_the_rest() {
        sameRows("7");
        bench.scope()
                .verifyWrites(WriteSlots.of(
                        new SlotTags("t", 1, 1, 4, Long.MIN_VALUE / 2),
                        (write, answer) -> answer.accept(Outcome.NOT_COMMITTED),
                        Duration.ZERO));
        bench.source.on("SELECT @@GLOBAL.gtid_executed", Answer.rows(SessionBench.UUID + ":1-10"));
        TestClient client = open();
        bench.source.cut("COMMIT", 0);
        assertThat(client.query("COMMIT")).hasToString("ok");
        assertThat(bench.source.connection(1).commands())
                .endsWith("COM_QUERY BEGIN", "COM_QUERY " + WRITE, "COM_QUERY " + READ, "COM_QUERY COMMIT");
    }

    @Test
    void what_is_to_be_rolled_back_is_not_done_first() {
        TestClient client = open();
        failOver();
        assertThat(client.query("ROLLBACK")).hasToString("ok");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY ROLLBACK");
    }

    @Test
    void another_loss_amid_it_begins_it_anew_but_not_for_ever() {
        sameRows("7");
        TestClient client = open();
        bench.source.cut(WRITE, 0);
        bench.source.connection(0).close();
        assertThat(client.query(UPDATE)).hasToString("ok");
        assertThat(bench.source.connections()).hasSize(3);

        bench.source.cut(WRITE, 0).cut(READ, 3).cut(WRITE, 0);
        bench.source.connection(2).close();
        assertThat(client.query(UPDATE)).hasToString("error 9502");
        assertThat(client.query(UPDATE)).hasToString("ok");
    }

    @Test
    void connections_of_a_dead_server_do_not_count_as_tries() {
        sameRows("7");
        TestClient client = open();
        for (int i = 0; i < 5; i++) {
            bench.source.cut("BEGIN", 0);
        }
        bench.source.connection(0).close();
        assertThat(client.query(UPDATE)).hasToString("ok");
        assertThat(bench.source.connections()).hasSize(7);
    }

    @Test
    void a_client_that_leaves_meanwhile_leaves_nothing_behind() {
        TestClient client = open();
        bench.replica1.hold(true);
        failOver();
        client.send(CommandCode.COM_QUERY, "COMMIT");
        bench.loop.settle();
        client.close();
        bench.loop.settle();
        assertThat(bench.replica1.commands()).doesNotContain("COM_QUERY COMMIT");
    }

    @Test
    void one_that_leaves_before_it_began_leaves_nothing_either() {
        TestClient client = open();
        failOver();
        assertThat(client.ask(CommandCode.COM_RESET_CONNECTION, "")).hasToString("ok");
        assertThat(client.query(WRITE)).hasToString("ok");
        assertThat(bench.replica1.commands()).endsWith("COM_QUERY " + WRITE).doesNotContain("COM_QUERY BEGIN");
    }

    @Test
    void without_autocommit_there_is_no_begin() {
        sameRows("7");
        TestClient client = bench.client();
        client.query("SET autocommit=0");
        client.query(WRITE);
        client.query("COMMIT");
        client.query(UPDATE);
        failOver();
        assertThat(client.query("COMMIT")).hasToString("ok");
        assertThat(bench.replica1.commands()).endsWith("COM_QUERY " + UPDATE, "COM_QUERY COMMIT");
        assertThat(bench.replica1.commands()).doesNotContain("COM_QUERY " + WRITE);
    }

    @Test
    void prepared_statements_are_prepared_there() {
        sameRows("7");
        TestClient client = bench.client();
        int id = client.prepare("INSERT INTO t VALUES (?)").statementId();
        client.query("BEGIN");
        client.execute(id, true, "a");
        client.execute(id, false, "b");
        failOver();
        assertThat(client.query("COMMIT")).hasToString("ok");
        assertThat(bench.replica1.connection(0).executions()).hasSize(2);
        assertThat(bench.replays).containsExactly(true);
    }

    @Test
    void a_new_transaction_forgets_the_one_before() {
        sameRows("7");
        TestClient client = open();
        client.query("BEGIN"); // commits
        client.query(UPDATE);
        failOver();
        client.query("COMMIT");
        assertThat(bench.replica1.commands())
                .containsExactly("COM_QUERY BEGIN", "COM_QUERY " + UPDATE, "COM_QUERY COMMIT");
    }

    @Test
    void what_is_more_than_rows_or_longer_than_allowed_is_not_done_again() {
        sameRows("7");
        bench.source.on("SET sql_mode=''", Answer.ok().variable("sql_mode", ""));
        for (String spoiler : List.of(
                "CALL p()",
                "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)",
                "SET sql_mode=''",
                "SELECT LAST_INSERT_ID()",
                "SELECT GET_LOCK('a', 1)",
                "SELECT @a := 1",
                "CREATE TEMPORARY TABLE x (a INT)",
                "INSERT INTO t VALUES ('" + "x".repeat(2000) + "')")) {
            TestClient client = bench.client();
            client.query("BEGIN");
            client.query(spoiler);
            client.query("SAVEPOINT a");
            bench.source.openConnections().forEach(connection -> connection.close());
            bench.loop.settle();
            assertThat(client.query(UPDATE).toString()).as(spoiler).startsWith("error 95");
            client.close();
            bench.loop.settle();
        }
        assertThat(bench.replays).isEmpty();
    }

    @Test
    void the_id_of_an_insert_within_it_is_no_obstacle() {
        for (FakeServer server : List.of(bench.source, bench.replica1)) {
            server.on(WRITE, Answer.ok().insertId(7));
            server.on("SELECT LAST_INSERT_ID()", Answer.rows("7"));
        }
        TestClient client = bench.client();
        client.query("BEGIN");
        client.query(WRITE);
        client.query("SELECT LAST_INSERT_ID()");
        failOver();
        assertThat(client.query("COMMIT")).hasToString("ok");
        assertThat(bench.replays).containsExactly(true);
    }

    @Test
    void it_is_off_unless_asked_for() {
        bench.close();
        bench = new SessionBench();
        sameRows("7");
        TestClient client = open();
        failOver();
        assertThat(client.query(UPDATE)).hasToString("error 9502");
    }

    private TestClient open() {
        TestClient client = bench.client();
        client.query("BEGIN");
        client.query(WRITE);
        client.query(READ);
        return client;
    }

    private void sameRows(String value) {
        for (FakeServer server : List.of(bench.source, bench.replica1, bench.replica2)) {
            server.on(READ, Answer.rows(value));
        }
    }

    private void failOver() {
        bench.source.refuse(new ConnectFailure("connection refused", null));
        bench.source.connection(0).close();
        bench.publish(bench.replica1, bench.replica2);
    }
}
