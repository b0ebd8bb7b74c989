// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.HistogramView;
import io.sluice.core.view.LatencyView;
import io.sluice.core.view.StatisticsView;
import java.util.Locale;

/**
 * Shows the histograms that event loops count for themselves. Meters of Micrometer would be written by all loops, and
 * look at the clock for each statement.
 */
public final class HistogramMetrics implements MultiCollector {
    private final StatisticsView statistics;

    private HistogramMetrics(StatisticsView statistics) {
        this.statistics = statistics;
    }

    /** From now on, they are part of what the registry shows. */
    public static void register(PrometheusMeterRegistry registry, StatisticsView statistics) {
        registry.getPrometheusRegistry().register(new HistogramMetrics(statistics));
    }

    @Override
    public MetricSnapshots collect() {
        HistogramSnapshot.Builder latencies = HistogramSnapshot.builder()
                .name("sluice_query_duration_seconds")
                .unit(Unit.SECONDS)
                .help("From a whole command to the end of its answer");
        for (LatencyView view : statistics.latencies()) {
            Labels labels = Labels.of(
                    "class", label(view.statementClass()),
                    "destination", label(view.destination()),
                    "hostgroup", Integer.toString(view.hostgroup()),
                    "user", view.user());
            latencies.dataPoint(point(labels, view.times()));
        }
        HistogramSnapshot.Builder delays = HistogramSnapshot.builder()
                .name("sluice_loop_delay_seconds")
                .unit(Unit.SECONDS)
                .help("By how much event loops are late for what they have to do at a certain time")
                .dataPoint(point(Labels.EMPTY, statistics.loops().delays()));
        return MetricSnapshots.of(latencies.build(), delays.build());
    }

    private static HistogramDataPointSnapshot point(Labels labels, HistogramView times) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        int last = HistogramView.LIMITS.size();
        for (int i = 0; i < last; i++) {
            buckets.bucket(
                    HistogramView.LIMITS.get(i).toNanos() / 1e9, times.counts().get(i));
        }
        buckets.bucket(Double.POSITIVE_INFINITY, times.counts().get(last));
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(buckets.build())
                .sum(times.sum().toNanos() / 1e9)
                .exemplars(Exemplars.of(times.exemplars().stream()
                        .map(HistogramMetrics::exemplar)
                        .toList()))
                .build();
    }

    private static Exemplar exemplar(ExemplarView view) {
        return Exemplar.builder()
                .traceId(view.trace())
                .spanId(view.span())
                .value(view.took().toNanos() / 1e9)
                .timestampMillis(view.ended().toEpochMilli())
                .build();
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
