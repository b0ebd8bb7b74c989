// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.FakeConnection;
import io.sluice.core.backend.FakeServer;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.SqlError;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LossTest {
    private static final String READ = "SELECT a FROM t";
    private static final String WRITE = "INSERT INTO t VALUES (1)";

    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_read_is_repeated_when_its_connection_dies_before_the_first_byte() {
        bench.replica1.cut(READ, 0);
        TestClient client = bench.client();

        assertThat(client.query(READ)).hasToString("rows replica1");

        assertThat(bench.replica1.connections()).hasSize(2);
        assertThat(bench.suspected).contains("replica1");
    }

    @Test
    void a_read_goes_to_another_server_when_its_own_is_gone() {
        TestClient client = bench.client();
        client.query(READ);
        bench.replica1.hold(true);
        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        bench.replica1.refuse(new ConnectFailure("connection refused", null));
        bench.replica1.connection(0).close();
        bench.loop.settle();

        assertThat(client.answer()).hasToString("rows source");
    }

    @Test
    void a_server_that_tells_of_a_broken_connection_does_not_refuse_the_account() {
        SqlError broken = new SqlError(1158, "08S01", "Got an error reading communication packets");
        bench.replica1.refuse(new ConnectFailure(broken.message(), broken));
        assertThat(bench.client().query(READ)).hasToString("rows source");
    }

    @Test
    void a_read_is_not_repeated_for_ever() {
        bench.replica1.cut(READ, 0).cut(READ, 0).cut(READ, 0);
        TestClient client = bench.client();

        assertThat(client.query(READ)).hasToString("error 9505");
        assertThat(bench.replica1.commands()).hasSize(3);
    }

    @Test
    void what_died_together_in_a_pool_is_one_try() {
        for (String sql : List.of(READ, "BEGIN")) {
            FakeServer server = sql.equals(READ) ? bench.replica1 : bench.source;
            pool(server, sql, 4);
            for (int i = 0; i < 4; i++) {
                server.cut(sql, 0);
            }
            assertThat(bench.client().query(sql)).hasToString(sql.equals(READ) ? "rows replica1" : "ok");
        }
    }

    @Test
    void what_died_one_after_the_other_is_as_many_tries() {
        pool(bench.replica1, READ, 4);
        bench.replica1.hold(true);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, READ);
        for (int i = 0; i < 3; i++) {
            bench.loop.settle();
            bench.loop.advance(Duration.ofSeconds(2));
            bench.replica1.openConnections().stream()
                    .filter(connection -> connection.commands().size() == 2)
                    .forEach(FakeConnection::close);
        }
        bench.loop.settle();
        assertThat(client.answer()).hasToString("error 9505");
        assertThat(bench.replica1.openConnections()).hasSize(1);
    }

    /** Leaves as many idle connections there. */
    private void pool(FakeServer server, String sql, int size) {
        server.hold(true);
        List<TestClient> clients = Stream.generate(bench::client).limit(size).toList();
        clients.forEach(client -> client.send(CommandCode.COM_QUERY, sql));
        bench.loop.settle();
        server.hold(false);
        bench.loop.settle();
        clients.forEach(TestClient::close);
        bench.loop.settle();
        assertThat(server.openConnections()).hasSize(size);
        bench.loop.advance(Duration.ofMillis(1));
    }

    @Test
    void a_read_in_a_transaction_is_not_repeated() {
        bench.source.cut(READ, 0);
        TestClient client = bench.client();
        client.query("BEGIN");

        assertThat(client.query(READ)).hasToString("error 9502");
        assertThat(bench.source.connections()).hasSize(1);
        assertThat(client.query(READ)).as("the next command").hasToString("rows source");
    }

    @Test
    void a_write_in_flight_is_not_sent_twice() {
        bench.source.cut(WRITE, 0);
        TestClient client = bench.client();

        assertThat(client.query(WRITE)).hasToString("error 9501");
        assertThat(bench.source.commands()).containsExactly("COM_QUERY " + WRITE);
        assertThat(client.query(WRITE)).hasToString("ok");
    }

    @Test
    void a_gtid_that_is_none_breaks_the_protocol() {
        bench.source.once(WRITE, Answer.ok().gtid("no GTID"));
        TestClient client = bench.client();

        assertThat(client.query(WRITE)).hasToString("error 9501");
        assertThat(bench.evidence).singleElement().asString().startsWith("the server broke the protocol");
        assertThat(client.query(WRITE)).hasToString("ok");
    }

    @Test
    void a_rollback_gets_what_it_asks_for_by_the_loss_itself() {
        TestClient client = bench.client();
        client.query("BEGIN");
        client.query(WRITE);
        bench.source.cut("ROLLBACK", 0);
        assertThat(client.query("ROLLBACK")).hasToString("ok");
        assertThat(bench.ownErrors).isEmpty();

        client.query("CREATE TEMPORARY TABLE x (a INT)");
        client.query("BEGIN");
        bench.source.cut("ROLLBACK", 0);
        assertThat(client.query("ROLLBACK")).as("the table is gone").hasToString("error 9501");
    }

    @Test
    void what_begins_a_transaction_or_ends_none_is_repeated() {
        TestClient client = bench.client();
        for (String harmless : List.of("BEGIN", "START TRANSACTION", "ROLLBACK", "COMMIT")) {
            bench.source.cut(harmless, 0);
            assertThat(client.query(harmless)).as(harmless).hasToString("ok");
            client.query("ROLLBACK");
        }
        bench.source.cut("BEGIN", 0);
        client.query("START TRANSACTION");
        assertThat(client.query("BEGIN")).as("ends a transaction").hasToString("error 9501");
    }

    @Test
    void a_commit_in_flight_has_an_unknown_outcome() {
        bench.source.cut("COMMIT", 0);
        TestClient client = bench.client();
        client.query("BEGIN");
        assertThat(client.query("COMMIT")).hasToString("error 9501");
        assertThat(client.query(READ)).as("the write may be there").hasToString("rows source");
    }

    @Test
    void a_transaction_lost_between_commands_is_told_at_the_next() {
        TestClient client = bench.client();
        client.query("BEGIN");
        bench.source.connection(0).close();
        bench.loop.settle();

        assertThat(client.query(WRITE)).hasToString("error 9502");
        assertThat(client.query(WRITE)).hasToString("ok");
        assertThat(bench.source.connection(0).commands()).containsExactly("COM_QUERY BEGIN");
    }

    @Test
    void pins_lost_between_commands_are_told_at_the_next() {
        TestClient client = bench.client();
        client.query("CREATE TEMPORARY TABLE x (a INT)");
        bench.source.connection(0).close();
        bench.loop.settle();

        assertThat(client.query("SELECT a FROM x")).hasToString("error 9506");
        assertThat(client.query(READ)).hasToString("rows replica1");
    }

    @Test
    void pins_lost_with_a_read_are_told() {
        bench.source.cut("SELECT a FROM x", 0);
        TestClient client = bench.client();
        client.query("CREATE TEMPORARY TABLE x (a INT)");

        assertThat(client.query("SELECT a FROM x")).hasToString("error 9506");
    }

    @Test
    void a_result_cut_at_or_within_a_packet_ends_with_an_error_in_order() {
        bench.replica1.on(READ, Answer.rows("a", "b", "c"));
        TestClient whole = bench.client();
        Reply reply = whole.query(READ);
        assertThat(reply).hasToString("rows a,b,c");
        int length = reply.payloads().stream()
                .mapToInt(payload -> payload.length + 4)
                .sum();
        for (int cut = 6; cut < length; cut++) {
            bench.replica1.cut(READ, cut);
            String answer = bench.client().query(READ).toString();
            assertThat(answer).as("cut after %d bytes", cut).endsWith("error 9505");
        }
    }

    @Test
    void answers_in_pieces_of_any_size_are_answers() {
        for (int size = 1; size < 20; size++) {
            bench.replica1.sendInPiecesOf(size);
            assertThat(bench.client().query(READ)).as("pieces of %d", size).hasToString("rows replica1");
        }
    }

    @Test
    void a_lost_setup_step_costs_nothing() {
        bench.withSchema("db");
        bench.source.cut("USE db", 0);
        TestClient client = bench.client();

        assertThat(client.query(WRITE)).hasToString("ok");
        assertThat(bench.source.commands()).containsExactly("COM_INIT_DB db", "COM_INIT_DB db", "COM_QUERY " + WRITE);
    }

    @Test
    void a_write_to_a_connection_that_the_server_is_ending_is_sent_on_another() {
        TestClient client = bench.client();
        client.query(WRITE);
        bench.source.connection(0).say(Answer.err(4031, "The client was disconnected by the server"));
        assertThat(client.query(WRITE)).hasToString("ok");
    }
}
