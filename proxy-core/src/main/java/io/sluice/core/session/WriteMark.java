// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import org.jspecify.annotations.Nullable;

/**
 * What a server must have executed to be read from: all writes up to a certain one.
 *
 * @param gtids those known
 * @param atNanos when the last one was answered whose GTID is not known; 0: none
 */
record WriteMark(GtidSet gtids, long atNanos) {
    static final WriteMark NOTHING = new WriteMark(GtidSet.EMPTY, 0);

    /** Beyond this many intervals it is worth a look whether fewer would say the same. */
    private static final int MAX_INTERVALS = 64;

    WriteMark and(GtidSet more) {
        return new WriteMark(gtids.union(more), atNanos);
    }

    WriteMark and(WriteMark other) {
        return new WriteMark(gtids.union(other.gtids), later(atNanos, other.atNanos));
    }

    WriteMark at(long nanos) {
        return new WriteMark(gtids, nanos == 0 ? 1 : nanos);
    }

    private static long later(long one, long other) {
        return one == 0 || (other != 0 && other - one > 0) ? other : one;
    }

    /** Whether {@link #settled} may have something to do. */
    boolean isSettled() {
        return atNanos == 0 && (gtids.isEmpty() || gtids.intervals() <= MAX_INTERVALS);
    }

    /** Exchanges what a topology has shown meanwhile for the time of a write, and keeps the set small. */
    WriteMark settled(Topology topology) {
        WriteMark settled = this;
        Member source = topology.source().orElse(null);
        if (source != null
                && atNanos != 0
                && source.observedAtNanos() - atNanos > 0
                && !source.executed().isEmpty()) {
            settled = new WriteMark(gtids.union(source.executed()), 0);
        }
        return settled.gtids.intervals() > MAX_INTERVALS
                ? new WriteMark(fewer(settled.gtids, topology, source), settled.atNanos)
                : settled;
    }

    /** Nothing, where all replicas have all of it; else what the source had lately fills the gaps. */
    private static GtidSet fewer(GtidSet gtids, Topology topology, @Nullable Member source) {
        boolean everywhere = !topology.replicas().isEmpty()
                && topology.replicas().stream()
                        .allMatch(replica -> replica.executed().contains(gtids));
        if (everywhere) {
            return GtidSet.EMPTY;
        }
        GtidSet filled = source == null ? gtids : gtids.union(source.executed());
        return filled.intervals() < gtids.intervals() ? filled : gtids;
    }
}
