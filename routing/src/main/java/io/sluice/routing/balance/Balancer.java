// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.balance;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * Chooses among replicas that may all serve a read: draws two by weight and takes the one that would be through with
 * its work sooner, by the commands it has in flight and by how slow it is (Mitzenmacher: The Power of Two Choices in
 * Randomized Load Balancing). Random alone would leave a slow replica with its full share; the least loaded of all
 * would send every event loop to the same one at once.
 *
 * <p>How slow a server is, is measured: what its answers took as a multiple of what the same statements usually take.
 * A server so slow that others are always the better choice gets no reads; since that name fades, it is tried again
 * every few seconds.
 *
 * <p>One per event loop; not thread-safe. Choosing allocates nothing.
 */
public final class Balancer {
    /**
     * What the operator wants beside weights.
     *
     * @param remote knows servers of other zones: they get reads when none of the own zone can, or each is eight times
     *     as loaded; asked once when a server is added
     * @param slowStart time in which a replica that was away gets back to its full share; zero: at once
     */
    public record Preferences(Predicate<BackendAddress> remote, Duration slowStart) {
        public static final Preferences NONE = new Preferences(server -> false, Duration.ZERO);
    }

    /** So many times the load it takes to leave the own zone. */
    private static final float SPILL = 8;

    private final RandomGenerator random;
    private final ToIntFunction<BackendAddress> inFlight;
    private final Preferences preferences;
    private final Pace pace = new Pace();
    /** Those there are, and no others. Concurrent for those who only look. */
    private final Map<BackendAddress, ReplicaLoad> known = new ConcurrentHashMap<>();
    /** Of the servers observed last, in their order. */
    private ReplicaLoad[] loads = {};

    private boolean anyRemote;
    private long mostTickets = 1;
    /** What the fastest replica takes as a multiple of the usual, which slow ones make more than the best there is. */
    private float fastest = 1;

    /** @param inFlight commands that a backend has not answered yet, as far as the caller knows; a hint */
    public Balancer(RandomGenerator random, ToIntFunction<BackendAddress> inFlight, Preferences preferences) {
        this.random = random;
        this.inFlight = inFlight;
        this.preferences = preferences;
    }

    /** Without knowledge of load: weighted random. */
    public Balancer(RandomGenerator random) {
        this(random, unused -> 0, Preferences.NONE);
    }

    /** From now on indices mean these servers; one that was added or is back online starts slowly. */
    public void observe(List<Member> servers) {
        boolean first = loads.length == 0;
        ReplicaLoad[] before = loads;
        loads = new ReplicaLoad[servers.size()];
        anyRemote = false;
        mostTickets = 1;
        fastest = 1;
        for (int i = 0; i < loads.length; i++) {
            Member member = servers.get(i);
            ReplicaLoad load = known.get(member.address());
            if (load == null) {
                load = new ReplicaLoad(member, preferences.remote().test(member.address()), !first);
                known.put(member.address(), load);
            }
            loads[i] = load;
            anyRemote |= load.isRemote();
            load.observe(member, preferences.slowStart());
            fastest = Math.min(fastest, load.timesTheUsual());
            if (member.isOnlineReplica()) {
                mostTickets = Math.max(mostTickets, load.tickets());
            }
        }
        forgetOthers(before);
    }

    private void forgetOthers(ReplicaLoad[] before) {
        if (known.size() > loads.length) {
            List<ReplicaLoad> now = List.of(loads);
            for (ReplicaLoad load : before) {
                if (!now.contains(load)) {
                    known.remove(load.address());
                }
            }
        }
    }

    /**
     * Chooses among the first {@code count} indices into the servers observed last; all have a weight above zero.
     *
     * @param candidates may be put into another order
     * @return one of the indices
     */
    public int choose(int[] candidates, int count) {
        int near = anyRemote ? nearFirst(candidates, count) : count;
        if (near == 0 || near == count) {
            return pick(candidates, 0, count);
        }
        int here = pick(candidates, 0, near);
        int elsewhere = pick(candidates, near, count);
        return (cost(elsewhere) + 1) * SPILL < cost(here) + 1 ? elsewhere : here;
    }

    private int nearFirst(int[] candidates, int count) {
        int near = 0;
        for (int i = 0; i < count; i++) {
            int candidate = candidates[i];
            if (!loads[candidate].isRemote()) {
                candidates[i] = candidates[near];
                candidates[near++] = candidate;
            }
        }
        return near;
    }

    private int pick(int[] candidates, int from, int to) {
        if (to - from == 1) {
            return candidates[from];
        }
        long total = 0;
        for (int i = from; i < to; i++) {
            total += loads[candidates[i]].tickets();
        }
        int first = draw(candidates, from, to, total, -1);
        int second = draw(candidates, from, to, total - loads[first].tickets(), first);
        // Among equals the first stays, so that idle ones share by weight.
        return cost(second) < cost(first) ? second : first;
    }

    private int draw(int[] candidates, int from, int to, long total, int but) {
        long ticket = random.nextLong(total);
        for (int i = from; i < to; i++) {
            int candidate = candidates[i];
            if (candidate != but) {
                ticket -= loads[candidate].tickets();
                if (ticket < 0) {
                    return candidate;
                }
            }
        }
        throw new AssertionError("fewer tickets than " + total);
    }

    /**
     * How much the command would add to what there is; zero where nothing is and nothing is slow. Slowness counts by its
     * square: servers work on many commands at once, so those in flight delay another one less than their number says.
     */
    private float cost(int candidate) {
        ReplicaLoad load = loads[candidate];
        float slowness = load.slowness(fastest);
        float work = (inFlight.applyAsInt(load.address()) + 1) * slowness * slowness - 1;
        return work * mostTickets / load.tickets();
    }

    /**
     * A replica has answered a read.
     *
     * @param digest of the statement
     * @param nanos from when it was sent until all of the answer was there, above zero
     */
    public void answered(BackendAddress replica, long digest, long nanos) {
        ReplicaLoad load = known.get(replica);
        if (load != null) {
            load.answered(pace.note(digest, nanos));
            float least = Float.MAX_VALUE;
            for (ReplicaLoad each : loads) {
                least = Math.min(least, each.timesTheUsual());
            }
            fastest = Math.min(least, 1);
        }
    }

    /** How many times as long as others a replica takes; 1 unless that is clear. Any thread may ask, for a hint. */
    public float slowness(BackendAddress replica) {
        ReplicaLoad load = known.get(replica);
        return load == null ? 1 : load.slowness(fastest);
    }
}
