// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.balance;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * The power of two choices: draws two candidates at random by weight and takes the one with fewer commands in flight
 * for its weight. Random alone would leave a slow replica with its full share; the least loaded of all would send
 * every event loop to the same one at once.
 *
 * <p>One per event loop; not thread-safe, as its source of randomness is not.
 */
public final class Balancer {
    private final RandomGenerator random;
    private final ToIntFunction<BackendAddress> inFlight;

    /** @param inFlight commands that a backend has not answered yet, as far as the caller knows; a hint */
    public Balancer(RandomGenerator random, ToIntFunction<BackendAddress> inFlight) {
        this.random = random;
        this.inFlight = inFlight;
    }

    /** Without knowledge of load: weighted random. */
    public Balancer(RandomGenerator random) {
        this(random, unused -> 0);
    }

    /**
     * Chooses among the first {@code count} indices into {@code members}; all have a weight above zero.
     *
     * @return one of the indices
     */
    public int choose(List<Member> members, int[] candidates, int count) {
        if (count == 1) {
            return candidates[0];
        }
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += members.get(candidates[i]).weight();
        }
        int first = draw(members, candidates, total);
        int second = draw(members, candidates, total);
        if (first == second) {
            return first;
        }
        Member one = members.get(first);
        Member other = members.get(second);
        // Compares load / weight without dividing. Among equals the first stays, so that idle ones share by weight.
        long loadOfOne = (long) inFlight.applyAsInt(one.address()) * other.weight();
        long loadOfOther = (long) inFlight.applyAsInt(other.address()) * one.weight();
        return loadOfOther < loadOfOne ? second : first;
    }

    private int draw(List<Member> members, int[] candidates, long total) {
        long ticket = random.nextLong(total);
        int at = 0;
        while (ticket >= members.get(candidates[at]).weight()) {
            ticket -= members.get(candidates[at]).weight();
            at++;
        }
        return candidates[at];
    }
}
