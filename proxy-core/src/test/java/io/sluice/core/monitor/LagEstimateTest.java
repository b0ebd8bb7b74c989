// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Channel.Receiver;
import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.topology.Member;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LagEstimateTest {

    private final FakeServer source = new FakeServer(1);
    private final FakeServer replica = new FakeServer(2).follow(source);
    private TopologyState state = TopologyReducerTest.unprobed(source, replica);
    private long millis = 1000;

    @Test
    void is_zero_for_an_idle_replica_that_has_applied_all() {
        replica.ownLag = null;
        observe(source, replica);
        assertThat(lag()).isZero();
    }

    @Test
    void is_the_replicas_own_word_while_the_positions_do_not_contradict() {
        replica.appliedAll = false;
        replica.ownLag = Duration.ofMillis(70);
        observe(source);
        millis += 200;
        observe(replica);
        assertThat(lag()).isEqualTo(Duration.ofMillis(70));
    }

    @Test
    void is_limited_by_positions_when_the_replica_exaggerates() {
        replica.appliedAll = false;
        replica.ownLag = Duration.ofSeconds(6);
        observe(source, replica);
        source.write();
        millis += 500;
        observe(source);
        millis += 300;
        observe(replica);
        assertThat(lag()).as("it has what the source had 800 ms ago").isEqualTo(Duration.ofMillis(800));
    }

    @Test
    void is_unknown_when_the_applier_is_stopped() {
        replica.applierRunning = false;
        observe(source, replica);
        assertThat(lag()).isNull();
        assertThat(member().note()).isEqualTo("replication applier is stopped");
    }

    @Test
    void is_unknown_when_the_receiver_is_stopped_and_the_source_lives() {
        replica.receiver = Receiver.STOPPED;
        observe(source, replica);
        assertThat(lag()).isNull();
        assertThat(member().note()).isEqualTo("replication receiver is stopped");
    }

    /** Such a replica says "0 seconds behind" for as long as its network timeout lasts. */
    @Test
    void is_proven_by_positions_when_the_replica_is_cut_off_and_does_not_know() {
        observe(source, replica);
        source.write();
        millis += 500;
        observe(source);
        millis += 3000;
        observe(source, replica);
        assertThat(lag()).isEqualTo(Duration.ofMillis(3000));
    }

    @Test
    void is_limited_by_positions_while_the_receiver_connects_to_a_living_source() {
        observe(source, replica);
        replica.receiver = Receiver.CONNECTING;
        replica.ownLag = null;
        observe(replica);
        assertThat(lag()).as("it has all that the source was seen to have").isZero();
        millis += 100;
        source.write();
        observe(source);
        millis += 200;
        observe(replica);
        assertThat(lag()).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void stands_still_while_the_source_is_dead() {
        observe(source, replica);
        source.die(replica);
        observe(source);
        millis += 3_600_000;
        observe(source, replica);
        assertThat(member().online()).isTrue();
        assertThat(lag()).isZero();
    }

    @Test
    void stands_still_at_what_was_lost_with_the_source() {
        observe(source, replica);
        millis += 400;
        source.write();
        observe(source);
        source.die(replica);
        observe(source);
        millis += 60_000;
        observe(replica);
        assertThat(lag()).as("counted up to the last sign of life").isEqualTo(Duration.ofMillis(400));
    }

    @Test
    void is_unknown_before_a_source_was_ever_seen_and_the_receiver_connects() {
        source.die(replica);
        replica.appliedAll = false;
        observe(source, replica);
        assertThat(lag()).isNull();
    }

    @Test
    void is_zero_for_a_lone_replica_of_a_source_that_was_dead_from_the_start() {
        source.die(replica);
        observe(source, replica);
        assertThat(lag()).as("it has applied all that it received").isZero();
    }

    @Test
    void is_unknown_when_a_living_replica_has_not_answered_for_a_while() {
        observe(source, replica);
        replica.failure = Kind.TOO_MANY_CONNECTIONS;
        observe(replica, replica);
        assertThat(lag()).isZero();
        observe(replica);
        assertThat(lag()).isNull();
        assertThat(member().online()).isTrue();
    }

    @Test
    void is_that_of_the_whole_chain_for_a_replica_of_a_replica() {
        FakeServer last = new FakeServer(3).follow(replica);
        state = TopologyReducerTest.unprobed(source, replica, last);
        observe(source, replica, last);
        source.write();
        observe(source);
        millis += 2000;
        observe(last);
        assertThat(state.topology().member(last.address).orElseThrow().lag()).isEqualTo(Duration.ofMillis(2000));
    }

    private void observe(FakeServer... servers) {
        for (FakeServer server : servers) {
            long nanos = Duration.ofMillis(millis).toNanos();
            state = TopologyReducer.reduce(state, new Observed(server.observe(nanos)));
        }
    }

    private Member member() {
        return state.topology().member(replica.address).orElseThrow();
    }

    private @org.jspecify.annotations.Nullable Duration lag() {
        return member().lag();
    }
}
