// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.balance;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.time.Duration;

/** What one event loop knows of a replica beside what the topology says. Not thread-safe. */
final class ReplicaLoad {
    /** No single statement counts for more times the usual. */
    static final float SLOWEST = 4;

    private static final float SHARE_OF_NEW = 1F / 16;
    /** Below this a server is as good as any: single statements differ by as much. */
    private static final float CLEARLY_SLOW = 2;
    /** In this time most of a bad name is forgotten, so that a slow server is tried again. */
    private static final double FORGIVEN_AFTER_NANOS = 5e9;
    /** Tickets for one unit of weight; while a server starts slowly it has fewer. */
    private static final int TICKETS = 16;

    private final BackendAddress address;
    private final boolean remote;
    private float slowness = 1; // times the usual
    private long observedAtNanos;
    private long backSinceNanos;
    private boolean starting;
    private boolean seen;
    private boolean gone;
    private long tickets;

    /**
     * @param remote whether it is in another zone than this proxy
     * @param added whether others were there before it, so that it is to start slowly
     */
    ReplicaLoad(Member member, boolean remote, boolean added) {
        this.address = member.address();
        this.remote = remote;
        this.observedAtNanos = member.observedAtNanos();
        this.gone = added;
    }

    BackendAddress address() {
        return address;
    }

    boolean isRemote() {
        return remote;
    }

    /** It was looked at again, or not; one that was away comes back with few tickets and gets more. */
    void observe(Member member, Duration slowStart) {
        if (!member.online()) {
            gone |= seen;
            return;
        }
        seen = true;
        if (gone) {
            gone = false;
            starting = true;
            backSinceNanos = member.observedAtNanos();
        }
        long since = member.observedAtNanos() - observedAtNanos;
        if (since > 0) {
            slowness = 1 + (slowness - 1) * (float) Math.exp(-since / FORGIVEN_AFTER_NANOS);
            observedAtNanos = member.observedAtNanos();
        }
        tickets = (long) member.weight() * TICKETS;
        long age = member.observedAtNanos() - backSinceNanos;
        starting &= age < slowStart.toNanos();
        if (starting && tickets > 0) {
            tickets = Math.max(1, (long) (tickets * ((double) age / slowStart.toNanos())));
        }
    }

    /** A statement took so many times what it usually does. */
    void answered(float timesTheUsual) {
        slowness += (Math.min(timesTheUsual, SLOWEST) - slowness) * SHARE_OF_NEW;
    }

    /** What its answers take as a multiple of the usual. */
    float timesTheUsual() {
        return slowness;
    }

    /** How many times as long as the fastest one it takes; 1 unless that is clear. */
    float slowness(float fastest) {
        return slowness < CLEARLY_SLOW * fastest ? 1 : slowness / fastest;
    }

    /** Its share of what is drawn by lot; above zero if its weight is. */
    long tickets() {
        return tickets;
    }
}
