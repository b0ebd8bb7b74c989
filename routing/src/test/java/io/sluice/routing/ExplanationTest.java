// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.sql.ExplainRouteText;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExplanationTest {
    private static final GtidSet OLD = GtidSet.parse("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5");
    private static final GtidSet NEW = GtidSet.parse("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-6");

    private final StatementClassifier classifier =
            new StatementClassifier(64, new Structures(Runnable::run, Structures.WEIGHT_MAX_DEFAULT));
    private final Router router = new Router(RoutingSettings.DEFAULT, new SplittableRandom(1));

    @Test
    void tells_why_each_server_may_serve_a_read_or_not() {
        Topology topology = new Topology(
                1,
                List.of(
                        member("source", Role.SOURCE, 1, Duration.ZERO, NEW),
                        member("fresh", Role.REPLICA, 1, Duration.ZERO, NEW),
                        member("behind", Role.REPLICA, 1, Duration.ZERO, OLD),
                        member("far", Role.REPLICA, 1, Duration.ofSeconds(11), OLD),
                        member("silent", Role.REPLICA, 1, null, NEW),
                        member("idle", Role.REPLICA, 0, Duration.ZERO, NEW),
                        member("stranger", Role.UNKNOWN, 1, null, OLD),
                        member("gone", Role.REPLICA, 1, Duration.ZERO, NEW).offline("connection refused")),
                "");
        RouteRequest request =
                new RouteRequest(statement("SELECT a FROM t WHERE f = 'x'"), false, true, false, null, NEW, 0, true, 0);

        assertThat(router.explain(request, topology).facts())
                .containsEntry("class", "R")
                .containsEntry("destination", "replica")
                .containsEntry("server", "fresh:3306")
                .containsEntry("reason", "read on replica")
                .containsEntry("digest_text", "SELECT a FROM t WHERE f = ?")
                .containsEntry("reads", "t")
                .containsEntry("server source:3306", "source, 0 ms behind: " + Eligibility.SOURCE.meaning())
                .containsEntry("server fresh:3306", "replica, 0 ms behind: " + Eligibility.FRESH.meaning())
                .containsEntry("server behind:3306", "replica, 0 ms behind: " + Eligibility.AFTER_WAIT.meaning())
                .containsEntry("server far:3306", "replica, 11000 ms behind: " + Eligibility.LAGS.meaning())
                .containsEntry("server silent:3306", "replica: " + Eligibility.LAG_UNKNOWN.meaning())
                .containsEntry("server idle:3306", "replica, 0 ms behind: " + Eligibility.NO_WEIGHT.meaning())
                .containsEntry("server stranger:3306", "unknown: " + Eligibility.NO_ROLE.meaning())
                .containsEntry(
                        "server gone:3306",
                        "replica, 0 ms behind: " + Eligibility.OFFLINE.meaning() + " (connection refused)");
    }

    @Test
    void tells_what_is_held_rejected_or_pins() {
        assertThat(explain("INSERT INTO t VALUES (1)")).containsEntry("destination", "held");
        assertThat(explain("STOP REPLICA"))
                .containsEntry("destination", "rejected")
                .containsEntry("reason", "fencing: STOP REPLICA");
        assertThat(explain("SELECT GET_LOCK('a', 1)")).containsEntry("pin", "NAMED_LOCK");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXPLAIN ROUTE SELECT 1",
                "explain/* why */ route\nSELECT 1",
                "DESC ROUTE INSERT INTO t VALUES ('a')",
                "EXPLAIN ROUTE (SELECT 1)"
            })
    void knows_a_question_about_a_route(String sql) {
        Statement statement = statement(sql);
        assertThat(statement.has(Trait.IS_EXPLAIN_ROUTE)).isTrue();
        assertThat(statement.statementClass()).isEqualTo(StatementClass.X);
        byte[] text = sql.getBytes(UTF_8);
        int start = ExplainRouteText.statementAt(text, text.length, LexContext.DEFAULT);
        assertThat(new String(text, start, text.length - start, UTF_8).trim()).matches("(SELECT|INSERT|\\().*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXPLAIN route", "DESC route col", "DESC `route` 'c%'", "EXPLAIN SELECT route FROM t"})
    void a_table_of_that_name_is_described_by_the_server(String sql) {
        assertThat(statement(sql).has(Trait.IS_EXPLAIN_ROUTE)).isFalse();
    }

    @Test
    void a_question_among_other_statements_is_no_read() {
        Statement statement = statement("SELECT 1; EXPLAIN ROUTE SELECT 1");
        assertThat(statement.statementClass()).isEqualTo(StatementClass.W);
    }

    private Map<String, String> explain(String sql) {
        return router.explain(RouteRequest.ofNewSession(statement(sql)), Topology.EMPTY)
                .facts();
    }

    private Statement statement(String sql) {
        byte[] bytes = sql.getBytes(UTF_8);
        return classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT.withMultiStatements(true));
    }

    private static Member member(String host, Role role, int weight, Duration lag, GtidSet executed) {
        return new Member(BackendAddress.parse(host), weight, role, true, null, "", lag, executed, 0, "");
    }
}
