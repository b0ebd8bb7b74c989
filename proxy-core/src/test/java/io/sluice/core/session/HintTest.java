// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Comments that say where a read shall go. */
class HintTest {
    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_hint_directs_the_one_statement_that_has_it() {
        TestClient client = bench.client();

        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
        assertThat(client.query("SELECT /* sluice:source */ a FROM t")).hasToString("rows source");
        assertThat(client.query("SELECT a FROM t /* hostgroup=1 */")).hasToString("rows replica1");
        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
        assertThat(bench.reasons)
                .containsExactly(Reason.READ_ON_REPLICA, Reason.HINT, Reason.READ_ON_REPLICA, Reason.READ_ON_REPLICA);
    }

    @Test
    void a_write_stays_on_the_source_whatever_it_says() {
        bench.client().query("/* sluice:replica */ INSERT INTO t VALUES (1)");

        assertThat(bench.source.commands()).hasSize(1);
        assertThat(bench.replica1.connections()).isEmpty();
    }

    @Test
    void a_prepared_statement_keeps_the_hint_of_its_text() {
        TestClient client = bench.client();
        client.prepare("SELECT a FROM t /* sluice:source */");

        assertThat(client.execute(1, false)).hasToString("rows source");
        assertThat(bench.replica1.connections()).as("prepared where it runs").isEmpty();
    }

    @Test
    void reads_of_a_user_go_to_the_default_hostgroup_unless_a_hint_says_otherwise() {
        bench.publish(bench.source, bench.replica1, bench.replica2);
        TestClient careful = bench.as("careful").client();
        assertThat(careful.query("SELECT a FROM t")).hasToString("rows source");
        assertThat(careful.query("SELECT a FROM t /* hostgroup=2 */")).hasToString("rows replica2");

        TestClient reports = bench.as("reports").client();
        for (int i = 0; i < 10; i++) {
            assertThat(reports.query("SELECT a FROM t")).hasToString("rows replica2");
        }
        assertThat(reports.query("SELECT a FROM t /* sluice:max_lag=1ms */"))
                .as("still there")
                .hasToString("rows replica2");
        bench.publish(bench.source, bench.replica1);
        assertThat(reports.query("SELECT a FROM t")).hasToString("rows source");
    }

    @Test
    void explain_route_heeds_the_hint() {
        assertThat(bench.client()
                        .query("EXPLAIN ROUTE /* sluice:source sluice:typo */ SELECT a FROM t")
                        .toString())
                .contains("unknown hint sluice:typo", "source:3306", "hostgroup 0 (source)");
    }
}
