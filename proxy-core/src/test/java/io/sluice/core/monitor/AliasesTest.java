// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Event.Observed;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names that move, and servers that are listed twice. */
class AliasesTest {
    private static final BackendAddress NAME = new BackendAddress("primary", 3306);

    private final FakeServer a = new FakeServer(1);
    private final FakeServer b = new FakeServer(2).follow(a);
    private TopologyState state = TopologyState.unprobed(listed(NAME, a.address, b.address), false);
    private long now = Duration.ofMillis(500).toNanos();

    @Test
    void a_server_by_two_addresses_is_one_source_and_no_replica() {
        round(a);
        assertThat(state.topology().source()).map(Member::address).contains(NAME);
        assertThat(state.topology().replicas()).extracting(Member::address).containsExactly(b.address);
        Member twin = member(a.address);
        assertThat(twin.role()).isEqualTo(Role.UNKNOWN);
        assertThat(twin.note()).isEqualTo("the same server as primary:3306, which serves");
    }

    @Test
    void the_name_of_the_source_moves_to_the_replica_that_was_promoted() {
        round(a);
        a.die(b);
        round(a);
        assertThat(state.topology().source()).isEmpty();

        b.promote();
        round(a);
        assertThat(state.topology().source()).map(Member::address).contains(b.address);

        round(b);
        assertThat(state.topology().source()).map(Member::address).contains(b.address);
        assertThat(member(NAME).note()).isEqualTo("the same server as db2:3306, which serves");
    }

    @Test
    void it_may_move_before_the_promotion_and_while_the_old_source_lives() {
        round(a);
        a.readOnly = true;
        round(b);
        assertThat(member(NAME).role()).isNotEqualTo(Role.SOURCE);
        b.promote();
        round(b);
        round(b);
        assertThat(state.topology().source()).map(Member::serverUuid).contains(b.uuid);
    }

    @Test
    void a_list_of_names_alone_is_enough() {
        state = TopologyState.unprobed(listed(NAME), false);
        see(NAME, a);
        assertThat(state.topology().source()).map(Member::serverUuid).contains(a.uuid);
        b.promote();
        see(NAME, b);
        assertThat(state.topology().source()).map(Member::serverUuid).contains(b.uuid);
    }

    @Test
    void when_the_address_that_serves_falls_silent_the_other_one_serves() {
        round(a);
        state = TopologyReducer.reduce(state, new Observed(lost(NAME)));
        now++;
        state = TopologyReducer.reduce(state, new Observed(lost(NAME)));
        see(a.address, a);
        assertThat(state.topology().source()).map(Member::address).contains(a.address);
    }

    private Observation lost(BackendAddress address) {
        return new Observation.Failure(address, now, now, Observation.Kind.TIMEOUT, false, "");
    }

    /** Each address is asked; behind the name is that server. */
    private void round(FakeServer named) {
        see(NAME, named);
        see(a.address, a);
        see(b.address, b);
    }

    private void see(BackendAddress address, FakeServer server) {
        now += Duration.ofMillis(100).toNanos();
        state = TopologyReducer.reduce(state, new Observed(server.observe(now, address)));
    }

    private Member member(BackendAddress address) {
        return state.topology().member(address).orElseThrow();
    }

    private static Map<BackendAddress, Integer> listed(BackendAddress... addresses) {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        for (BackendAddress address : addresses) {
            weights.put(address, 1);
        }
        return weights;
    }
}
