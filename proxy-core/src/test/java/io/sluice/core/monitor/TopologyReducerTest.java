// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Channel.Receiver;
import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Event.Suspected;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

class TopologyReducerTest {

    private static final long INTERVAL = Duration.ofMillis(500).toNanos();

    private final FakeServer a = new FakeServer(1);
    private final FakeServer b = new FakeServer(2).follow(a);
    private final FakeServer c = new FakeServer(3).follow(a);
    private TopologyState state = unprobed(a, b, c);
    private long now = INTERVAL;

    @Test
    void finds_the_writable_server_that_others_follow() {
        round(a, b, c);
        assertThat(source()).isEqualTo("db1:3306");
        assertThat(state.topology().replicas()).extracting(Member::address).containsExactly(b.address, c.address);
        assertThat(state.topology().replicas()).allMatch(member -> Duration.ZERO.equals(member.lag()));
        assertThat(state.why()).isEqualTo("the only writable server, followed by db2:3306, db3:3306");
    }

    @Test
    void names_no_source_before_every_server_was_asked() {
        round(a, b);
        assertThatNote().contains("waiting for the first answer of db3:3306");
        c.failure = Kind.TIMEOUT;
        round(c);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void believes_a_broken_connection_and_a_refusal_at_once() {
        round(a, b, c);
        a.die(b, c);
        round(a);
        assertThat(source()).isEqualTo("none");
        assertThat(member(a).note()).isEqualTo("connection refused");
    }

    @Test
    void believes_a_lost_probe_only_the_second_time() {
        round(a, b, c);
        a.failure = Kind.TIMEOUT;
        round(a);
        assertThat(source()).isEqualTo("db1:3306");
        assertThat(state.isUneasy()).isTrue();
        round(a);
        assertThat(source()).isEqualTo("none");
    }

    @Test
    void names_the_source_that_is_gone_and_why() {
        round(a, b, c);
        a.die(b, c);
        round(a, b, c);
        assertThatNote().isEqualTo("no writable server is online; the source db1:3306: connection refused");
    }

    @Test
    void takes_a_source_from_which_replicas_receive_for_cut_off_and_no_other_in_its_place() {
        round(a, b, c);
        a.failure = Kind.UNREACHABLE;
        round(a, a, b, c);
        assertThat(source()).isEqualTo("none");
        assertThatNote()
                .isEqualTo("no writable server is online; the source db1:3306: no way to it,"
                        + " but db2:3306 and db3:3306 receive from it:"
                        + " it is cut off from here, or hangs, rather than dead");
        b.promote();
        round(b);
        assertThat(source()).isEqualTo("none");
        assertThatNote()
                .isEqualTo("db2:3306 is writable, but nobody follows it; the source db1:3306: no way to it,"
                        + " but db3:3306 receives from it: it is cut off from here, or hangs, rather than dead");
        a.failure = null;
        round(a, b, c);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void waits_for_what_a_replica_says_of_a_silent_source_before_it_takes_another_one() {
        round(a, b, c);
        a.failure = Kind.HUNG;
        b.promote();
        round(a, a, b);
        assertThat(source()).isEqualTo("none");
        assertThatNote()
                .isEqualTo("db2:3306 is writable, but nobody follows it;"
                        + " waiting for what db3:3306 says of the source db1:3306");
        c.receiver = Receiver.CONNECTING;
        round(c);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void takes_a_promoted_replica_that_another_one_follows_whatever_a_third_says() {
        FakeServer d = new FakeServer(4).follow(a);
        state = unprobed(a, b, c, d);
        round(a, b, c, d);
        a.failure = Kind.HUNG;
        b.promote();
        c.follow(b);
        round(a, a, b, c, d);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void counts_the_evidence_of_the_data_path_as_one_lost_probe() {
        round(a, b, c);
        state = TopologyReducer.reduce(state, new Suspected(a.address, "connection reset"));
        assertThat(state.isUneasy()).isTrue();
        assertThat(source()).isEqualTo("db1:3306");
        a.failure = Kind.TIMEOUT;
        round(a);
        assertThat(source()).isEqualTo("none");
    }

    @Test
    void forgets_evidence_that_a_good_answer_refutes() {
        round(a, b, c);
        state = TopologyReducer.reduce(state, new Suspected(a.address, "connection reset"));
        round(a);
        assertThat(state.isUneasy()).isFalse();
        a.failure = Kind.TIMEOUT;
        round(a);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void does_not_take_a_full_server_or_a_wrong_account_for_death() {
        round(a, b, c);
        for (Kind kind : List.of(Kind.TOO_MANY_CONNECTIONS, Kind.ACCESS_DENIED)) {
            a.failure = kind;
            round(a, a, a, a, a);
            assertThat(source()).isEqualTo("db1:3306");
            assertThat(member(a).note()).isEqualTo(kind.toString());
        }
    }

    @Test
    void makes_a_promoted_replica_the_source_at_once() {
        round(a, b, c);
        a.die(b, c);
        round(a, b, c);
        b.promote();
        round(b);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(c).lag()).isNull();
        assertThat(member(c).note()).isEqualTo("does not replicate from db2:3306");
        c.follow(b);
        round(c);
        assertThat(member(c).lag()).isZero();
    }

    @Test
    void gives_nothing_to_an_old_source_that_returns_writable() {
        failOverTo(b);
        c.follow(b);
        round(a, b, c);
        a.failure = null;
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(a).role()).isEqualTo(Role.UNKNOWN);
    }

    @Test
    void gives_nothing_to_an_old_source_even_while_the_others_still_follow_it() {
        failOverTo(b);
        b.write();
        a.failure = null;
        c.follow(a);
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(c).lag()).isNull();
    }

    @Test
    void holds_writes_when_only_a_deposed_source_without_the_new_transactions_is_left() {
        failOverTo(b);
        b.write();
        round(b);
        b.die(c);
        a.failure = null;
        round(b, a, c);
        assertThat(source()).isEqualTo("none");
        assertThatNote().isEqualTo("db1:3306 is writable, but lacks transactions of the last source db2:3306");
        a.executed = a.executed.union(b.executed);
        round(a);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void gives_nothing_to_an_old_source_while_nothing_shows_that_it_has_followed_the_new_one() {
        failOverTo(b);
        b.die(c);
        a.failure = null;
        round(b, a, c);
        assertThat(source()).isEqualTo("none");
        assertThatNote()
                .isEqualTo("db1:3306 is writable, but was replaced as the source by db2:3306"
                        + " and has not followed it since");
        a.readOnly = true;
        round(a);
        a.readOnly = false;
        round(a);
        assertThat(source()).as("somebody wants it so").isEqualTo("db1:3306");
    }

    @Test
    void does_not_take_a_rival_because_the_source_died() {
        round(a, b, c);
        b.promote();
        round(b);
        round(a);
        assertThat(source()).as("db3 follows it").isEqualTo("db1:3306");
        a.die(c);
        round(a, b, c);
        assertThat(source()).isEqualTo("none");
        assertThatNote().isEqualTo("db2:3306 is writable, but already was while db1:3306 was preferred to it");
        c.follow(b);
        round(c);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void takes_a_server_that_was_promoted_before_the_old_source_was_asked_again() {
        round(a, b, c);
        a.readOnly = true;
        b.promote();
        round(b);
        assertThat(source()).as("db3 follows it").isEqualTo("db1:3306");
        round(a, c);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void takes_a_rival_once_the_source_has_stepped_down() {
        round(a, b, c);
        b.promote();
        round(b);
        round(a);
        assertThat(source()).as("db3 follows it").isEqualTo("db1:3306");
        a.readOnly = true;
        round(a);
        assertThat(source()).as("it may have been set to read-only, too").isEqualTo("none");
        round(b);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void makes_nobody_the_source_by_an_answer_of_yesterday() {
        round(a, b, c);
        b.promote();
        round(b);
        b.failure = Kind.TOO_MANY_CONNECTIONS;
        c.follow(b);
        round(b, c);
        assertThat(source()).isEqualTo("none");
        assertThatNote().isEqualTo("db2:3306 was writable, but does not answer: " + Kind.TOO_MANY_CONNECTIONS);
        b.failure = null;
        round(b);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void nor_one_that_was_it_before_it_was_in_doubt() {
        state = unprobed(a, b);
        round(a, b);
        b.promote();
        round(b);
        assertThat(source()).as("nobody follows either").isEqualTo("none");
        a.failure = Kind.TIMEOUT;
        b.readOnly = true;
        round(a, b);
        assertThat(source()).isEqualTo("none");
        assertThatNote().startsWith("db1:3306 was writable, but does not answer: ");
        a.failure = null;
        round(a);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void takes_an_old_source_back_as_a_replica() {
        failOverTo(b);
        a.failure = null;
        a.follow(b);
        round(a);
        assertThat(member(a).role()).isEqualTo(Role.REPLICA);
        assertThat(member(a).lag()).isZero();
    }

    @Test
    void prefers_among_two_writable_servers_the_one_that_others_follow() {
        round(a, b, c);
        b.promote();
        round(a, b, c);
        assertThat(source()).isEqualTo("db1:3306");
        c.follow(b);
        round(c);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void names_both_when_nothing_tells_two_writable_servers_apart() {
        state = unprobed(a, b);
        b.promote();
        round(a, b);
        assertThat(source()).isEqualTo("none");
        assertThatNote().isEqualTo("two writable servers: db1:3306 and db2:3306; no replica follows either");
    }

    @Test
    void does_not_promote_a_replica_that_merely_forgot_read_only() {
        b.readOnly = false;
        round(a, b, c);
        assertThat(source()).isEqualTo("db1:3306");
        a.die(b, c);
        round(a, b, c);
        assertThat(source()).isEqualTo("none");
        assertThatNote().isEqualTo("db2:3306 is writable, but replicates from db1:3306");
    }

    @Test
    void accepts_a_writable_server_whose_stopped_channel_leads_to_a_dead_one() {
        round(a, b, c);
        a.die(b, c);
        b.readOnly = false;
        b.receiver = Receiver.STOPPED;
        b.applierRunning = false;
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void lets_the_writable_one_of_a_circular_pair_be_the_source() {
        state = unprobed(a, b);
        a.follows = b;
        round(a, b);
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void follows_a_planned_switch_of_read_only() {
        round(a, b, c);
        a.readOnly = true;
        round(a);
        assertThat(source()).isEqualTo("none");
        assertThat(member(a).role()).isEqualTo(Role.REPLICA);
        assertThat(member(a).lag()).as("it has everything there is").isZero();
        b.promote();
        round(b);
        a.follow(b);
        c.follow(b);
        round(a, c);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(state.topology().replicas()).allMatch(member -> Duration.ZERO.equals(member.lag()));
    }

    @Test
    void trusts_a_lone_writable_server_whose_replication_it_may_not_see() {
        a.channelsKnown = false;
        b.channelsKnown = false;
        c.channelsKnown = false;
        round(a, b, c);
        assertThat(source()).isEqualTo("db1:3306");
        assertThat(member(b).lag()).as("the positions vouch for it").isZero();
    }

    @Test
    void reports_what_a_replica_has_that_its_source_lacks() {
        round(a, b, c);
        b.write();
        round(b, c);
        assertThat(member(b).note()).as("the source may have it by now").isEmpty();
        round(a);
        assertThat(member(b).note()).isEqualTo(TopologyReducer.ERRANT + ": " + b.uuid + ":1");
        assertThat(member(c).note()).isEmpty();
        round(b);
        assertThat(member(b).note()).as("nothing new").startsWith(TopologyReducer.ERRANT);
        a.executed = a.executed.union(b.executed);
        round(a);
        assertThat(member(b).note()).isEmpty();
    }

    @Test
    void reports_what_an_old_source_has_alone_when_it_comes_back_as_a_replica() {
        round(a, b, c);
        a.write();
        round(a);
        a.die(b, c);
        round(a, b, c);
        b.promote();
        round(b);
        a.failure = null;
        a.follow(b);
        round(a, b);
        assertThat(member(a).note()).isEqualTo(TopologyReducer.ERRANT + ": " + a.uuid + ":1");
    }

    @Test
    void recognises_a_source_by_address_where_there_is_no_uuid() {
        FakeServer m = new FakeServer(4);
        FakeServer n = new FakeServer(5).follow(m);
        ReplicationGraph graph = new ReplicationGraph(List.of(
                MemberState.unseen(m.address, 1),
                MemberState.unseen(n.address, 1).answered((Observation.Answer) n.observe(1))));
        assertThat(graph.linked(n.address, m.address)).isTrue();
    }

    private void failOverTo(FakeServer next) {
        round(a, b, c);
        a.die(b, c);
        round(a, b, c);
        next.promote();
        round(next);
        assertThat(source()).isEqualTo(next.address.toString());
    }

    private void round(FakeServer... servers) {
        for (FakeServer server : servers) {
            now += INTERVAL / 10;
            state = TopologyReducer.reduce(state, new Observed(server.observe(now)));
        }
    }

    private String source() {
        return state.topology()
                .source()
                .map(member -> member.address().toString())
                .orElse("none");
    }

    private Member member(FakeServer server) {
        return state.topology().member(server.address).orElseThrow();
    }

    private AbstractStringAssert<?> assertThatNote() {
        return assertThat(state.topology().note());
    }

    static TopologyState unprobed(FakeServer... servers) {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        for (FakeServer server : servers) {
            weights.put(server.address, 1);
        }
        return TopologyState.unprobed(weights, false);
    }
}
