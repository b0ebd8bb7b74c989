// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.HistogramView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** How often something took how long. Written by one event loop, without a lock or an atomic addition; read by any thread. */
final class Histogram {
    private static final long[] LIMITS =
            HistogramView.LIMITS.stream().mapToLong(Duration::toNanos).toArray();

    private static final int SUM = LIMITS.length + 1;

    /** A count for each limit, one for what is beyond all, and the sum of the times. */
    private final AtomicLongArray counts = new AtomicLongArray(SUM + 1);

    /** The latest of each count that has a span. */
    private final AtomicReferenceArray<@Nullable ExemplarView> exemplars = new AtomicReferenceArray<>(SUM);

    /** @param exemplar its span; null if it has none */
    void add(long nanos, @Nullable ExemplarView exemplar) {
        int bucket = bucket(nanos);
        add(bucket, 1);
        add(SUM, nanos);
        if (exemplar != null) {
            exemplars.setRelease(bucket, exemplar);
        }
    }

    /** There is one writer, so that nothing comes between reading and writing. */
    private void add(int index, long more) {
        counts.setRelease(index, counts.getPlain(index) + more);
    }

    private static int bucket(long nanos) {
        int bucket = 0;
        while (bucket < LIMITS.length && nanos > LIMITS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    HistogramView view() {
        List<Long> all = new ArrayList<>(SUM);
        List<ExemplarView> some = new ArrayList<>();
        for (int i = 0; i < SUM; i++) {
            // First, so that it is among the counted.
            ExemplarView exemplar = exemplars.getAcquire(i);
            if (exemplar != null) {
                some.add(exemplar);
            }
            all.add(counts.getAcquire(i));
        }
        return new HistogramView(all, Duration.ofNanos(counts.getAcquire(SUM)), some);
    }
}
