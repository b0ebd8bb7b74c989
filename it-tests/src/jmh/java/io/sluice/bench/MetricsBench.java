// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.core.statistics.DecisionLog;
import io.sluice.core.statistics.LoopStatistics;
import io.sluice.core.statistics.UserNames;
import io.sluice.core.view.HistogramView;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it takes to count a statement. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricsBench {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProxyMetrics metrics = new ProxyMetrics(registry);
    private final BackendAddress server = BackendAddress.parse("db1");
    private final LoopStatistics statistics =
            new LoopStatistics(0, new Hostgroups(List.of(), Map.of()), new UserNames(32, List.of()), new DecisionLog(0, 1));
    private final Timer timer = Timer.builder("compared")
            .serviceLevelObjectives(HistogramView.LIMITS.toArray(Duration[]::new))
            .register(registry);
    private long nanos;

    @Setup
    public void otherStatements() {
        for (StatementClass other : StatementClass.values()) {
            statistics.took("app", other, server, Destination.SOURCE, null, 1, null);
        }
    }

    @Benchmark
    public void reason() {
        metrics.answered(Reason.READ_ON_REPLICA);
    }

    @Benchmark
    public void latency() {
        statistics.took("app", StatementClass.R, server, Destination.REPLICA, null, next(), null);
    }

    /** The same by a meter of Micrometer, which could be shared by event loops. */
    @Benchmark
    public void timer() {
        timer.record(next(), TimeUnit.NANOSECONDS);
    }

    private long next() {
        nanos = nanos + 977 & 0xf_ffff;
        return nanos;
    }
}
