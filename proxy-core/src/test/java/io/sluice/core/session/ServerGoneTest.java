// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.FakeConnection;
import io.sluice.core.backend.FakeServer;
import io.sluice.protocol.CommandCode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server is taken from the list while sessions use it. */
class ServerGoneTest {
    private static final String READ = "SELECT a FROM t";

    private final SessionBench bench = new SessionBench(1, 4);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void its_idle_connections_are_closed_at_once_and_reads_go_elsewhere() {
        TestClient client = bench.client();
        assertThat(client.query(READ)).hasToString("rows replica1");
        goes(bench.replica1);
        assertThat(open(bench.replica1)).isZero();
        assertThat(client.query(READ)).hasToString("rows source");
        assertThat(bench.scope().pools()).noneMatch(pool -> pool.address().equals(bench.replica1.address()));
    }

    @Test
    void a_transaction_there_goes_on_and_its_connection_is_closed_after_it() {
        TestClient client = bench.client();
        client.query("BEGIN");
        client.query("INSERT INTO t VALUES (1)");
        bench.publish(bench.replica1);
        bench.scope().retire(bench.source.address());
        assertThat(client.query("INSERT INTO t VALUES (2)")).hasToString("ok");
        assertThat(client.query("COMMIT")).hasToString("ok");
        assertThat(open(bench.source)).isZero();
        assertThat(client.query("INSERT INTO t VALUES (3)")).hasToString("ok");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY INSERT INTO t VALUES (3)");
    }

    @Test
    void who_waits_for_a_connection_to_it_is_still_served() {
        TestClient holder = bench.client();
        holder.query("BEGIN");
        holder.query("INSERT INTO t VALUES (1)");
        TestClient waiter = bench.client();
        waiter.send(CommandCode.COM_QUERY, "INSERT INTO t VALUES (2)");
        bench.loop.settle();
        bench.publish(bench.replica1);
        bench.scope().retire(bench.source.address());
        holder.query("COMMIT");
        assertThat(waiter.answer()).hasToString("ok");
        assertThat(open(bench.source)).isZero();
    }

    @Test
    void who_goes_while_waiting_for_it_is_forgotten() {
        TestClient holder = bench.client();
        holder.query("BEGIN");
        holder.query("INSERT INTO t VALUES (1)");
        TestClient waiter = bench.client();
        waiter.send(CommandCode.COM_QUERY, "INSERT INTO t VALUES (2)");
        bench.loop.settle();
        bench.scope().retire(bench.source.address());
        waiter.close();
        assertThat(bench.waiting()).isZero();
    }

    @Test
    void one_that_comes_back_gets_a_new_pool() {
        TestClient old = bench.client();
        old.query("BEGIN");
        old.query("INSERT INTO t VALUES (1)");
        bench.scope().retire(bench.source.address());
        old.query("COMMIT");
        assertThat(old.query("INSERT INTO t VALUES (2)")).hasToString("ok");
        assertThat(open(bench.source)).as("kept for the next").isEqualTo(1);
    }

    @Test
    void what_is_still_open_there_can_be_given_up() {
        TestClient client = bench.client();
        client.query("BEGIN");
        client.query("INSERT INTO t VALUES (1)");
        bench.publish(bench.replica1);
        bench.scope().retire(bench.source.address());
        bench.scope().abandon(bench.source.address(), "another server has replaced it as the source");
        bench.loop.settle();
        assertThat(client.query("INSERT INTO t VALUES (2)")).hasToString("error 9502");
        bench.loop.advance(Duration.ofSeconds(2));
    }

    private void goes(FakeServer replica) {
        bench.publish(bench.source);
        bench.scope().retire(replica.address());
        bench.loop.settle();
    }

    private static long open(FakeServer server) {
        return server.connections().stream().filter(FakeConnection::isOpen).count();
    }
}
