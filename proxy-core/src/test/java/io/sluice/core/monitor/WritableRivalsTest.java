// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Event.Suspected;
import io.sluice.core.monitor.GroupView.GroupMember;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.topology.BackendAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WritableRivalsTest {

    private final FakeServer a = new FakeServer(1);
    private final FakeServer b = new FakeServer(2).follow(a);
    private final FakeServer c = new FakeServer(3).follow(a);
    private TopologyState state = TopologyReducerTest.unprobed(a, b, c);
    private long now = 1;

    private void round(FakeServer... servers) {
        for (FakeServer server : servers) {
            now += 1_000_000;
            state = TopologyReducer.reduce(state, new Observed(server.observe(now)));
        }
    }

    private Set<BackendAddress> rivals() {
        return WritableRivals.in(state).rivals();
    }

    @Test
    void are_none_in_an_orderly_topology() {
        assertThat(WritableRivals.in(state)).isEqualTo(WritableRivals.NONE);
        round(a, b, c);
        assertThat(WritableRivals.in(state)).isEqualTo(WritableRivals.NONE);
    }

    @Test
    void are_those_that_are_writable_as_the_source_is() {
        round(a, b, c);
        b.promote();
        round(b, c, a);
        assertThat(WritableRivals.in(state)).isEqualTo(new WritableRivals(a.address, Set.of(b.address)));
        round(b);
        assertThat(rivals()).as("with every answer anew").containsExactly(b.address);
        round(a);
        assertThat(rivals()).containsExactly(b.address);
        b.readOnly = true;
        round(b);
        assertThat(rivals()).isEmpty();
    }

    @Test
    void are_an_old_source_that_comes_back() {
        round(a, b, c);
        a.die(b, c);
        round(a, b, c);
        b.promote();
        c.follow(b);
        round(b, c);
        a.failure = null;
        round(a, b);
        assertThat(WritableRivals.in(state)).isEqualTo(new WritableRivals(b.address, Set.of(a.address)));
    }

    @Test
    void are_none_while_nobody_knows_which_is_the_source() {
        c.promote();
        b.promote();
        round(a, b, c, a, b, c);
        assertThat(state.source()).isNull();
        assertThat(rivals()).isEmpty();
    }

    @Test
    void are_none_of_whom_it_is_uncertain() {
        round(a, b, c);
        b.promote();
        round(b, c, a);
        assertThat(rivals()).isNotEmpty();
        state = TopologyReducer.reduce(state, new Suspected(a.address, "connection reset"));
        assertThat(rivals()).as("the source may be gone").isEmpty();
        round(a);
        b.failure = Kind.TIMEOUT;
        round(b, a);
        assertThat(rivals()).as("its word is old").isEmpty();
    }

    @Test
    void are_not_the_source_by_another_name() {
        FakeServer alias = new FakeServer(1, "alias");
        alias.readOnly = true;
        state = TopologyReducerTest.unprobed(a, alias, c);
        round(a, alias, c);
        alias.readOnly = false;
        round(alias, a);
        assertThat(state.source()).isEqualTo(a.address);
        assertThat(rivals()).isEmpty();
    }

    @Test
    void are_not_members_of_a_group() {
        List<GroupMember> members =
                List.of(new GroupMember(a.uuid, "ONLINE", true), new GroupMember(b.uuid, "ONLINE", true));
        a.group = new GroupView(a.uuid, members, 0);
        b.promote();
        b.group = new GroupView(b.uuid, members, 0);
        round(a, b, c, a, b);
        assertThat(state.source()).isEqualTo(a.address);
        assertThat(rivals()).isEmpty();
    }
}
