// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;

/** The counters of one backend's connections. A pool asks for it once and keeps it. Any thread. */
public final class BackendMetrics {

    private final Counter opened;
    private final Counter closed;
    private final Counter lost;
    private final Counter failed;
    private final Timer waits;

    BackendMetrics(MeterRegistry registry, BackendAddress address) {
        String server = address.toString();
        opened = connections(registry, server, "opened");
        closed = connections(registry, server, "closed");
        lost = connections(registry, server, "lost");
        failed = connections(registry, server, "failed");
        waits = Timer.builder("sluice.backend.lease.wait")
                .description("Time a command waited for a connection, where it had to wait")
                .tag("server", server)
                .serviceLevelObjectives(ProxyMetrics.BUCKETS)
                .register(registry);
    }

    private static Counter connections(MeterRegistry registry, String server, String event) {
        return Counter.builder("sluice.backend.connections")
                .description("Connections to a server by what became of them: opened and logged in, closed by us,"
                        + " lost while in the pool or in use, failed to open")
                .tag("server", server)
                .tag("event", event)
                .register(registry);
    }

    public void opened() {
        opened.increment();
    }

    public void closed() {
        closed.increment();
    }

    public void lost() {
        lost.increment();
    }

    public void failedToOpen() {
        failed.increment();
    }

    public void waited(long nanos) {
        waits.record(Duration.ofNanos(nanos));
    }
}
