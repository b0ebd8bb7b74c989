// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import org.jspecify.annotations.Nullable;

/**
 * What a server must have executed to be read from: all writes up to a certain one.
 *
 * @param gtids those known
 * @param atNanos when the last one was answered whose GTID is not known; 0: none
 * @param node the node of a cluster that took this last one; null: not known
 */
record WriteMark(GtidSet gtids, long atNanos, @Nullable BackendAddress node) {
    static final WriteMark NOTHING = new WriteMark(GtidSet.EMPTY, 0, null);

    /** Beyond this many intervals it is worth a look whether fewer would say the same. */
    private static final int MAX_INTERVALS = 64;

    WriteMark and(GtidSet more) {
        return new WriteMark(gtids.union(more), atNanos, node);
    }

    WriteMark and(WriteMark other) {
        boolean later = atNanos == 0 || (other.atNanos != 0 && other.atNanos - atNanos >= 0);
        WriteMark last = later ? other : this;
        return new WriteMark(gtids.union(other.gtids), last.atNanos, last.node);
    }

    WriteMark at(long nanos, @Nullable BackendAddress takenBy) {
        return and(new WriteMark(GtidSet.EMPTY, nanos == 0 ? 1 : nanos, takenBy));
    }

    /** Whether {@link #settled} may have something to do. */
    boolean isSettled() {
        return (atNanos == 0 || node != null) && (gtids.isEmpty() || gtids.intervals() <= MAX_INTERVALS);
    }

    /** Exchanges what a topology has shown meanwhile for the time of a write, and keeps the set small. */
    WriteMark settled(Topology topology) {
        WriteMark settled = this;
        Member source = topology.source().orElse(null);
        if (source != null
                && !source.clustered()
                && atNanos != 0
                && source.observedAtNanos() - atNanos > 0
                && !source.executed().isEmpty()) {
            settled = new WriteMark(gtids.union(source.executed()), 0, null);
        }
        return settled.gtids.intervals() > MAX_INTERVALS
                ? new WriteMark(fewer(settled.gtids, topology, source), settled.atNanos, settled.node)
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
