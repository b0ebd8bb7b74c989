// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.routing.Seeds;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BalancerTest {
    private static final int DRAWS = 40_000;
    private static final long SECOND = 1_000_000_000L;
    private static final BackendAddress A = BackendAddress.parse("a");
    private static final BackendAddress B = BackendAddress.parse("b");
    private static final BackendAddress C = BackendAddress.parse("c");
    private static final Duration SLOW_START = Duration.ofSeconds(10);

    private final Map<BackendAddress, Integer> inFlight = new HashMap<>();

    @Test
    void shares_reads_by_weight() {
        int[] counts = draw(balancer(Balancer.Preferences.NONE, member(A, 1, 0), member(B, 1, 0), member(C, 2, 0)), 3);
        assertThat(counts[2] / (double) DRAWS).isCloseTo(0.5, within(0.02));
        assertThat(counts[0] / (double) counts[1]).isCloseTo(1.0, within(0.1));
    }

    @Test
    void avoids_the_one_that_is_busy() {
        inFlight.put(A, 50);
        int[] counts = draw(balancer(Balancer.Preferences.NONE, member(A, 1, 0), member(B, 1, 0)), 2);
        assertThat(counts).containsExactly(0, DRAWS);
    }

    @Test
    void a_heavier_one_may_be_busier() {
        inFlight.put(A, 5);
        inFlight.put(B, 3);
        int[] counts = draw(balancer(Balancer.Preferences.NONE, member(A, 2, 0), member(B, 1, 0)), 2);
        assertThat(counts).containsExactly(DRAWS, 0);
    }

    @Test
    void chooses_among_the_candidates_alone() {
        Balancer balancer = balancer(Balancer.Preferences.NONE, member(A, 1, 0), member(B, 1, 0));
        assertThat(balancer.choose(new int[] {1, 0}, 1)).isEqualTo(1);
    }

    @Test
    void avoids_the_one_that_is_slow_until_that_is_forgotten() {
        Balancer balancer = balancer(Balancer.Preferences.NONE, member(A, 1, 0), member(B, 1, 0));
        for (int i = 0; i < 100; i++) {
            balancer.answered(A, 7, 5_000_000);
            balancer.answered(B, 7, 1_000_000);
        }
        assertThat(balancer.slowness(A)).isBetween(4F, 6F);
        assertThat(balancer.slowness(B)).isEqualTo(1);
        assertThat(draw(balancer, 2)).containsExactly(0, DRAWS);
        balancer.observe(List.of(member(A, 1, 20 * SECOND), member(B, 1, 20 * SECOND)));
        assertThat(balancer.slowness(A)).isEqualTo(1);
        assertThat(draw(balancer, 2)[0]).isCloseTo(DRAWS / 2, within(DRAWS / 20));
    }

    @Test
    void heavy_statements_make_no_server_slow() {
        Balancer balancer = balancer(Balancer.Preferences.NONE, member(A, 1, 0), member(B, 1, 0));
        for (int i = 0; i < 100; i++) {
            balancer.answered(A, 1, 100_000_000);
            balancer.answered(B, 2, 100_000);
        }
        assertThat(balancer.slowness(A)).isEqualTo(1);
    }

    @Test
    void one_answer_that_took_for_ever_makes_no_server_slow() {
        Balancer balancer = balancer(Balancer.Preferences.NONE, member(A, 1, 0), member(B, 1, 0));
        balancer.answered(A, 7, 1_000_000);
        balancer.answered(A, 7, 60 * SECOND);
        assertThat(balancer.slowness(A)).isEqualTo(1);
    }

    @Test
    void one_that_was_away_starts_slowly() {
        Balancer.Preferences preferences = new Balancer.Preferences(server -> false, SLOW_START);
        Balancer balancer = balancer(preferences, member(A, 1, 0), member(B, 1, 0));
        assertThat(draw(balancer, 2)[0]).as("new ones do not").isCloseTo(DRAWS / 2, within(DRAWS / 20));
        balancer.observe(List.of(member(B, 1, SECOND)));
        balancer.observe(List.of(member(A, 1, 100 * SECOND), member(B, 1, 100 * SECOND)));
        assertThat(draw(balancer, 2)[0]).isBetween(1, DRAWS / 10);
        balancer.observe(List.of(member(A, 1, 105 * SECOND), member(B, 1, 105 * SECOND)));
        assertThat(draw(balancer, 2)[0]).isCloseTo(DRAWS / 3, within(DRAWS / 20));
        balancer.observe(List.of(member(A, 1, 110 * SECOND), member(B, 1, 110 * SECOND)));
        assertThat(draw(balancer, 2)[0]).isCloseTo(DRAWS / 2, within(DRAWS / 20));
    }

    @Test
    void one_that_is_added_starts_slowly_and_one_that_is_removed_is_forgotten() {
        Balancer balancer = balancer(new Balancer.Preferences(server -> false, SLOW_START), member(A, 1, 0));
        balancer.observe(List.of(member(A, 1, SECOND), member(B, 1, SECOND)));
        assertThat(draw(balancer, 2)[1]).isBetween(1, DRAWS / 10);
        for (int i = 0; i < 100; i++) {
            balancer.answered(A, 7, 1_000_000);
            balancer.answered(B, 7, 8_000_000);
        }
        assertThat(balancer.slowness(B)).isGreaterThan(2);
        balancer.observe(List.of(member(A, 1, 2 * SECOND)));
        assertThat(balancer.slowness(B)).isEqualTo(1);
    }

    @Test
    void reads_stay_in_the_zone_until_it_is_overloaded_or_has_none_that_can_serve() {
        Balancer.Preferences preferences = new Balancer.Preferences(C::equals, Duration.ZERO);
        Balancer balancer = balancer(preferences, member(A, 1, 0), member(B, 1, 0), member(C, 100, 0));
        assertThat(draw(balancer, 3)[2]).isZero();
        inFlight.put(A, 6);
        inFlight.put(B, 6);
        assertThat(draw(balancer, 3)[2]).isEqualTo(DRAWS);
        inFlight.put(C, 2_000);
        assertThat(draw(balancer, 3)[2]).isZero();
        assertThat(balancer.choose(new int[] {2}, 1)).isEqualTo(2);
    }

    /** Closed loop: clients that each send the next read when the last was answered, by one server five times as slow. */
    @Test
    void with_a_slow_replica_the_others_are_used_to_the_full() {
        Seeds.forEach(2, random -> {
            for (int clients : new int[] {1, 4, 64}) {
                double all = reads(random, clients, List.of(A, B, C));
                double fast = reads(random, clients, List.of(B, C));
                assertThat(all).as("%d clients", clients).isGreaterThan(0.95 * fast);
            }
        });
    }

    /** Reads a second of servers that work on four at once; A takes five times as long as the others. */
    private double reads(RandomGenerator random, int clients, List<BackendAddress> servers) {
        record Done(long at, BackendAddress server, long took) {}
        Balancer balancer =
                new Balancer(random, address -> inFlight.getOrDefault(address, 0), Balancer.Preferences.NONE);
        Map<BackendAddress, PriorityQueue<Long>> workers = new HashMap<>();
        servers.forEach(server -> workers.put(server, new PriorityQueue<>(List.of(0L, 0L, 0L, 0L))));
        PriorityQueue<Done> pending = new PriorityQueue<>((one, other) -> Long.compare(one.at(), other.at()));
        inFlight.clear();
        long now = 0;
        long looked = -SECOND;
        int done = 0;
        for (int sent = 0; now < 30 * SECOND; sent++) {
            if (now - looked > SECOND / 2) {
                looked = now;
                long at = now;
                balancer.observe(
                        servers.stream().map(server -> member(server, 1, at)).toList());
            }
            if (sent >= clients) {
                Done next = pending.remove();
                now = next.at();
                inFlight.merge(next.server(), -1, Integer::sum);
                balancer.answered(next.server(), 7, next.took());
                done++;
            }
            int[] candidates = IntStream.range(0, servers.size()).toArray();
            BackendAddress server = servers.get(balancer.choose(candidates, candidates.length));
            inFlight.merge(server, 1, Integer::sum);
            long work = (long) (500_000 * -Math.log(1 - random.nextDouble())) + 500_000;
            PriorityQueue<Long> free = workers.get(server);
            long end = Math.max(now, free.remove()) + (server.equals(A) ? 5 * work : work);
            free.add(end);
            pending.add(new Done(end, server, end - now));
        }
        return done / 30.0;
    }

    private Balancer balancer(Balancer.Preferences preferences, Member... replicas) {
        Balancer balancer =
                new Balancer(new SplittableRandom(7), address -> inFlight.getOrDefault(address, 0), preferences);
        balancer.observe(List.of(replicas));
        return balancer;
    }

    private static int[] draw(Balancer balancer, int candidates) {
        int[] counts = new int[candidates];
        int[] order = new int[candidates];
        for (int i = 0; i < DRAWS; i++) {
            for (int j = 0; j < candidates; j++) {
                order[j] = j;
            }
            counts[balancer.choose(order, candidates)]++;
        }
        return counts;
    }

    private static Member member(BackendAddress address, int weight, long observedAt) {
        return new Member(address, weight, Role.REPLICA, true, null, "", Duration.ZERO, GtidSet.EMPTY, observedAt, "");
    }
}
