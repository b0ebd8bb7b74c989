// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.routing.Reason;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.rule.RuleSpec.Match;
import io.sluice.routing.rule.Treatment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of statements that rules match. */
class RuleTest {
    private final Rule toSource = rule(10, "FROM fresh", new Action(0, false, null, null));
    private final Rule toReports = rule(20, "FROM sales", new Action(2, false, null, null));
    private final Rule unsafe = rule(30, "SELECT f\\(", new Action(1, true, null, null));
    private final Rule refused = rule(40, "FROM secret", new Action(null, false, "not for you", null));
    private final Rule answered = rule(50, "INSERT INTO log", new Action(null, false, null, "well done"));
    private final Rule renames = replacing(60, "FROM old_(\\w+)", "FROM \\1");
    private final Rule locks = replacing(70, "^SELECT (.*) FROM queue$", "SELECT \\1 FROM queue FOR UPDATE");
    private final Rule redirects = replacing(80, "^SELECT .* FROM hinted", "\\0 /* sluice:source */");
    private final Rule kills = replacing(90, "^DO 7$", "KILL QUERY 1");
    private final SessionBench bench =
            new SessionBench(toSource, toReports, unsafe, refused, answered, renames, locks, redirects, kills);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void reads_go_to_the_hostgroup_that_a_rule_names() {
        bench.publish(bench.source, bench.replica1, bench.replica2);
        TestClient client = bench.client();
        for (int i = 0; i < 5; i++) {
            assertThat(client.query("SELECT a FROM fresh")).hasToString("rows source");
            assertThat(client.query("SELECT a FROM sales")).hasToString("rows replica2");
        }
        assertThat(client.query("SELECT a FROM fresh /* sluice:replica */").toString())
                .as("a hint goes before a rule")
                .startsWith("rows replica");
        assertThat(bench.reasons).contains(Reason.RULE);
        assertThat(toSource.hits()).isEqualTo(6);
        assertThat(toReports.hits()).isEqualTo(5);
    }

    @Test
    void an_unsafe_rule_sends_a_call_of_an_unknown_function_to_a_replica_but_a_hint_alone_does_not() {
        TestClient client = bench.client();
        assertThat(client.query("SELECT f() FROM t")).hasToString("rows replica1");
        assertThat(client.query("SELECT g() FROM t /* sluice:replica */")).hasToString("rows source");
    }

    @Test
    void a_rule_answers_in_place_of_the_servers() {
        TestClient client = bench.client();
        assertThat(client.query("SELECT a FROM secret").error().message()).isEqualTo("not for you");
        assertThat(client.query("SELECT a FROM secret")).hasToString("error 1148");
        assertThat(client.query("INSERT INTO log VALUES (1)")).hasToString("ok");
        assertThat(bench.source.connections()).isEmpty();
        assertThat(bench.replica1.connections()).isEmpty();
        assertThat(refused.hits()).isEqualTo(2);
        assertThat(client.query("SELECT a FROM t")).as("the session goes on").hasToString("rows replica1");
    }

    @Test
    void prepared_statements_are_judged_by_their_text() {
        bench.source.on("PREPARE", Answer.ok());
        TestClient client = bench.client();
        assertThat(client.prepare("SELECT a FROM secret")).hasToString("error 1148");
        client.prepare("SELECT a FROM fresh");
        assertThat(client.execute(2, false)).hasToString("rows source");
        client.prepare("INSERT INTO log VALUES (1)");
        assertThat(client.execute(3, false)).hasToString("ok");
        assertThat(bench.source.commands()).noneMatch(command -> command.startsWith("COM_STMT_EXECUTE INSERT"));
        assertThat(answered.hits()).isOne();
    }

    @Test
    void a_rewritten_statement_goes_where_it_belongs_by_itself() {
        TestClient client = bench.client();
        assertThat(client.query("SELECT a FROM old_t")).hasToString("rows replica1");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY SELECT a FROM t");
        assertThat(client.query("SELECT a FROM queue")).as("a locking read now").hasToString("rows source");
        assertThat(bench.source.commands()).containsExactly("COM_QUERY SELECT a FROM queue FOR UPDATE");
        assertThat(client.query("SELECT a FROM hinted")).as("its hint counts").hasToString("rows source");
        assertThat(client.query("DO 7")).as("Sluice's to answer").hasToString("error 1317");
        assertThat(renames.hits()).isOne();
        assertThat(bench.client().query("EXPLAIN ROUTE SELECT a FROM queue").toString())
                .contains("rule 70", "SELECT a FROM queue FOR UPDATE", "source:3306");
    }

    @Test
    void a_prepared_statement_is_rewritten_when_it_is_prepared() {
        TestClient client = bench.client();
        client.prepare("SELECT a FROM old_t");
        assertThat(client.execute(1, false)).hasToString("rows replica1");
        client.prepare("SELECT a FROM queue");
        assertThat(client.execute(2, false)).hasToString("rows source");
        assertThat(bench.replica1.commands()).contains("COM_STMT_PREPARE SELECT a FROM t");
        assertThat(renames.hits()).isOne();
    }

    @Test
    void explain_route_names_the_rules_without_counting_them() {
        assertThat(bench.client().query("EXPLAIN ROUTE SELECT a FROM fresh").toString())
                .contains("rule 10", "hostgroup 0 (source)", "source:3306");
        assertThat(toSource.hits()).isZero();
    }

    private static Rule rule(int id, String matchDigest, Action action) {
        Match match = new Match(null, null, 0, "10.1.%", null, null, null, matchDigest, null, false, true);
        return Rule.of(new RuleSpec(id, true, match, null, action, true, ""));
    }

    private static Rule replacing(int id, String pattern, String replace) {
        Match match = new Match(null, null, 0, null, null, null, null, null, pattern, false, true);
        return Rule.of(new RuleSpec(
                id, true, match, null, new Action(null, false, null, null, replace, false, Treatment.NONE), false, ""));
    }
}
