// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.core.backend.BackendCounters;
import io.sluice.routing.topology.BackendAddress;
import java.util.concurrent.atomic.LongAdder;

/** Shows the counters of one backend's connections, which its pools keep. */
public final class BackendMetrics {
    private BackendMetrics() {}

    /** Registers the meters; the registry keeps the counters alive. */
    public static void register(MeterRegistry registry, BackendAddress address, BackendCounters counters) {
        String server = address.toString();
        connections(registry, server, "opened", counters.opened);
        connections(registry, server, "closed", counters.closed);
        connections(registry, server, "lost", counters.lost);
        connections(registry, server, "failed", counters.failed);
    }

    private static void connections(MeterRegistry registry, String server, String event, LongAdder count) {
        FunctionCounter.builder("sluice.backend.connections", count, LongAdder::sum)
                .description("Connections to a server by what became of them: opened and logged in, closed by us,"
                        + " lost while in the pool or in use, failed to open")
                .tag("server", server)
                .tag("event", event)
                .register(registry);
    }
}
