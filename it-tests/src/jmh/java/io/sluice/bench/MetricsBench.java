// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.StatementClass;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to count a statement. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetricsBench {
    private final ProxyMetrics metrics = new ProxyMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    private long nanos;

    @Benchmark
    public void query() {
        nanos = nanos + 977 & 0xf_ffff;
        metrics.query(StatementClass.R, Destination.REPLICA, Reason.READ_ON_REPLICA, nanos);
    }
}
