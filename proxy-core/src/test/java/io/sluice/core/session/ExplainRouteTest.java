// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.Capabilities;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExplainRouteTest {
    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void tells_where_the_sessions_statement_would_go_without_asking_a_server() {
        TestClient client = bench.client();

        assertThat(client.query("EXPLAIN ROUTE SELECT a FROM t").toString())
                .contains("replica1:3306", "read on replica", "in no transaction");
        assertThat(client.query("EXPLAIN ROUTE SELECT a FROM t FOR UPDATE").toString())
                .contains("source:3306", "locking read");
        assertThat(bench.source.connections()).isEmpty();
        assertThat(bench.replica1.connections()).isEmpty();
    }

    @Test
    void knows_the_sessions_transaction_and_pins() {
        TestClient client = bench.without(Capabilities.CLIENT_DEPRECATE_EOF).client();
        client.query("BEGIN");
        client.query("CREATE TEMPORARY TABLE tmp (a INT)");

        assertThat(client.query("EXPLAIN ROUTE SELECT a FROM t").toString())
                .contains("source:3306", "in a transaction", "TEMPORARY_TABLE");
        assertThat(client.query("SELECT a FROM t")).as("the session goes on").hasToString("rows source");
    }

    @Test
    void a_table_named_route_is_described_by_a_server() {
        bench.replica1.on("EXPLAIN route", Answer.rows("a column"));
        assertThat(bench.client().query("EXPLAIN route")).hasToString("rows a column");
    }
}
