// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WritesTest {
    private final Writes writes = new Writes(true);

    @Test
    void exchanges_the_time_of_a_write_for_what_the_source_had_later() {
        writes.addAt(100);
        writes.settle(topology(100, "1-5", "1-4"));
        assertThat(writes.all().atNanos()).isEqualTo(100);

        writes.settle(topology(101, "1-6", "1-4"));
        assertThat(writes.all().atNanos()).isZero();
        assertThat(writes.all().gtids()).isEqualTo(set("1-6"));
    }

    @Test
    void forgets_many_intervals_once_every_replica_has_them() {
        addEverySecond(100);
        writes.settle(topology(1, "1-300", "1-150"));
        assertThat(writes.all().gtids().intervals())
                .as("filled by what the source has")
                .isOne();

        Writes others = new Writes(true);
        others.add(writes);
        addEverySecond(1000);
        writes.settle(topology(2, "1-3000", "1-3000"));
        assertThat(writes.all().gtids().isEmpty()).isTrue();
        assertThat(others.all().gtids()).isEqualTo(set("1-300"));
    }

    @Test
    void keeps_the_later_time_of_two_and_all_gtids() {
        writes.addAt(5);
        writes.add(set("1-3"));
        Writes others = new Writes(true);
        others.addAt(7);
        others.add(set("9"));

        writes.add(others);

        assertThat(writes.all().atNanos()).isEqualTo(7);
        assertThat(writes.all().gtids()).isEqualTo(set("1-3:9"));
    }

    @Test
    void the_node_is_that_of_the_latest_write_in_whatever_order_they_are_told() {
        BackendAddress one = BackendAddress.parse("one");
        BackendAddress other = BackendAddress.parse("other");
        writes.addAt(7, one, null);
        writes.addAt(5, other, null);
        assertThat(writes.all()).isEqualTo(new WriteMark(GtidSet.EMPTY, 7, one));
        writes.addAt(8, other, null);
        assertThat(writes.all()).isEqualTo(new WriteMark(GtidSet.EMPTY, 8, other));
        writes.addAt(9);
        assertThat(writes.all()).isEqualTo(new WriteMark(GtidSet.EMPTY, 9, null));
    }

    @Test
    void a_write_at_the_clocks_zero_counts() {
        writes.addAt(0);
        assertThat(writes.all().atNanos()).isNotZero();
    }

    private void addEverySecond(int count) {
        for (int i = 1; i <= count; i++) {
            writes.add(set(Integer.toString(2 * i)));
        }
    }

    private static GtidSet set(String intervals) {
        return GtidSet.parse(SessionBench.UUID + ":" + intervals);
    }

    private static Topology topology(long observedAt, String ofSource, String ofReplica) {
        return new Topology(
                1,
                List.of(
                        member("source", Role.SOURCE, ofSource, observedAt),
                        member("replica", Role.REPLICA, ofReplica, observedAt)),
                "");
    }

    private static Member member(String host, Role role, String executed, long observedAt) {
        return new Member(
                BackendAddress.parse(host), 1, role, true, null, host, Duration.ZERO, set(executed), observedAt, "");
    }
}
