// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The writes that reads must see: those of one session or, by {@link CausalReads}, of more. A write is in it before
 * its client has the answer, hence before anybody can ask for what depends on it. Any thread.
 */
final class Writes {
    /** Beyond this many intervals it is worth a look whether fewer would say the same. */
    private static final int MAX_INTERVALS = 64;

    private static final Mark NOTHING = new Mark(GtidSet.EMPTY, 0);

    /**
     * @param gtids those known
     * @param atNanos when the last one was answered whose GTID is not known; 0: none
     */
    private record Mark(GtidSet gtids, long atNanos) {}

    private final boolean kept;
    private final AtomicReference<Mark> mark = new AtomicReference<>(NOTHING);

    /** @param kept false: whatever is added is forgotten */
    Writes(boolean kept) {
        this.kept = kept;
    }

    void add(GtidSet gtids) {
        change(now -> new Mark(now.gtids.union(gtids), now.atNanos));
    }

    /** A write was answered whose GTID is unknown: reads then need all that the source had after this moment. */
    void addAt(long nanos) {
        change(now -> new Mark(now.gtids, nanos == 0 ? 1 : nanos));
    }

    void add(Writes others) {
        Mark theirs = others.now();
        change(now -> new Mark(now.gtids.union(theirs.gtids), later(now.atNanos, theirs.atNanos)));
    }

    private static long later(long one, long other) {
        return one == 0 || (other != 0 && other - one > 0) ? other : one;
    }

    private void change(UnaryOperator<Mark> how) {
        if (kept) {
            mark.updateAndGet(how);
        }
    }

    private Mark now() {
        return Objects.requireNonNull(mark.get());
    }

    /** What a server must have executed to be read from. */
    GtidSet gtids() {
        return now().gtids;
    }

    /** When the last write was answered whose GTID is not known, 0 for none. */
    long atNanos() {
        return now().atNanos;
    }

    /** Exchanges what a topology has shown meanwhile for the time of a write, and keeps the set small. */
    void settle(Topology topology) {
        Mark now = now();
        if (now.atNanos == 0 && (now.gtids.isEmpty() || now.gtids.intervals() <= MAX_INTERVALS)) {
            return;
        }
        Mark settled = now;
        Member source = topology.source().orElse(null);
        if (source != null
                && now.atNanos != 0
                && source.observedAtNanos() - now.atNanos > 0
                && !source.executed().isEmpty()) {
            settled = new Mark(now.gtids.union(source.executed()), 0);
        }
        if (settled.gtids.intervals() > MAX_INTERVALS) {
            settled = new Mark(fewer(settled.gtids, topology, source), settled.atNanos);
        }
        mark.compareAndSet(now, settled); // else somebody wrote meanwhile, and the next read settles
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
