// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.routing.catalogue.StoredFunction;
import io.sluice.routing.topology.ServerVersion;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queries that call stored functions. */
class StoredFunctionTest {
    private static final String CALL = "SELECT app.f(a) FROM t";

    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void know(String body) {
        String definition = "CREATE FUNCTION `f`(a INT) RETURNS int " + body;
        StoredFunction function = new StoredFunction("app", "f", definition, true, "READS SQL DATA", "", false);
        bench.functions.learn(
                bench.functions.changes(), ServerVersion.parse("9.7.4"), List.of(function), Set.of(), Set.of());
    }

    @Test
    void one_that_only_reads_runs_on_a_replica_until_it_may_be_another_one() {
        TestClient client = bench.client();
        assertThat(client.query(CALL)).hasToString("rows source");
        know("RETURN a + 1");
        assertThat(client.query(CALL)).hasToString("rows replica1");

        bench.client().query("ALTER FUNCTION app.f COMMENT 'another one'");
        assertThat(client.query(CALL)).hasToString("rows source");
        know("BEGIN INSERT INTO t VALUES (1); RETURN 1; END");
        assertThat(client.query(CALL)).hasToString("rows source");
    }

    @Test
    void a_prepared_statement_follows_what_is_known() {
        TestClient client = bench.client();
        client.prepare(CALL);
        assertThat(client.execute(1, false)).hasToString("rows source");
        know("RETURN a + 1");
        assertThat(client.execute(1, false)).hasToString("rows replica1");
        bench.functions.changed();
        assertThat(client.execute(1, false)).hasToString("rows source");
    }

    @Test
    void one_that_a_replica_refuses_is_not_trusted_again() {
        TestClient client = bench.client();
        know("RETURN a + 1");
        bench.replica1.on(CALL, Answer.err(1290, "running with the --read-only option"));
        assertThat(client.query(CALL).toString()).contains("1290");
        assertThat(bench.mispredictions).hasSize(1);
        assertThat(client.query(CALL)).hasToString("rows source");
        know("RETURN a + 1");
        assertThat(client.query(CALL)).hasToString("rows source");
    }

    @Test
    void explain_route_says_what_is_thought_of_it() {
        TestClient client = bench.client();
        assertThat(client.query("EXPLAIN ROUTE " + CALL).toString())
                .contains("function app.f", "not trusted: the catalogue has not been read yet");
        know("RETURN a + 1");
        assertThat(client.query("EXPLAIN ROUTE " + CALL).toString()).contains("replica1:3306", "only reads");
    }
}
