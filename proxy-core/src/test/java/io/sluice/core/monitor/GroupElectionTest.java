// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.GroupView.GroupMember;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupElectionTest extends ElectionFixture {

    @Test
    void takes_the_primary_of_the_group() {
        form(b, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(state.topology().replicas()).extracting(Member::address).containsExactly(a.address, c.address);
        assertThat(state.topology().replicas()).allMatch(member -> member.lag() != null);
    }

    @Test
    void follows_the_group_to_another_primary_whatever_was_before() {
        form(a, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        form(b, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        form(a, "ONLINE", "ONLINE", "ONLINE");
        round(b, c, a);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void keeps_reads_from_a_member_that_recovers() {
        form(a, "ONLINE", "RECOVERING", "ONLINE");
        round(a, b, c);
        assertThat(member(b).lag()).isNull();
        assertThat(member(b).note()).isEqualTo("is RECOVERING in its replication group");
        assertThat(member(c).lag()).isNotNull();
    }

    @Test
    void keeps_reads_from_a_member_with_a_queue_that_nothing_bounds() {
        form(a, "ONLINE", "ONLINE", "ONLINE");
        b.executed = GtidSet.EMPTY;
        b.group = new GroupView(b.uuid, view(a, "ONLINE", "ONLINE", "ONLINE"), 7);
        round(a, b, c);
        assertThat(member(b).lag()).isNull();
        assertThat(member(b).note()).isEqualTo("lag unknown: applies 7 transactions of its replication group");
    }

    @Test
    void holds_writes_when_the_quorum_is_lost_and_reads_on() {
        form(a, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        a.group = new GroupView(a.uuid, view(a, "ONLINE", "UNREACHABLE", "UNREACHABLE"), 0);
        b.die();
        c.die();
        round(a, b, c);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note()).isEqualTo("the replication group of db1:3306 has lost its quorum");
        assertThat(member(a).role()).isEqualTo(Role.REPLICA);
        assertThat(member(a).lag()).isNotNull();
        a.group = new GroupView(a.uuid, List.of(new GroupMember(a.uuid, "ONLINE", true)), 0);
        round(a);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void gives_nothing_to_a_primary_in_the_minority() {
        form(a, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        a.group = new GroupView(a.uuid, view(a, "ONLINE", "UNREACHABLE", "UNREACHABLE"), 0);
        List<GroupMember> rest =
                List.of(new GroupMember(b.uuid, "ONLINE", true), new GroupMember(c.uuid, "ONLINE", false));
        b.group = new GroupView(b.uuid, rest, 0);
        b.readOnly = false;
        c.group = new GroupView(c.uuid, rest, 0);
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(a).lag()).isNull();
        assertThat(member(a).note()).isEqualTo("is in the minority of its replication group");
    }

    @Test
    void believes_the_others_when_the_primary_hangs_and_they_have_another() {
        form(a, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        a.failure = Kind.TIMEOUT;
        round(a);
        List<GroupMember> rest =
                List.of(new GroupMember(b.uuid, "ONLINE", true), new GroupMember(c.uuid, "ONLINE", false));
        b.group = new GroupView(b.uuid, rest, 0);
        b.readOnly = false;
        c.group = new GroupView(c.uuid, rest, 0);
        round(b);
        assertThat(source()).as("db1 is still online").isEqualTo("db2:3306");
    }

    @Test
    void keeps_one_of_many_primaries() {
        form(null, "ONLINE", "ONLINE", "ONLINE");
        round(b, c, a);
        String first = source();
        assertThat(first).isEqualTo("db1:3306");
        round(c, a, b, c, a);
        assertThat(source()).isEqualTo(first);
        assertThat(state.topology().replicas()).hasSize(2);
        a.die();
        List<GroupMember> rest =
                List.of(new GroupMember(b.uuid, "ONLINE", true), new GroupMember(c.uuid, "ONLINE", true));
        b.group = new GroupView(b.uuid, rest, 0);
        c.group = new GroupView(c.uuid, rest, 0);
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        a.failure = null;
        form(null, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        assertThat(source()).as("stays where it is").isEqualTo("db2:3306");
    }

    @Test
    void gives_nothing_to_a_member_that_comes_back_outside_the_group() {
        form(a, "ONLINE", "ONLINE", "ONLINE");
        round(a, b, c);
        a.group = null;
        List<GroupMember> rest =
                List.of(new GroupMember(b.uuid, "ONLINE", true), new GroupMember(c.uuid, "ONLINE", false));
        b.group = new GroupView(b.uuid, rest, 0);
        b.readOnly = false;
        c.group = new GroupView(c.uuid, rest, 0);
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(a).role()).isEqualTo(Role.UNKNOWN);
    }

    @Test
    void refuses_two_groups() {
        a.group = new GroupView(a.uuid, List.of(new GroupMember(a.uuid, "ONLINE", true)), 0);
        b.group = new GroupView(b.uuid, List.of(new GroupMember(b.uuid, "ONLINE", true)), 0);
        c.die();
        round(a, b, c);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note()).isEqualTo("two replication groups: db1:3306 and db2:3306");
    }

    /** @param primary null if all of them are */
    private void form(@Nullable FakeServer primary, String... states) {
        List<GroupMember> members = view(primary, states);
        for (FakeServer server : List.of(a, b, c)) {
            server.group = new GroupView(server.uuid, members, 0);
            server.readOnly = primary != null && server != primary;
        }
    }

    private List<GroupMember> view(@Nullable FakeServer primary, String... states) {
        List<GroupMember> members = new ArrayList<>();
        for (FakeServer server : List.of(a, b, c)) {
            members.add(new GroupMember(server.uuid, states[members.size()], primary == null || server == primary));
        }
        return members;
    }
}
