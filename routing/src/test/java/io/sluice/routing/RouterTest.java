// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.Decision.Forward;
import io.sluice.routing.Decision.Hold;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RouterTest {
    private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    private static final BackendAddress SOURCE = BackendAddress.parse("source");
    private static final BackendAddress ONE = BackendAddress.parse("one");
    private static final BackendAddress TWO = BackendAddress.parse("two");

    private final StatementClassifier classifier = new StatementClassifier(64);
    private final Router router = new Router(RoutingSettings.DEFAULT, new SplittableRandom(1));

    @Test
    void sends_a_read_to_a_replica_and_a_write_to_the_source() {
        assertForward(route("SELECT 1", healthy()), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        assertForward(route("UPDATE t SET a=1", healthy()), SOURCE, Destination.SOURCE, Reason.WRITE);
        assertForward(route("SELECT @@hostname", healthy()), SOURCE, Destination.SOURCE, Reason.SERVER_SPECIFIC_READ);
        assertForward(route("BEGIN", healthy()), SOURCE, Destination.SOURCE, Reason.TRANSACTION_CONTROL);
    }

    @Test
    void sends_transactions_to_a_replica_that_are_read_only_from_their_beginning() {
        String start = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
        assertForward(route(start, healthy()), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        assertForward(readOnlySession("SELECT 1"), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        assertForward(readOnlySession("BEGIN"), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        for (String other : List.of("START TRANSACTION READ WRITE", "XA START 'x'", "COMMIT AND CHAIN")) {
            assertForward(readOnlySession(other), SOURCE, Destination.SOURCE, Reason.TRANSACTION_CONTROL);
        }
        assertForward(readOnlySession("UPDATE t SET a=1"), SOURCE, Destination.SOURCE, Reason.WRITE);
        assertForward(readOnlySession("SELECT f()"), SOURCE, Destination.SOURCE, Reason.WRITE);
        assertForward(
                route("START TRANSACTION READ WRITE", healthy()),
                SOURCE,
                Destination.SOURCE,
                Reason.TRANSACTION_CONTROL);
        Topology lagging = topology(source(9), replica(ONE, 1, Duration.ofSeconds(11), 9));
        assertForward(route(start, lagging), SOURCE, Destination.SOURCE, Reason.REPLICAS_LAG);
        Router strict = new Router(new RoutingSettings(Duration.ofSeconds(1), true, false), new SplittableRandom(1));
        RouteRequest request = request(start, false, true, null, GtidSet.EMPTY, 0);
        assertForward(strict.route(request, healthy()), SOURCE, Destination.SOURCE, Reason.TRANSACTION_CONTROL);
    }

    /** With autocommit off and SET SESSION TRANSACTION READ ONLY. */
    private Decision readOnlySession(String sql) {
        RouteRequest plain = request(sql, false, false, null, GtidSet.EMPTY, 0);
        return router.route(
                new RouteRequest(plain.statement(), false, false, true, null, GtidSet.EMPTY, 0, false, 0), healthy());
    }

    @Test
    void stays_where_a_transaction_or_a_pin_is() {
        RouteRequest pinned = request("UPDATE t SET a=1", false, true, TWO, GtidSet.EMPTY, 0);
        assertForward(router.route(pinned, healthy()), TWO, Destination.SOURCE, Reason.PINNED);
        RouteRequest open = request("SELECT 1", true, true, ONE, GtidSet.EMPTY, 0);
        assertForward(router.route(open, healthy()), ONE, Destination.REPLICA, Reason.IN_TRANSACTION);
        RouteRequest lost = request("SELECT 1", true, true, null, GtidSet.EMPTY, 0);
        assertForward(router.route(lost, healthy()), SOURCE, Destination.SOURCE, Reason.IN_TRANSACTION);
    }

    @Test
    void sends_everything_to_the_source_while_autocommit_is_off() {
        RouteRequest request = request("SELECT 1", false, false, null, GtidSet.EMPTY, 0);
        assertForward(router.route(request, healthy()), SOURCE, Destination.SOURCE, Reason.AUTOCOMMIT_OFF);
    }

    @Test
    void gives_no_read_to_a_replica_without_weight_or_too_far_behind() {
        assertReason(Reason.NO_REPLICA, topology(source(9), replica(ONE, 0, Duration.ZERO, 9)));
        assertReason(Reason.REPLICAS_LAG, topology(source(9), replica(ONE, 1, Duration.ofSeconds(11), 9)));
        assertReason(Reason.REPLICAS_LAG, topology(source(9), replica(ONE, 1, null, 9)));
        assertReason(Reason.READ_ON_REPLICA, topology(source(9), replica(ONE, 1, Duration.ofSeconds(10), 9)));
        assertReason(Reason.NO_REPLICA, topology(source(9)));
    }

    @Test
    void reads_only_where_the_sessions_own_writes_are() {
        Topology topology = topology(source(9), replica(ONE, 1, Duration.ZERO, 4), replica(TWO, 1, Duration.ZERO, 5));
        RouteRequest wrote5 = request("SELECT 1", false, true, null, executed(5), 0);
        for (int i = 0; i < 20; i++) {
            assertForward(router.route(wrote5, topology), TWO, Destination.REPLICA, Reason.READ_ON_REPLICA);
        }
        RouteRequest wrote6 = request("SELECT 1", false, true, null, executed(6), 0);
        assertForward(router.route(wrote6, topology), SOURCE, Destination.SOURCE, Reason.NOT_YET_REPLICATED);
    }

    @Test
    void asks_a_replica_to_wait_for_the_sessions_writes_if_none_has_them() {
        Topology topology = topology(source(9), replica(ONE, 1, Duration.ZERO, 4), replica(TWO, 1, null, 4));
        assertForward(router.route(patient(6), topology), ONE, Destination.REPLICA, Reason.READ_AFTER_WAIT);
        assertForward(router.route(patient(4), topology), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
    }

    @Test
    void asks_no_replica_to_wait_while_another_one_has_the_writes() {
        Topology topology = topology(source(9), replica(ONE, 1, Duration.ZERO, 4), replica(TWO, 1, Duration.ZERO, 6));
        for (int i = 0; i < 20; i++) {
            assertForward(router.route(patient(6), topology), TWO, Destination.REPLICA, Reason.READ_ON_REPLICA);
        }
    }

    @Test
    void believes_what_a_replica_that_waited_has_proved_until_the_servers_are_looked_at_again() {
        Topology topology = topology(source(9), replica(ONE, 1, Duration.ZERO, 4));
        router.route(patient(6), topology);
        router.reached(ONE, executed(7));
        assertForward(router.route(patient(7), topology), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        assertForward(router.route(patient(8), topology), ONE, Destination.REPLICA, Reason.READ_AFTER_WAIT);

        Topology next = topology(source(9), replica(ONE, 1, Duration.ZERO, 4));
        assertForward(router.route(patient(7), next), ONE, Destination.REPLICA, Reason.READ_AFTER_WAIT);
    }

    @Test
    void asks_a_replica_that_waited_in_vain_no_more_until_the_servers_are_looked_at_again() {
        Topology topology = topology(source(9), replica(ONE, 1, Duration.ZERO, 4));
        router.route(patient(6), topology);
        router.missed(ONE);
        assertForward(router.route(patient(6), topology), SOURCE, Destination.SOURCE, Reason.NOT_YET_REPLICATED);

        Topology next = topology(source(9), replica(ONE, 1, Duration.ZERO, 4));
        assertForward(router.route(patient(6), next), ONE, Destination.REPLICA, Reason.READ_AFTER_WAIT);
    }

    @Test
    void does_not_wait_for_what_has_no_gtid() {
        Topology before = topology(source(9, 100), replica(ONE, 1, Duration.ZERO, 9));
        RouteRequest wrote = request("SELECT 1", false, true, null, executed(5), 100, true);
        assertForward(router.route(wrote, before), SOURCE, Destination.SOURCE, Reason.NOT_YET_REPLICATED);
    }

    @Test
    void waits_for_a_newer_look_at_the_source_after_a_write_without_a_gtid() {
        RouteRequest wrote = request("SELECT 1", false, true, null, GtidSet.EMPTY, 100);
        Topology before = topology(source(9, 100), replica(ONE, 1, Duration.ZERO, 9));
        assertForward(router.route(wrote, before), SOURCE, Destination.SOURCE, Reason.NOT_YET_REPLICATED);
        Topology behind = topology(source(9, 101), replica(ONE, 1, Duration.ZERO, 8));
        assertForward(router.route(wrote, behind), SOURCE, Destination.SOURCE, Reason.NOT_YET_REPLICATED);
        Topology after = topology(source(9, 101), replica(ONE, 1, Duration.ZERO, 9));
        assertForward(router.route(wrote, after), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
    }

    @Test
    void goes_on_reading_without_a_source_where_that_is_safe() {
        Topology orphans = topology(replica(ONE, 1, null, 5));
        assertForward(route("SELECT 1", orphans), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        assertThat(route("UPDATE t SET a=1", orphans)).isEqualTo(new Hold(Reason.NO_SOURCE));
        RouteRequest wrote6 = request("SELECT 1", false, true, null, executed(6), 0);
        assertThat(router.route(wrote6, orphans)).isEqualTo(new Hold(Reason.NO_SOURCE));
        RouteRequest unknown = request("SELECT 1", false, true, null, GtidSet.EMPTY, 100);
        assertThat(router.route(unknown, orphans)).isEqualTo(new Hold(Reason.NO_SOURCE));
        assertThat(route("SELECT 1", Topology.EMPTY)).isEqualTo(new Hold(Reason.NO_SOURCE));
    }

    @Test
    void lets_drivers_log_in_on_a_replica_while_there_is_no_source() {
        Topology orphans = topology(replica(ONE, 1, null, 5));
        assertForward(route("SELECT @@server_id", orphans), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        assertForward(route("SET NAMES utf8mb4", orphans), ONE, Destination.REPLICA, Reason.READ_ON_REPLICA);
        assertThat(route("SET @a=@b", orphans)).isEqualTo(new Hold(Reason.NO_SOURCE));
    }

    @Test
    void refuses_what_would_change_the_source_unless_allowed_to() {
        assertThat(route("STOP REPLICA", healthy())).isEqualTo(new Decision.Reject(Refusal.FENCING));
        Router lenient = new Router(new RoutingSettings(Duration.ofSeconds(1), false, false), new SplittableRandom(1));
        RouteRequest request = request("STOP REPLICA", false, true, null, GtidSet.EMPTY, 0);
        assertForward(lenient.route(request, healthy()), SOURCE, Destination.SOURCE, Reason.ADMINISTRATION);
    }

    @Test
    void sends_nothing_but_reads_and_kept_leases_to_replicas_whatever_the_request() {
        Topology topology = healthy();
        Seeds.forEach(2_000, random -> {
            Router dice = new Router(RoutingSettings.DEFAULT, new SplittableRandom(random.nextLong()));
            String[] texts = {"SELECT 1", "SELECT f()", "UPDATE t SET a=1", "SET @a=1", "BEGIN", "SHOW WARNINGS"};
            RouteRequest request = request(
                    texts[random.nextInt(texts.length)],
                    random.nextBoolean(),
                    random.nextBoolean(),
                    null,
                    random.nextBoolean() ? GtidSet.EMPTY : executed(5 + random.nextInt(10)),
                    0);
            Forward forward = (Forward) dice.route(request, topology);
            if (forward.destination() == Destination.REPLICA) {
                Member chosen = topology.member(forward.backend()).orElseThrow();
                assertThat(request.statement().statementClass()).isEqualTo(StatementClass.R);
                assertThat(request.autocommit()).isTrue();
                assertThat(request.inTransaction()).isFalse();
                assertThat(chosen.executed().contains(request.requiredGtids())).isTrue();
            }
        });
    }

    @Test
    void gives_the_same_decision_object_again() {
        Topology topology = healthy();
        assertThat(route("SELECT 1", topology)).isSameAs(route("SELECT 2", topology));
    }

    private Decision route(String sql, Topology topology) {
        return router.route(request(sql, false, true, null, GtidSet.EMPTY, 0), topology);
    }

    @Test
    void stays_with_the_source_after_a_write_that_no_gtid_will_show() {
        Member source = new Member(SOURCE, 1, Role.SOURCE, true, null, "", Duration.ZERO, GtidSet.EMPTY, 10, "");
        Member other = new Member(ONE, 1, Role.REPLICA, true, null, "", Duration.ZERO, GtidSet.EMPTY, 10, "");
        RouteRequest wrote = request("SELECT 1", false, true, null, GtidSet.EMPTY, 5, true);
        assertForward(
                router.route(wrote, topology(source, other)), SOURCE, Destination.SOURCE, Reason.NOT_YET_REPLICATED);
        assertForward(
                router.route(patient(6), topology(source, other)),
                SOURCE,
                Destination.SOURCE,
                Reason.NOT_YET_REPLICATED);
        assertReason(Reason.READ_ON_REPLICA, topology(source, other));
    }

    @Test
    void gives_no_read_to_a_replica_that_must_serve_none() {
        Member sound = replica(ONE, 1, Duration.ZERO, 9);
        Member excluded = new Member(
                ONE,
                1,
                Role.REPLICA,
                true,
                null,
                "",
                sound.lag(),
                sound.executed(),
                0,
                "errant",
                3,
                false,
                false,
                false);
        assertReason(Reason.NO_REPLICA, topology(source(9), excluded));
        assertThat(route("SELECT 1", topology(excluded))).isInstanceOf(Hold.class);
        assertThat(excluded.offline("drained").readable()).isFalse();
    }

    private RouteRequest request(
            String sql, boolean inTransaction, boolean autocommit, BackendAddress pinned, GtidSet gtids, long written) {
        return request(sql, inTransaction, autocommit, pinned, gtids, written, false);
    }

    /** A read of a session that has written up to this number, and may wait for it. */
    private RouteRequest patient(int wrote) {
        return request("SELECT 1", false, true, null, executed(wrote), 0, true);
    }

    private RouteRequest request(
            String sql,
            boolean inTransaction,
            boolean autocommit,
            BackendAddress pinned,
            GtidSet gtids,
            long written,
            boolean mayWait) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        Statement statement = classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT);
        return new RouteRequest(statement, inTransaction, autocommit, false, pinned, gtids, written, mayWait, 0);
    }

    private void assertReason(Reason reason, Topology topology) {
        assertThat(((Forward) route("SELECT 1", topology)).reason()).isEqualTo(reason);
    }

    private static void assertForward(Decision decision, BackendAddress to, Destination destination, Reason reason) {
        assertThat(decision).isEqualTo(new Forward(to, destination, reason));
    }

    private static Topology healthy() {
        return topology(source(9), replica(ONE, 1, Duration.ZERO, 9));
    }

    private static Topology topology(Member... members) {
        return new Topology(1, List.copyOf(new ArrayList<>(List.of(members))), "");
    }

    private static Member source(int executed) {
        return source(executed, 0);
    }

    private static Member source(int executed, long observedAt) {
        return new Member(SOURCE, 1, Role.SOURCE, true, null, UUID, Duration.ZERO, executed(executed), observedAt, "");
    }

    private static Member replica(BackendAddress address, int weight, Duration lag, int executed) {
        return new Member(address, weight, Role.REPLICA, true, null, "", lag, executed(executed), 0, "");
    }

    private static GtidSet executed(int last) {
        return GtidSet.parse(UUID + ":1-" + last);
    }
}
