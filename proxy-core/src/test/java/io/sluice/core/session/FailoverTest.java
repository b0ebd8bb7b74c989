// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.SqlError;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailoverTest {
    private static final String READ = "SELECT a FROM t";
    private static final String WRITE = "INSERT INTO t VALUES (1)";

    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_write_waits_for_a_source() {
        bench.publish(null, bench.replica1);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.advance(SessionBench.HOLD.minusSeconds(1));
        assertThat(client.answers()).isEmpty();
        assertThat(bench.scope().hasHeld()).isTrue();

        bench.publish(bench.replica1);

        assertThat(client.answer()).hasToString("ok");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + WRITE);
        assertThat(bench.scope().hasHeld()).isFalse();
    }

    @Test
    void reads_go_on_without_a_source() {
        bench.publish(null, bench.replica1);
        assertThat(bench.client().query(READ)).hasToString("rows replica1");
        assertThat(bench.heard)
                .as("told the monitor, which may hear nothing itself")
                .containsOnly("replica1");
    }

    @Test
    void a_write_that_waited_in_vain_gets_an_error() {
        bench.publish(null, bench.replica1);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.advance(SessionBench.HOLD.plusMillis(100));

        assertThat(client.answer()).hasToString("error 9503");
        bench.publish(bench.replica1);
        assertThat(client.query(WRITE)).hasToString("ok");
        assertThat(bench.replica1.commands()).hasSize(1);
    }

    @Test
    void a_user_may_have_a_hold_of_its_own() {
        bench.publish(null, bench.replica1);
        TestClient hasty = bench.as("hasty").client();
        assertThat(hasty.query(WRITE)).hasToString("error 9503");
        assertThat(hasty.query(READ)).hasToString("rows replica1");
        TestClient patient = bench.as("patient").client();
        patient.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.advance(SessionBench.HOLD.plusSeconds(1));
        assertThat(patient.answers()).isEmpty();
        bench.publish(bench.replica1);
        assertThat(patient.answer()).hasToString("ok");
        assertThat(hasty.query(WRITE)).hasToString("ok");
    }

    @Test
    void no_more_commands_are_held_than_the_limit_allows() {
        bench.publish(null, bench.replica1);
        for (int i = 0; i < SessionBench.MAX_HELD; i++) {
            bench.client().send(CommandCode.COM_QUERY, WRITE);
        }
        assertThat(bench.client().query(WRITE)).hasToString("error 9503");
    }

    @Test
    void a_source_that_cannot_be_reached_is_waited_for_as_long_as_one_that_is_missing() {
        bench.source.refuse(new ConnectFailure("connection refused", null));
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.advance(SessionBench.ACQUIRE_TIMEOUT.plusSeconds(1));
        assertThat(client.answers()).as("after acquire_timeout, before hold").isEmpty();

        bench.source.refuse(null);
        bench.loop.advance(Duration.ofMillis(1200));

        assertThat(client.answer()).hasToString("ok");
        assertThat(bench.suspected).contains("source");
    }

    @Test
    void a_source_that_refuses_all_connections_is_not_waited_for_for_ever() {
        bench.source.refuse(new ConnectFailure("connection refused", null));
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.advance(SessionBench.HOLD.plusSeconds(2));

        assertThat(client.answer()).hasToString("error 9503");
    }

    @Test
    void a_write_refused_by_a_demoted_source_is_sent_to_the_new_one() {
        bench.source.readOnly(true);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        assertThat(client.answers()).isEmpty();

        bench.publish(bench.replica1, bench.source);

        assertThat(client.answer()).hasToString("ok");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + WRITE);
    }

    @Test
    void a_read_that_a_replica_breaks_off_to_shut_down_is_sent_elsewhere() {
        bench.replica1.on(READ, Answer.err(1053, "Server shutdown in progress"));
        assertThat(bench.client().query(READ)).hasToString("rows source");
        assertThat(bench.source.commands()).containsExactly("COM_QUERY " + READ);
        assertThat(bench.suspected).contains("replica1");
    }

    @Test
    void what_a_node_outside_its_cluster_refuses_is_sent_elsewhere() {
        Answer refusal = Answer.err(1047, "WSREP has not yet prepared node for application use");
        bench.replica1.on(READ, refusal);
        assertThat(bench.client().query(READ)).hasToString("rows source");
        bench.source.on(WRITE, refusal);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        assertThat(client.answers()).isEmpty();
        bench.loop.advance(Duration.ofMillis(1200)); // nor is anything sent there for a second
        bench.publish(bench.replica1, bench.source);
        assertThat(client.answer()).hasToString("ok");
        assertThat(bench.suspected).contains("source", "replica1");
        assertThat(bench.mispredictions).isEmpty();
    }

    @Test
    void a_write_that_a_source_breaks_off_to_shut_down_is_not_sent_again() {
        bench.source.on(WRITE, Answer.err(1053, "Server shutdown in progress"));
        assertThat(bench.client().query(WRITE)).hasToString("error 1053");
        assertThat(bench.source.commands()).containsExactly("COM_QUERY " + WRITE);
    }

    @Test
    void a_write_refused_in_a_transaction_is_the_clients_to_know() {
        TestClient client = bench.client();
        client.query("BEGIN");
        bench.source.readOnly(true);
        assertThat(client.query(WRITE)).hasToString("error 1290");
        client.query("ROLLBACK");
    }

    @Test
    void a_user_whom_the_server_refuses_gets_its_reason() {
        bench.source.refuse(new ConnectFailure("denied", new SqlError(1045, "28000", "Access denied")));
        TestClient client = bench.client();
        Reply reply = client.query(WRITE);
        assertThat(reply).hasToString("error 9511");
        assertThat(bench.suspected).isEmpty();
        assertThat(bench.refusedAccounts).isEqualTo(1);
    }

    @Test
    void a_command_waits_for_a_connection_no_longer_than_acquire_timeout() {
        try (SessionBench small = new SessionBench(1, 4)) {
            TestClient first = small.client();
            TestClient second = small.client();
            first.query("BEGIN");
            second.send(CommandCode.COM_QUERY, WRITE);
            small.loop.advance(SessionBench.ACQUIRE_TIMEOUT.plusMillis(100));
            assertThat(second.answer()).hasToString("error 9504");
            assertThat(small.waiting()).isZero();

            second.send(CommandCode.COM_QUERY, WRITE);
            small.loop.settle();
            first.query("COMMIT");
            assertThat(second.answer()).hasToString("ok");
        }
    }

    @Test
    void a_full_queue_of_waiters_is_no_fault_of_the_server() {
        try (SessionBench small = new SessionBench(1, 4, 1)) {
            TestClient first = small.client();
            first.query("BEGIN");
            TestClient second = small.client();
            second.send(CommandCode.COM_QUERY, WRITE);
            small.loop.settle();
            TestClient third = small.client();
            assertThat(third.query(WRITE)).hasToString("error 9504");
            assertThat(small.suspected).isEmpty();
            first.query("COMMIT");
            assertThat(second.answer()).hasToString("ok");
        }
    }

    @Test
    void a_session_reads_its_own_writes_where_they_have_arrived() {
        String gtid = SessionBench.UUID + ":11";
        bench.source.on(WRITE, Answer.ok().gtid(gtid));
        TestClient writer = bench.client();
        writer.query(WRITE);

        assertThat(writer.query(READ)).hasToString("rows source");
        assertThat(bench.client().query(READ)).hasToString("rows replica1");
        bench.publish(List.of(
                bench.member(bench.source, Role.SOURCE, SessionBench.UUID + ":1-11"),
                bench.member(bench.replica1, Role.REPLICA, SessionBench.UUID + ":1-11")));
        assertThat(writer.query(READ)).hasToString("rows replica1");
    }
}
