// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hints and hostgroups change about where a statement goes, and what they do not. */
final class DirectionTest {
    private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private static final Topology SERVERS = new Topology(
            1,
            List.of(
                    member("source", Role.SOURCE, 0),
                    member("near", Role.REPLICA, 0),
                    member("far", Role.REPLICA, 5000),
                    member("late", Role.REPLICA, 60_000)),
            "");

    private final StatementClassifier classifier = new StatementClassifier(64);
    private final Router router = new Router(RoutingSettings.DEFAULT, new SplittableRandom(1));
    private final Hostgroups hostgroups = new Hostgroups(
            List.of(
                    Hostgroup.ofMembers(2, "reports", addresses("late", "gone"), Duration.ofMinutes(5)),
                    Hostgroup.ofMembers(3, "", addresses("source", "far"), null)),
            Map.of("careful", 0, "reports", 2));

    @Test
    void a_hint_sends_a_read_to_the_source() {
        assertThat(sentTo("/* sluice:source */ SELECT a FROM t")).containsOnly("source");
        assertThat(sentTo("SELECT a FROM t /* hostgroup=0 */")).containsOnly("source");
        assertThat(explain("/* sluice:source */ SELECT a FROM t").reason()).isEqualTo("hint");
    }

    @Test
    void a_hint_says_how_far_behind_a_replica_may_be() {
        assertThat(sentTo("SELECT a FROM t")).containsOnly("near", "far");
        assertThat(sentTo("/* sluice:max_lag=200ms */ SELECT a FROM t")).containsOnly("near");
        assertThat(sentTo("/* sluice:max_lag=2m */ SELECT a FROM t")).containsOnly("near", "far", "late");
        assertThat(sentTo("/* sluice:replica */ SELECT a FROM t")).containsOnly("near", "far");
    }

    @Test
    void a_hostgroup_has_its_own_members_and_lag() {
        assertThat(sentTo("/* hostgroup=2 */ SELECT a FROM t")).containsOnly("late");
        assertThat(sentTo("/* hostgroup=3 */ SELECT a FROM t")).containsOnly("source", "far");
        assertThat(sentTo("/* hostgroup=2 sluice:max_lag=1m */ SELECT a FROM t"))
                .containsOnly("late");
        assertThat(sentTo("/* hostgroup=2 sluice:max_lag=1s */ SELECT a FROM t"))
                .as("none of it is fresh enough")
                .containsOnly("source");
    }

