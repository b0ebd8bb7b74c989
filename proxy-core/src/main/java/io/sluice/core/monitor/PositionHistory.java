// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.routing.gtid.GtidSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which GTID set the source had, and when: the yardstick for lag that needs no clock but ours. If a replica lacks what
 * the source had at t, it lags by at least now - t; if it has what the source had at t, it lags by at most now - t.
 * Immutable; bounded.
 *
 * @param start what the source had when it was first seen to be that
 * @param tookOver whether it took the place of another one
 */
record PositionHistory(GtidSet start, boolean tookOver, List<Position> positions) {

    static final PositionHistory EMPTY = new PositionHistory(GtidSet.EMPTY, false, List.of());

    private static final int LIMIT = 128;

    PositionHistory {
        positions = List.copyOf(positions);
    }

    /** A set, the first moment by which the source surely had it, and the last moment at which it had nothing more. */
    record Position(long firstNanos, long lastNanos, GtidSet executed) {}

    /**
     * What the history proves about a replica's lag.
     *
     * @param atMost null when it proves no upper limit
     * @param upToDate whether the replica has all that the source was ever seen to have
     */
    record Bounds(Duration atLeast, @Nullable Duration atMost, boolean upToDate) {

        static final Bounds NOTHING_KNOWN = new Bounds(Duration.ZERO, null, false);

        Duration clamp(Duration claimed) {
            Duration lag = claimed.compareTo(atLeast) < 0 ? atLeast : claimed;
            return atMost != null && lag.compareTo(atMost) > 0 ? atMost : lag;
        }

        /** The best estimate without the replica's own word. */
        @Nullable
        Duration estimate() {
            return upToDate ? Duration.ZERO : atMost;
        }
    }

    boolean isEmpty() {
        return positions.isEmpty();
    }

    GtidSet newest() {
        return positions.isEmpty()
                ? GtidSet.EMPTY
                : positions.get(positions.size() - 1).executed();
    }

    /** Begins anew with another source. */
    static PositionHistory startingWith(Answer answer, boolean tookOver) {
        return new PositionHistory(answer.executed(), tookOver, List.of()).with(answer);
    }

    /** Whether the source was seen to write since it became that. MariaDB's numbers do not tell who wrote. */
    boolean hasGrown(String uuidOfSource) {
        return !start.contains(newest().writtenBy(uuidOfSource));
    }

    PositionHistory with(Answer answer) {
        if (answer.executed().isEmpty()) {
            return this;
        }
        List<Position> next = new ArrayList<>(positions);
        int last = next.size() - 1;
        if (last >= 0 && next.get(last).executed().equals(answer.executed())) {
            next.set(last, new Position(next.get(last).firstNanos(), answer.sentNanos(), answer.executed()));
            return new PositionHistory(start, tookOver, next);
        }
        if (next.size() == LIMIT) {
            next.remove(0);
        }
        next.add(new Position(answer.receivedNanos(), answer.sentNanos(), answer.executed()));
        return new PositionHistory(start, tookOver, next);
    }

    /** Bounds of the lag at {@code asOfNanos} of a replica that has applied {@code executed}. */
    Bounds boundsOf(GtidSet executed, long asOfNanos) {
        if (positions.isEmpty() || executed.isEmpty()) {
            return Bounds.NOTHING_KNOWN;
        }
        int contained = newestContainedIn(executed);
        boolean upToDate = contained == positions.size() - 1;
        Duration atLeast =
                upToDate ? Duration.ZERO : since(positions.get(contained + 1).firstNanos(), asOfNanos);
        Duration atMost = contained < 0 ? null : since(positions.get(contained).lastNanos(), asOfNanos);
        return new Bounds(atLeast, atMost, upToDate);
    }

    /** The source's sets grow, so a binary search is right. */
    private int newestContainedIn(GtidSet executed) {
        int low = 0;
        int high = positions.size() - 1;
        if (executed.contains(positions.get(high).executed())) {
            return high;
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (executed.contains(positions.get(middle).executed())) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private static Duration since(long thenNanos, long nowNanos) {
        return Duration.ofNanos(Math.max(0, nowNanos - thenNanos));
    }
}
