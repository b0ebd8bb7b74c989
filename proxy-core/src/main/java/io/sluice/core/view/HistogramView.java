// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long things took.
 *
 * @param counts how many took no longer than each of {@link #LIMITS} but longer than the one before, and last those
 *     that took longer than all
 * @param sum of all times
 * @param exemplars the latest few, in no order
 */
public record HistogramView(List<Long> counts, Duration sum, List<ExemplarView> exemplars) {
    /** The borders between {@link #counts}. */
    public static final List<Duration> LIMITS = List.of(
            Duration.ofNanos(100_000),
            Duration.ofNanos(250_000),
            Duration.ofNanos(500_000),
            Duration.ofMillis(1),
            Duration.ofNanos(2_500_000),
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(25),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofMillis(2500),
            Duration.ofSeconds(10));

    public HistogramView {
        counts = List.copyOf(counts);
        exemplars = List.copyOf(exemplars);
    }

    /** What both counted. */
    public HistogramView plus(HistogramView other) {
        List<Long> both = new ArrayList<>(counts.size());
        for (int i = 0; i < counts.size(); i++) {
            both.add(counts.get(i) + other.counts.get(i));
        }
        List<ExemplarView> all = new ArrayList<>(exemplars);
        all.addAll(other.exemplars);
        return new HistogramView(both, sum.plus(other.sum), all);
    }

    /** How many there were. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
