// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.Capabilities;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionRoutingTest {
    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void reads_go_to_a_replica_and_writes_to_the_source() {
        TestClient client = bench.client();

        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
        assertThat(client.query("INSERT INTO t VALUES (1)")).hasToString("ok");
        assertThat(client.query("SELECT a FROM t FOR UPDATE")).hasToString("rows source");

        assertThat(bench.source.commands())
                .containsExactly("COM_QUERY INSERT INTO t VALUES (1)", "COM_QUERY SELECT a FROM t FOR UPDATE");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void silence_proves_that_nothing_was_written_only_without_eof_packets_which_cannot_tell() {
        String sql = "INSERT INTO t VALUES (1) RETURNING a; DO 1";
        bench.source.on(sql, Answer.rows("1").then(Answer.ok()));

        TestClient modern = bench.with(Capabilities.CLIENT_DEPRECATE_EOF).client();
        modern.query(sql);
        assertThat(modern.query("SELECT a FROM t")).hasToString("rows replica1");

        TestClient old = bench.without(Capabilities.CLIENT_DEPRECATE_EOF).client();
        old.query(sql);
        assertThat(old.query("SELECT a FROM t")).hasToString("rows source");
    }
}
