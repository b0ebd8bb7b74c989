// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeposedSourcesTest {
    private static final BackendAddress A = new BackendAddress("a", 3306);
    private static final BackendAddress B = new BackendAddress("b", 3306);

    private final DeposedSources deposed = new DeposedSources();

    @Test
    void a_source_that_dies_is_lost_when_another_takes_over() {
        assertThat(deposed.lostBy(topology(a(Role.SOURCE, true, 1), b(Role.REPLICA, 1))))
                .isEmpty();
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, false, 1), b(Role.REPLICA, 2))))
                .as("it may come back")
                .isEmpty();
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, false, 1), b(Role.SOURCE, 3))))
                .containsExactly(A);
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, false, 1), b(Role.SOURCE, 4))))
                .as("it was told once")
                .isEmpty();
    }

    @Test
    void a_source_that_hangs_is_lost_when_that_shows() {
        assertThat(deposed.lostBy(topology(a(Role.SOURCE, true, 1), b(Role.REPLICA, 1))))
                .isEmpty();
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, true, 1), b(Role.SOURCE, 2))))
                .isEmpty();
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, false, 1), b(Role.SOURCE, 3))))
                .containsExactly(A);
    }

    @Test
    void a_source_that_was_switched_over_keeps_its_statements() {
        deposed.lostBy(topology(a(Role.SOURCE, true, 1), b(Role.REPLICA, 1)));
        deposed.lostBy(topology(a(Role.REPLICA, true, 1), b(Role.SOURCE, 2)));
        deposed.lostBy(topology(a(Role.REPLICA, true, 3), b(Role.SOURCE, 2)));
        assertThat(deposed.lostBy(topology(a(Role.REPLICA, false, 3), b(Role.SOURCE, 4))))
                .as("it goes offline later, as any replica may")
                .isEmpty();
    }

    @Test
    void a_source_that_still_takes_writes_is_lost() {
        deposed.lostBy(topology(a(Role.SOURCE, true, 1), b(Role.REPLICA, 1)));
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, true, 1), b(Role.SOURCE, 2))))
                .as("that was before")
                .isEmpty();
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, true, 3), b(Role.SOURCE, 2))))
                .containsExactly(A);
        assertThat(deposed.lostBy(topology(a(Role.UNKNOWN, true, 4), b(Role.SOURCE, 4))))
                .as("it was told once")
                .isEmpty();
    }

    @Test
    void a_source_that_returns_to_its_place_is_no_longer_replaced() {
        deposed.lostBy(topology(a(Role.SOURCE, true, 1), b(Role.REPLICA, 1)));
        deposed.lostBy(topology(a(Role.UNKNOWN, true, 1), b(Role.SOURCE, 2)));
        deposed.lostBy(topology(a(Role.SOURCE, true, 3), b(Role.REPLICA, 3)));
        assertThat(deposed.lostBy(topology(a(Role.SOURCE, false, 3), b(Role.REPLICA, 4))))
                .isEmpty();
    }

    private static Topology topology(Member... members) {
        return new Topology(1, List.of(members), "");
    }

    private static Member a(Role role, boolean online, long observed) {
        return member(A, role, online, observed);
    }

    private static Member b(Role role, long observed) {
        return member(B, role, true, observed);
    }

    private static Member member(BackendAddress address, Role role, boolean online, long observed) {
        return new Member(address, 1, role, online, null, "", Duration.ZERO, GtidSet.EMPTY, observed, "");
    }
}
