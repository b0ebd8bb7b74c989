// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Event.Listed;
import io.sluice.core.monitor.Event.Observed;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the reducer makes of a list of servers that changes. */
class ListedServersTest {
    private final FakeServer a = new FakeServer(1);
    private final FakeServer b = new FakeServer(2).follow(a);
    private final FakeServer c = new FakeServer(3);
    private TopologyState state = TopologyState.unprobed(weights(a, b), false);
    private long now;

    @Test
    void a_server_that_joins_keeps_the_source_where_it_is() {
        observe(a, b);
        list(a, b, c);
        assertThat(source()).isEqualTo("db1:3306");
        assertThat(state.topology().members()).hasSize(3);
        observe(c);
        assertThat(source()).as("a writable one that joins proves nothing").isEqualTo("db1:3306");
    }

    @Test
    void a_writable_server_that_joins_does_not_replace_a_source_that_dies() {
        observe(a, b);
        list(a, b, c);
        observe(c);
        a.die(b);
        observe(a, b, c);
        assertThat(source()).isEqualTo("none");
    }

    @Test
    void before_there_is_a_source_those_that_join_are_waited_for() {
        list(a, b, c);
        observe(a, b);
        assertThat(source()).isEqualTo("none");
        c.follow(a);
        observe(c);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void a_replica_alone_finds_its_source_when_that_joins() {
        state = TopologyState.unprobed(weights(b), false);
        observe(b);
        assertThat(source()).isEqualTo("none");
        list(b, a);
        observe(a);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void another_one_becomes_the_source_when_the_source_is_taken_from_the_list() {
        observe(a, b);
        list(b, c);
        assertThat(source()).as("not all were asked").isEqualTo("none");
        observe(c);
        assertThat(source()).isEqualTo("db3:3306");
    }

    @Test
    void who_leaves_and_joins_again_is_unknown() {
        observe(a, b);
        list(a);
        list(a, b);
        Member again = state.topology().member(b.address).orElseThrow();
        assertThat(again.online()).isFalse();
        assertThat(again.version()).isNull();
    }

    @Test
    void weights_change_without_a_new_look() {
        observe(a, b);
        state = TopologyReducer.reduce(state, new Listed(Map.of(a.address, 1, b.address, 7)));
        Member member = state.topology().member(b.address).orElseThrow();
        assertThat(member.weight()).isEqualTo(7);
        assertThat(member.isOnlineReplica()).isTrue();
    }

    private void observe(FakeServer... servers) {
        for (FakeServer server : servers) {
            now += 1_000_000;
            state = TopologyReducer.reduce(state, new Observed(server.observe(now)));
        }
    }

    private void list(FakeServer... servers) {
        state = TopologyReducer.reduce(state, new Listed(weights(servers)));
    }

    private String source() {
        return state.topology()
                .source()
                .map(member -> member.address().toString())
                .orElse("none");
    }

    private static Map<BackendAddress, Integer> weights(FakeServer... servers) {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        for (FakeServer server : servers) {
            weights.put(server.address, 1);
        }
        return weights;
    }
}
