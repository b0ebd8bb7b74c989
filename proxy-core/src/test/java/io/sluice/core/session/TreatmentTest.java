// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.CommandCode;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.rule.RuleSpec.Match;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.rule.Treatment.Multiplex;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules that say how statements are run. */
class TreatmentTest {
    private static final String SLOW = "SELECT slow FROM t";
    private static final String READ = "SELECT a FROM t";

    private final SessionBench bench = new SessionBench(
            rule(10, "slow", new Treatment(500, null, null, null, null)),
            rule(20, "late", new Treatment(500, 1000, null, null, true)),
            rule(30, "never", new Treatment(null, null, 0, null, null)),
            rule(40, "keep", new Treatment(null, null, null, Multiplex.OFF, null)),
            rule(50, "share", new Treatment(null, null, null, Multiplex.ON, null)));

    @AfterEach
    void close() {
        bench.close();
    }

    private static Rule rule(int id, String digest, Treatment treatment) {
        Match match = new Match(null, null, 0, null, null, null, null, digest, null, false, true);
        Action action = new Action(null, false, null, null, null, false, treatment);
        return Rule.of(new RuleSpec(id, true, match, null, action, true, ""));
    }

    private TestClient send(String sql) {
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, sql);
        bench.loop.settle();
        return client;
    }

    @Test
    void a_statement_that_takes_too_long_is_killed_and_the_error_names_the_rule() {
        bench.replica1.late(SLOW);
        TestClient client = send(SLOW);
        bench.loop.advance(Duration.ofMillis(490));
        assertThat(bench.replica1.commands()).noneMatch(command -> command.contains("KILL"));
        bench.loop.advance(Duration.ofMillis(20));
        assertThat(bench.replica1.commands()).contains("COM_QUERY KILL QUERY 1");

        bench.replica1.connection(0).sayLate(Answer.err(1317, "Query execution was interrupted"));
        bench.loop.settle();
        assertThat(client.answer().error())
                .hasToString("ERROR 3024 (HY000): Sluice: query execution was interrupted, maximum statement execution"
                        + " time exceeded: 500 ms (rule 10)");
        assertThat(client.query(READ)).as("the session goes on").hasToString("rows replica1");
    }

    @Test
    void what_ends_before_the_kill_is_answered_as_it_is_and_the_next_statement_is_not_hit() {
        bench.replica1.late(SLOW).late("KILL QUERY 1");
        TestClient client = send(SLOW);
        bench.loop.advance(Duration.ofMillis(510));
        bench.replica1.connection(0).sayLate(Answer.rows("in time"));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("rows in time");
        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        assertThat(client.answers()).as("while the KILL is on its way").isEmpty();
        bench.replica1.connection(1).sayLate(Answer.ok());
        bench.loop.settle();
        assertThat(client.answer()).hasToString("rows replica1");
        assertThat(bench.replica1.connection(0).commands())
                .containsSubsequence("COM_RESET_CONNECTION", "COM_QUERY " + READ);
    }

    @Test
    void a_statement_that_waits_too_long_is_not_sent_at_all() {
        bench.publish(null, bench.replica1);
        TestClient client = send("UPDATE t SET slow = 1");
        bench.loop.advance(Duration.ofMillis(510));
        assertThat(client.answer()).hasToString("error 3024");
    }

    @Test
    void a_delayed_statement_comes_later_and_its_timeout_begins_then() {
        TestClient client = send("SELECT late FROM t");
        bench.loop.advance(Duration.ofMillis(990));
        assertThat(bench.replica1.commands()).isEmpty();
        bench.loop.advance(Duration.ofMillis(20));
        assertThat(client.answer()).hasToString("rows replica1");

        TestClient gone = send("SELECT late FROM t");
        gone.close();
        bench.loop.advance(Duration.ofSeconds(2));
        assertThat(bench.replica1.commands()).hasSize(1);
        TestClient victim = send("SELECT late FROM t");
        assertThat(bench.client().query("KILL QUERY 3")).hasToString("ok");
        assertThat(victim.answer()).hasToString("error 1317");
    }

    @Test
    void a_read_is_sent_again_as_often_as_a_rule_says() {
        bench.publish(bench.source, bench.replica1, bench.replica2);
        for (String sql : new String[] {"SELECT never FROM t", READ}) {
            bench.replica1.late(sql);
            bench.replica2.late(sql);
        }
        TestClient never = send("SELECT never FROM t");
        loseReplicas();
        assertThat(never.answer()).hasToString("error 9505");
        TestClient other = send(READ);
        loseReplicas();
        assertThat(other.answers()).as("sent again").isEmpty();
        other.close();
    }

    private void loseReplicas() {
        bench.replica1.openConnections().forEach(connection -> connection.close());
        bench.replica2.openConnections().forEach(connection -> connection.close());
        bench.loop.settle();
    }

    @Test
    void a_rule_ties_a_session_to_its_connection_and_lets_it_go_clean() {
        TestClient client = bench.client();
        assertThat(client.query("SELECT keep FROM t")).as("not to a replica").hasToString("rows source");
        assertThat(bench.session().view().toString()).contains("RULE");
        assertThat(client.query(READ)).hasToString("rows source");
        assertThat(bench.leased()).isOne();
        assertThat(client.query("SELECT share FROM t")).hasToString("rows source");
        assertThat(bench.leased()).isZero();
        assertThat(bench.source.connection(0).commands()).last().asString().contains("RESET_CONNECTION");
        assertThat(client.query(READ)).hasToString("rows replica1");
    }
}
