// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.CommandView;
import io.sluice.core.view.DecisionView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.HistogramView;
import io.sluice.core.view.JournalView;
import io.sluice.core.view.LatencyView;
import io.sluice.core.view.LoopsView;
import io.sluice.core.view.StatisticsView;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/** Figures that nobody has counted. */
public final class FakeStatistics implements StatisticsView {
    public final List<DigestView> digests = new ArrayList<>();
    public final List<DecisionView> decisions = new ArrayList<>();
    public final List<CommandView> commands = new ArrayList<>();
    public final List<ErrorView> errors = new ArrayList<>();
    public final Map<BackendAddress, Long> queries = new ConcurrentHashMap<>();
    public final List<LatencyView> latencies = new ArrayList<>();

    @Override
    public List<DigestView> digests() {
        return List.copyOf(digests);
    }

    @Override
    public List<DigestView> takeDigests() {
        List<DigestView> taken = List.copyOf(digests);
        digests.clear();
        return taken;
    }

    @Override
    public List<DecisionView> decisions() {
        return List.copyOf(decisions);
    }

    @Override
    public List<CommandView> commands() {
        return List.copyOf(commands);
    }

    @Override
    public List<ErrorView> errors() {
        return List.copyOf(errors);
    }

    @Override
    public Map<BackendAddress, Long> queries() {
        return Map.copyOf(queries);
    }

    @Override
    public List<LatencyView> latencies() {
        return List.copyOf(latencies);
    }

    @Override
    public LoopsView loops() {
        return new LoopsView(histogram(50_000), Duration.ofMillis(2));
    }

    @Override
    public List<JournalView> journals() {
        return List.of(new JournalView("queries", 7, 1));
    }

    @Override
    public int held() {
        return 3;
    }

    /** One that has seen these times, in nanoseconds. */
    static HistogramView histogram(long... times) {
        long[] counts = new long[HistogramView.LIMITS.size() + 1];
        for (long time : times) {
            int bucket = 0;
            while (bucket < counts.length - 1
                    && time > HistogramView.LIMITS.get(bucket).toNanos()) {
                bucket++;
            }
            counts[bucket]++;
        }
        return new HistogramView(
                LongStream.of(counts).boxed().toList(),
                Duration.ofNanos(LongStream.of(times).sum()),
                List.of());
    }
}
