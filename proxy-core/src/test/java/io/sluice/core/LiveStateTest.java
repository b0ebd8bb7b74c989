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

final class LiveStateTest {
    private static final BackendAddress A = new BackendAddress("a", 3306);
    private static final BackendAddress B = new BackendAddress("b", 3306);

    @Test
    void a_replica_that_went_offline_has_fallen_silent_once() {
        Topology before = topology(member(A, Role.SOURCE, true), member(B, Role.REPLICA, true));
        Topology after = topology(member(A, Role.SOURCE, true), member(B, Role.REPLICA, false));
        assertThat(LiveState.fallenSilent(before, after)).containsExactly(B);
        assertThat(LiveState.fallenSilent(after, after)).isEmpty();
        assertThat(LiveState.fallenSilent(before, before)).isEmpty();
    }

    @Test
    void a_source_that_went_offline_may_come_back_with_its_answers() {
        Topology before = topology(member(A, Role.SOURCE, true), member(B, Role.REPLICA, true));
        Topology after = topology(member(A, Role.UNKNOWN, false), member(B, Role.REPLICA, true));
        assertThat(LiveState.fallenSilent(before, after)).isEmpty();
        assertThat(LiveState.wentOffline(before, after))
                .as("but nobody gets a connection that was opened before")
                .containsExactly(A);
    }

    @Test
    void another_server_behind_an_address_is_noticed_where_servers_have_names_of_their_own() {
        Topology before = topology(member(A, "u1"), member(B, "u2"));
        assertThat(LiveState.exchanged(before, before)).isEmpty();
        assertThat(LiveState.exchanged(before, topology(member(A, "u3"), member(B, "u2"))))
                .containsExactly(A);
        assertThat(LiveState.exchanged(before, topology(member(A, ""), member(B, "u2"))))
                .as("not asked yet")
                .isEmpty();
        assertThat(LiveState.exchanged(topology(member(A, "")), topology(member(A, ""))))
                .as("MariaDB")
                .isEmpty();
    }

    private static Member member(BackendAddress address, String uuid) {
        return new Member(address, 1, Role.REPLICA, true, null, uuid, Duration.ZERO, GtidSet.EMPTY, 1, "");
    }

    private static Topology topology(Member... members) {
        return new Topology(1, List.of(members), "");
    }

    private static Member member(BackendAddress address, Role role, boolean online) {
        return new Member(address, 1, role, online, null, "", Duration.ZERO, GtidSet.EMPTY, 1, "");
    }
}
