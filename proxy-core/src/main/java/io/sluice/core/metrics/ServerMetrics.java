// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import io.sluice.core.backend.BackendCounters;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.ServerList.Watcher;
import io.sluice.routing.topology.BackendAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The meters of each server: made when it comes, removed when it goes. */
public final class ServerMetrics implements Watcher {
    private final ProxyView view;
    private final Function<BackendAddress, @Nullable BackendCounters> counters;
    private final MeterRegistry registry;

    /** @param counters of a server's connections; null for one that is not there any more */
    public ServerMetrics(
            ProxyView view, Function<BackendAddress, @Nullable BackendCounters> counters, MeterRegistry registry) {
        this.view = view;
        this.counters = counters;
        this.registry = registry;
    }

    @Override
    public void added(BackendAddress server) {
        ViewMetrics.registerServer(view, server, registry);
        BackendCounters counted = counters.apply(server);
        if (counted != null) {
            BackendMetrics.register(registry, server, counted);
        }
    }

    @Override
    public void removed(BackendAddress server) {
        List<Meter> meters =
                List.copyOf(Search.in(registry).tag("server", server.toString()).meters());
        meters.forEach(registry::remove);
    }
}
