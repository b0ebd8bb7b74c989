// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

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
}
