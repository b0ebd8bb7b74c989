// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.core.backend.BackendCounters;
import io.sluice.core.view.HistoryView;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.SessionView;
import io.sluice.routing.Explanation;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Topology;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
    private static final BackendAddress A = BackendAddress.parse("a");
    private static final BackendAddress B = BackendAddress.parse("b");

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final ServerMetrics metrics = new ServerMetrics(new Nothing(), server -> new BackendCounters(), registry);

    @Test
    void the_meters_of_a_server_go_with_it() {
        metrics.added(A);
        int ofOne = registry.getMeters().size();
        metrics.added(B);
        metrics.removed(A);
        assertThat(ofOne).isPositive();
        assertThat(registry.getMeters())
                .hasSize(ofOne)
                .allMatch(meter -> "b:3306".equals(meter.getId().getTag("server")));
    }

    private record Nothing() implements ProxyView {
        @Override
        public Topology topology() {
            return Topology.EMPTY;
        }

        @Override
        public List<SessionView> sessions() {
            return List.of();
        }

        @Override
        public List<PoolView> pools() {
            return List.of();
        }

        @Override
        public Explanation explain(String sql) {
            throw new UnsupportedOperationException(sql);
        }

        @Override
        public HistoryView history() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean accepting() {
            return true;
        }

        @Override
        public Instant startedAt() {
            return Instant.EPOCH;
        }

        @Override
        public int clientCount() {
            return 0;
        }
    }
}
