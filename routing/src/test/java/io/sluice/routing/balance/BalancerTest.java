// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BalancerTest {
    private static final int DRAWS = 40_000;
    private static final List<Member> MEMBERS = List.of(member("a", 1), member("b", 1), member("c", 2));

    @Test
    void shares_reads_by_weight() {
        int[] counts = draw(new Balancer(new SplittableRandom(7)), new int[] {0, 1, 2});
        assertThat(counts[2] / (double) DRAWS).isCloseTo(0.5, within(0.02));
        assertThat(counts[0] / (double) counts[1]).isCloseTo(1.0, within(0.1));
    }

    @Test
    void avoids_the_one_that_is_busy() {
        Balancer balancer =
                new Balancer(new SplittableRandom(7), address -> address.host().equals("a") ? 50 : 0);
        int[] counts = draw(balancer, new int[] {0, 1});
        assertThat(counts[0] / (double) DRAWS).isCloseTo(0.25, within(0.02)); // Only when it is drawn twice.
    }

    @Test
    void chooses_among_the_candidates_alone() {
        int[] counts = draw(new Balancer(new SplittableRandom(7)), new int[] {1});
        assertThat(counts).containsExactly(0, DRAWS, 0);
    }

    private static int[] draw(Balancer balancer, int[] candidates) {
        int[] counts = new int[MEMBERS.size()];
        for (int i = 0; i < DRAWS; i++) {
            counts[balancer.choose(MEMBERS, candidates, candidates.length)]++;
        }
        return counts;
    }

    private static Member member(String host, int weight) {
        BackendAddress address = BackendAddress.parse(host);
        return new Member(address, weight, Role.REPLICA, true, null, "", Duration.ZERO, GtidSet.EMPTY, 0, "");
    }
}
