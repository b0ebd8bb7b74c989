// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.Decision.Forward;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads in a Galera cluster, of sessions that have written. */
class ClusterSyncTest {
    private static final BackendAddress WRITER = BackendAddress.parse("writer");
    private static final BackendAddress OTHER = BackendAddress.parse("other");
    private static final BackendAddress REPLICA = BackendAddress.parse("replica");
    private static final long WROTE = 100;

    private final StatementClassifier classifier = new StatementClassifier(64);
    private final Router router = new Router(RoutingSettings.DEFAULT, new SplittableRandom(1));

    @Test
    void a_node_is_asked_to_wait_for_what_another_one_took() {
        Topology topology = cluster(0);
        assertThat(read(0, null, topology)).isEqualTo(forward(OTHER, Reason.READ_ON_REPLICA));
        assertThat(read(WROTE, WRITER, topology)).isEqualTo(forward(OTHER, Reason.READ_AFTER_WAIT));
        assertThat(read(WROTE, null, topology)).isEqualTo(forward(OTHER, Reason.READ_AFTER_WAIT));
        assertThat(read(WROTE, OTHER, topology)).as("its own").isEqualTo(forward(OTHER, Reason.READ_ON_REPLICA));
    }

    @Test
    void what_it_has_waited_for_it_has_until_the_servers_are_looked_at_again() {
        Topology topology = cluster(0);
        read(WROTE, WRITER, topology);
        router.caughtUp(OTHER, WROTE);
        assertThat(read(WROTE, WRITER, topology))
                .as("asked at that very moment")
                .isEqualTo(forward(OTHER, Reason.READ_AFTER_WAIT));
        router.caughtUp(OTHER, WROTE + 5);
        router.caughtUp(OTHER, WROTE + 2);
        assertThat(read(WROTE + 4, WRITER, topology)).isEqualTo(forward(OTHER, Reason.READ_ON_REPLICA));
        assertThat(read(WROTE + 5, WRITER, topology)).isEqualTo(forward(OTHER, Reason.READ_AFTER_WAIT));
        assertThat(read(WROTE, WRITER, cluster(0))).isEqualTo(forward(OTHER, Reason.READ_AFTER_WAIT));
    }

    @Test
    void a_node_that_was_asked_in_vain_is_left_alone_for_a_while() {
        long since = Duration.ofSeconds(7).toNanos();
        read(WROTE, WRITER, cluster(since));
        router.fellBehind(OTHER, since);
        for (long later : new long[] {0, 1, 5}) {
            Topology next = cluster(since + Duration.ofSeconds(later).toNanos());
            assertThat(read(WROTE, WRITER, next)).isEqualTo(forward(WRITER, Reason.NOT_YET_REPLICATED));
            assertThat(read(0, null, next)).isEqualTo(forward(OTHER, Reason.READ_ON_REPLICA));
        }
        Topology next = cluster(since + Duration.ofSeconds(5).toNanos() + 1);
        assertThat(read(WROTE, WRITER, next)).isEqualTo(forward(OTHER, Reason.READ_AFTER_WAIT));
    }

    @Test
    void no_read_waits_that_may_not() {
        RouteRequest hasty = request("SELECT 1", GtidSet.EMPTY, WROTE, WRITER, false);
        assertThat(router.route(hasty, cluster(0))).isEqualTo(forward(WRITER, Reason.NOT_YET_REPLICATED));
    }

    @Test
    void gtids_prove_nothing_since_each_node_counts_by_itself() {
        GtidSet gtids = GtidSet.parse("0-1-5");
        Topology topology = cluster(0);
        router.route(request("SELECT 1", gtids, 0, null, true), topology);
        router.reached(OTHER, gtids);
        router.caughtUp(OTHER, WROTE);
        assertThat(router.route(request("SELECT 1", gtids, 0, null, true), topology))
                .isEqualTo(forward(OTHER, Reason.READ_AFTER_WAIT));
    }

