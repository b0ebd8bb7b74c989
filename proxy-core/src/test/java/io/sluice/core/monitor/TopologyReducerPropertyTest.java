// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Channel.Receiver;
import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Event.Suspected;
import io.sluice.core.monitor.MemberState.Standing;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random histories of random clusters. A failure prints its seed; -Dseed=N runs that one alone, -Dhistories=N more. */
class TopologyReducerPropertyTest {

    private static final int HISTORIES = Integer.getInteger("histories", 200);
    private static final int EVENTS = 120;

    @Test
    void no_history_makes_a_source_of_a_server_that_must_not_be_one() {
        forEachSeed(this::runHistory);
    }

    /** Whatever went before: once things are plain and every server has been asked, the answer is plain too. */
    @Test
    void every_history_ends_well_when_the_cluster_does() {
        forEachSeed(random -> {
            History history = runHistory(random);
            FakeServer source = history.servers.get(random.nextInt(history.servers.size()));
            history.servers.forEach(server -> server.failure = null);
            history.servers.forEach(server -> source.executed = source.executed.union(server.executed));
            source.promote();
            for (FakeServer server : history.servers) {
                server.channelsKnown = true;
                if (server != source) {
                    server.follow(source);
                    server.applierRunning = true;
                    server.appliedAll = true;
                    server.executed = source.executed;
                }
            }
            for (int round = 0; round < 2; round++) {
                history.servers.forEach(history::observe);
            }
            assertThat(history.state.topology().source().map(Member::address)).contains(source.address);
            assertThat(history.state.isUneasy()).isFalse();
            assertThat(history.state.topology().replicas())
                    .hasSize(history.servers.size() - 1)
                    .allMatch(member -> Duration.ZERO.equals(member.lag()));
        });
    }

    private History runHistory(Random random) {
        History history = new History(2 + random.nextInt(4));
        for (int i = 0; i < EVENTS; i++) {
            FakeServer server = history.servers.get(random.nextInt(history.servers.size()));
            if (random.nextInt(3) == 0) {
                disturb(server, history.servers, random);
            } else if (random.nextInt(10) == 0) {
                history.take(new Suspected(server.address, "connection reset"), server);
            } else {
                history.observe(server);
            }
        }
        return history;
    }

    private static void disturb(FakeServer server, List<FakeServer> all, Random random) {
        FakeServer other = all.get(random.nextInt(all.size()));
        switch (random.nextInt(9)) {
            case 0 -> server.failure = Kind.values()[random.nextInt(Kind.values().length)];
            case 1, 2 -> server.failure = null;
            case 3 -> server.readOnly = random.nextBoolean();
            case 4 -> server.follows = other == server ? null : other;
            case 5 -> server.receiver = Receiver.values()[random.nextInt(Receiver.values().length)];
            case 6 -> server.ownLag = random.nextBoolean() ? null : Duration.ofMillis(random.nextInt(20_000));
            case 7 -> server.connectionLost = random.nextBoolean();
            case 8 -> {
                server.write();
                other.executed = random.nextBoolean() ? other.executed.union(server.executed) : other.executed;
            }
            default -> throw new AssertionError();
        }
    }

    private static final class History {

        final List<FakeServer> servers = new ArrayList<>();
        TopologyState state;
        private long millis = 1000;

        History(int size) {
            for (int i = 1; i <= size; i++) {
                servers.add(i == 1 ? new FakeServer(i) : new FakeServer(i).follow(servers.get(0)));
            }
            state = TopologyReducerTest.unprobed(servers.toArray(FakeServer[]::new));
        }

        void observe(FakeServer server) {
            millis += 7;
            Observation observation = server.observe(Duration.ofMillis(millis).toNanos());
            take(new Observed(observation), server);
        }

        void take(Event event, FakeServer about) {
            TopologyState before = state;
            state = TopologyReducer.reduce(before, event);
            assertThat(TopologyReducer.reduce(before, event))
                    .as("a pure function")
                    .isEqualTo(state);
            assertThat(state.topology().version()).isEqualTo(before.topology().version() + 1);
            assertThat(state.topology().members()).hasSize(servers.size());
            assertThat(state.topology().members().stream().filter(member -> member.role() == Role.SOURCE))
                    .as("never two, not even among the offline")
                    .hasSizeLessThanOrEqualTo(1);
            checkSource(before, event, about);
            checkLag();
            checkRivals();
        }

        private void checkSource(TopologyState before, Event event, FakeServer about) {
            BackendAddress source = state.source();
            assertThat(state.topology().source().map(Member::address).orElse(null))
                    .isEqualTo(source);
            if (source == null) {
                assertThat(state.topology().note()).as("says why there is none").isNotEmpty();
                return;
            }
            MemberState elected = member(source);
            assertThat(elected.online()).isTrue();
            assertThat(elected.isWritable()).isTrue();
            if (!source.equals(before.previous())) {
                assertThat(elected.standing()).isEqualTo(Standing.FREE);
                assertThat(elected.answer()).isNotNull();
            }
            if (event instanceof Suspected) {
                assertThat(source).as("evidence alone moves nothing").isEqualTo(before.source());
            }
            boolean left = state.members().stream()
                    .anyMatch(other -> other.online()
                            && other.isWritable()
                            && new ReplicationGraph(state.members()).linked(source, other.address())
                            && !new ReplicationGraph(state.members()).linked(other.address(), source));
            assertThat(left).as("the source replicates from no writable server").isFalse();
            assertThat(about).isNotNull();
        }

        /** Whatever happened: the source is never among those to be fenced, nor is anybody while there is none. */
        private void checkRivals() {
            WritableRivals seen = WritableRivals.in(state);
            assertThat(seen.source()).isIn(state.source(), null);
            assertThat(seen.rivals().isEmpty()).isEqualTo(seen.source() == null);
            for (BackendAddress rival : seen.rivals()) {
                assertThat(rival).isNotEqualTo(state.source());
                assertThat(member(rival).online()).isTrue();
                assertThat(member(rival).isWritable()).isTrue();
                assertThat(member(rival).misses()).isZero();
            }
        }

        private void checkLag() {
            for (Member member : state.topology().members()) {
                if (member.lag() != null) {
                    assertThat(member.lag()).isGreaterThanOrEqualTo(Duration.ZERO);
                    assertThat(member.online())
                            .as("lag of a server that is not there")
                            .isTrue();
                } else {
                    assertThat(member.note()).as("says why lag is unknown").isNotEmpty();
                }
            }
        }

        private MemberState member(BackendAddress address) {
            MemberState found = TopologyState.find(state.members(), address);
            if (found == null) {
                throw new AssertionError("no " + address);
            }
            return found;
        }
    }

    private interface Check {
        void run(Random random);
    }

    private static void forEachSeed(Check check) {
        @Nullable Long only = Long.getLong("seed");
        long first = only != null ? only : System.nanoTime();
        for (long seed = first; seed < first + (only != null ? 1 : HISTORIES); seed++) {
            try {
                check.run(new Random(seed));
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("failed with -Dseed=" + seed, failed);
            }
        }
    }
}
