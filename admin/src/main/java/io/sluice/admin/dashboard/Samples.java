// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.dashboard;

import io.sluice.core.view.CommandView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.StatisticsView;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much was done, every two seconds of the last quarter of an hour. Any thread but an event loop. */
final class Samples {
    static final Duration INTERVAL = Duration.ofSeconds(2);
    static final int KEPT = 450;

    private static final int BUCKETS = CommandView.LIMITS.size() + 1;

    /**
     * What was done since the sample before.
     *
     * @param atMillis since the epoch, by the clock of Sluice's host
     * @param source statements that the source answered, a second
     * @param replicas statements that others answered, a second
     * @param errors of servers that clients got, a second
     * @param p50 milliseconds that half of the statements took at most; null if there were none
     */
    record Sample(
            long atMillis,
            double source,
            double replicas,
            double errors,
            @Nullable Double p50,
            @Nullable Double p95,
            @Nullable Double p99) {}

    private final ProxyView view;
    private final StatisticsView statistics;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private Map<BackendAddress, Double> rates = Map.of();
    private @Nullable Counted before;

    private record Counted(long nanos, Map<BackendAddress, Long> queries, long[] times, long errors) {}

    Samples(ProxyView view, StatisticsView statistics) {
        this.view = view;
        this.statistics = statistics;
    }

    /**
     * Takes the next one.
     *
     * @param atMillis since the epoch
     * @param nanos of the monotonic clock
     */
    void take(long atMillis, long nanos) {
        Counted now = new Counted(nanos, statistics.queries(), times(), errors());
        synchronized (this) {
            if (before != null && nanos > before.nanos) {
                if (samples.size() == KEPT) {
                    samples.removeFirst();
                }
                samples.addLast(between(before, now, atMillis));
            }
            before = now;
        }
    }

    private Sample between(Counted earlier, Counted now, long atMillis) {
        double seconds = (now.nanos - earlier.nanos) / 1e9;
        BackendAddress source = view.topology().source().map(Member::address).orElse(null);
        Map<BackendAddress, Double> each = new HashMap<>();
        double ofSource = 0;
        double ofReplicas = 0;
        for (Map.Entry<BackendAddress, Long> server : now.queries.entrySet()) {
            // A server that went and came back counts from 0 again.
            long more = server.getValue() - earlier.queries.getOrDefault(server.getKey(), 0L);
            double rate = Math.max(0, more) / seconds;
            each.put(server.getKey(), rate);
            if (server.getKey().equals(source)) {
                ofSource += rate;
            } else {
                ofReplicas += rate;
            }
        }
        rates = Map.copyOf(each);
        long[] times = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            times[i] = Math.max(0, now.times[i] - earlier.times[i]);
        }
        return new Sample(
                atMillis,
                ofSource,
                ofReplicas,
                Math.max(0, now.errors - earlier.errors) / seconds,
                quantile(times, 0.5),
                quantile(times, 0.95),
                quantile(times, 0.99));
    }

    /** Milliseconds that this share of the statements took at most, as near as the counts tell; null without any. */
    static @Nullable Double quantile(long[] counts, double share) {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        if (all == 0) {
            return null;
        }
        double wanted = share * all;
        double least = 0;
        for (int i = 0; i < CommandView.LIMITS.size(); i++) {
            double most = CommandView.LIMITS.get(i).toNanos() / 1e6;
            if (wanted <= counts[i]) {
                return least + (most - least) * wanted / counts[i];
            }
            wanted -= counts[i];
            least = most;
        }
        return least;
    }

    private long[] times() {
        long[] sums = new long[BUCKETS];
        for (CommandView command : statistics.commands()) {
            for (int i = 0; i < BUCKETS; i++) {
                sums[i] += command.counts().get(i);
            }
        }
        return sums;
    }

    private long errors() {
        return statistics.errors().stream().mapToLong(ErrorView::count).sum();
    }

    /** The oldest first. */
    synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** Statements a second that each server answered lately. */
    synchronized Map<BackendAddress, Double> rates() {
        return rates;
    }
}