    @Test
    void a_hostgroup_does_not_show_a_session_less_than_it_has_written() {
        RouteRequest wrote = new RouteRequest(
                classify("SELECT a FROM t"), false, true, false, null, GtidSet.parse(UUID + ":1-9"), 0, false, 0);
        Decision decision = router.route(
                wrote.directed(hostgroups.direct(hints("/* hostgroup=2 */ DO 0"), Direction.NONE)), SERVERS);
        assertThat(decision)
                .isEqualTo(new Decision.Forward(
                        BackendAddress.parse("source"), Destination.SOURCE, Reason.NOT_YET_REPLICATED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE t SET a = 1",
                "SELECT a FROM t FOR UPDATE",
                "SELECT f()",
                "CREATE TABLE t (a INT)",
                "BEGIN",
                "SET @a = 1",
                "SELECT 1; UPDATE t SET a = 1"
            })
    void no_hint_moves_anything_but_reads(String sql) {
        assertThat(sentTo("/* sluice:replica */ " + sql)).containsOnly("source");
        assertThat(sentTo("/* hostgroup=1 */ " + sql)).containsOnly("source");
        assertThat(sentTo("/* hostgroup=2 */ " + sql)).containsOnly("source");
    }

    @Test
    void a_transaction_or_a_pin_stays_where_it_is() {
        Statement read = classify("SELECT a FROM t");
        RouteRequest open =
                new RouteRequest(read, true, true, false, BackendAddress.parse("near"), GtidSet.EMPTY, 0, false, 0);
        assertThat(router.route(
                        open.directed(hostgroups.direct(hints("/* sluice:source */ DO 0"), Direction.NONE)), SERVERS))
                .isEqualTo(
                        new Decision.Forward(BackendAddress.parse("near"), Destination.REPLICA, Reason.IN_TRANSACTION));
    }

    @Test
    void an_explanation_shows_what_was_heeded_and_what_not() {
        assertThat(explain("/* sluice:hostgroup=2 sluice:sorcery */ SELECT a FROM t")
                        .facts())
                .containsEntry("directed", "hint hostgroup 2 (reports), unknown hint sluice:sorcery")
                .containsEntry("server late:3306", "replica, 60000 ms behind: " + Eligibility.FRESH.meaning())
                .containsEntry("server near:3306", "replica, 0 ms behind: " + Eligibility.NOT_WANTED.meaning());
        assertThat(explain("/* hostgroup=9 */ SELECT a FROM t").facts())
                .containsEntry("directed", "there is no hostgroup 9")
                .containsEntry("destination", "replica");
        assertThat(explain("SELECT a FROM t").facts()).doesNotContainKey("directed");
    }

    @Test
    void configured_hostgroups_may_take_the_place_of_0_and_1() {
        Hostgroups swapped =
                new Hostgroups(List.of(Hostgroup.ofReplicas(0, "", null), Hostgroup.ofSource(1, "")), Map.of());
        assertThat(swapped.direct(hints("/* hostgroup=1 */ SELECT 1"), Direction.NONE)
                        .toSource())
                .isTrue();
        assertThat(swapped.direct(hints("/* hostgroup=0 */ SELECT 1"), Direction.NONE)
                        .toSource())
                .isFalse();
        assertThat(swapped.direct(hints("/* sluice:source */ SELECT 1"), Direction.NONE)
                        .toSource())
                .isTrue();
    }

    @Test
    void a_hint_goes_before_the_users_default() {
        Direction careful = hostgroups.ofUser("careful");
        assertThat(careful.toSource()).isTrue();
        assertThat(hostgroups.ofUser("other")).isSameAs(Direction.NONE);
        assertThat(hostgroups.direct(hints("SELECT 1"), careful)).isSameAs(careful);
        assertThat(hostgroups
                        .direct(hints("/* sluice:replica */ SELECT 1"), careful)
                        .toSource())
                .isFalse();
        Direction tight = hostgroups.direct(hints("/* sluice:max_lag=1s */ SELECT 1"), hostgroups.ofUser("reports"));
        assertThat(tight.toMembers()).isTrue();
        assertThat(tight.maxLag()).isEqualTo(Duration.ofSeconds(1));
        assertThat(tight.origin()).isEqualTo("hint max_lag 1000 ms, default hostgroup 2 (reports) of reports");
    }

    private List<String> sentTo(String sql) {
        return java.util.stream.IntStream.range(0, 60)
                .mapToObj(i -> explain(sql).decision())
                .map(decision -> ((Decision.Forward) decision).backend().host())
                .distinct()
                .toList();
    }

    private Explanation explain(String sql) {
        Statement statement = classify(sql);
        return router.explain(
                RouteRequest.ofNewSession(statement).directed(hostgroups.direct(classifier.hints(), Direction.NONE)),
                SERVERS);
    }

    private io.sluice.routing.hint.Hints hints(String sql) {
        classify(sql);
        return classifier.hints();
    }

    private Statement classify(String sql) {
        byte[] bytes = sql.getBytes(UTF_8);
        return classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT.withMultiStatements(true));
    }

    private static Set<BackendAddress> addresses(String... hosts) {
        return Set.of(hosts).stream()
                .map(BackendAddress::parse)
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }

    private static Member member(String host, Role role, long lagMillis) {
        GtidSet executed = GtidSet.parse(UUID + (role == Role.SOURCE ? ":1-9" : ":1-5"));
        return new Member(
                BackendAddress.parse(host), 1, role, true, null, "", Duration.ofMillis(lagMillis), executed, 0, "");
    }
}