    @Test
    void the_node_chosen_for_writes_must_catch_up_with_what_the_one_before_took() {
        Topology topology = cluster(0);
        for (String sql : List.of("SELECT 1", "BEGIN", "UPDATE t SET a = 1")) {
            RouteRequest wroteThere = request(sql, GtidSet.EMPTY, WROTE, WRITER, false);
            RouteRequest wroteElsewhere = request(sql, GtidSet.EMPTY, WROTE, OTHER, false);
            router.route(wroteThere, topology);
            assertThat(router.mustCatchUp(WRITER, wroteThere)).isFalse();
            assertThat(router.mustCatchUp(WRITER, wroteElsewhere)).isTrue();
        }
        router.caughtUp(WRITER, WROTE + 1);
        assertThat(router.mustCatchUp(WRITER, request("BEGIN", GtidSet.EMPTY, WROTE, OTHER, false)))
                .isFalse();
        assertThat(router.mustCatchUp(WRITER, request("BEGIN", GtidSet.EMPTY, 0, null, false)))
                .isFalse();
        assertThat(router.mustCatchUp(REPLICA, request("BEGIN", GtidSet.EMPTY, WROTE, WRITER, false)))
                .as("in no cluster")
                .isFalse();
    }

    @Test
    void a_replica_of_a_node_goes_by_what_that_node_has_shown_since() {
        Topology early = new Topology(1, List.of(node(WRITER, Role.SOURCE, WROTE, "0-1-5"), replica("0-1-5")), "");
        assertThat(read(WROTE, WRITER, early)).isEqualTo(forward(WRITER, Reason.NOT_YET_REPLICATED));
        Topology late = new Topology(2, List.of(node(WRITER, Role.SOURCE, WROTE + 1, "0-1-5"), replica("0-1-5")), "");
        assertThat(read(WROTE, WRITER, late)).isEqualTo(forward(REPLICA, Reason.READ_ON_REPLICA));
        assertThat(read(WROTE, OTHER, late))
                .as("taken by a node that counts otherwise")
                .isEqualTo(forward(WRITER, Reason.NOT_YET_REPLICATED));
        Topology behind = new Topology(3, List.of(node(WRITER, Role.SOURCE, WROTE + 1, "0-1-5"), replica("0-1-4")), "");
        assertThat(read(WROTE, WRITER, behind)).isEqualTo(forward(WRITER, Reason.NOT_YET_REPLICATED));
    }

    private Decision read(long wrote, @Nullable BackendAddress on, Topology topology) {
        return router.route(request("SELECT 1", GtidSet.EMPTY, wrote, on, true), topology);
    }

    private RouteRequest request(String sql, GtidSet gtids, long wrote, @Nullable BackendAddress on, boolean mayWait) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return new RouteRequest(
                classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT),
                false,
                true,
                false,
                null,
                gtids,
                wrote,
                on,
                mayWait,
                Direction.NONE,
                0);
    }

    private static Forward forward(BackendAddress to, Reason reason) {
        return new Forward(to, to.equals(WRITER) ? Destination.SOURCE : Destination.REPLICA, reason);
    }

    private static Topology cluster(long observedAtNanos) {
        return new Topology(
                1,
                List.of(
                        node(WRITER, Role.SOURCE, observedAtNanos, "0-1-5"),
                        node(OTHER, Role.REPLICA, observedAtNanos, "")),
                "");
    }

    private static Member node(BackendAddress address, Role role, long observedAtNanos, String executed) {
        GtidSet gtids = GtidSet.parse(executed);
        return new Member(
                address, 1, role, true, null, "", Duration.ZERO, gtids, observedAtNanos, "", 0, true, false, true);
    }

    private static Member replica(String executed) {
        GtidSet gtids = GtidSet.parse(executed);
        return new Member(REPLICA, 1, Role.REPLICA, true, null, "", Duration.ZERO, gtids, 0, "");
    }
}
