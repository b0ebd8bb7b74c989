// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.config.MonitorSettings;
import io.sluice.routing.topology.BackendAddress;
import java.util.Properties;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Makes probes that speak through MySQL Connector/J on a few daemon threads: one a server, since none is asked twice at once. */
final class JdbcProbes implements Probe.Factory {

    static {
        // The driver's thread that closes forgotten connections would have nothing to do: ours are always closed.
        System.setProperty("com.mysql.cj.disableAbandonedConnectionCleanup", "true");
    }

    private final Properties properties;
    private final LongSupplier nanos;
    private final ProbeLog log;
    private final boolean donorsRead;
    private final ThreadPoolExecutor threads;

    /**
     * @param log is told of the connections that are opened
     * @param donorsRead whether nodes of a Galera cluster that are donors may serve reads
     */
    JdbcProbes(Properties properties, LongSupplier nanos, ProbeLog log, boolean donorsRead) {
        this.properties = properties;
        this.nanos = nanos;
        this.log = log;
        this.donorsRead = donorsRead;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.MINUTES, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "sluice-probe-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    @Override
    public void use(MonitorSettings settings) {
        DriverProperties.limitProbe(properties, settings);
    }

    @Override
    public Probe probeOf(BackendAddress address) {
        return new JdbcProbe(address, properties, nanos, threads, log, donorsRead);
    }
}
