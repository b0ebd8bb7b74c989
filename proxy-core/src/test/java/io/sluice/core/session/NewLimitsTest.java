// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.PoolLimits;
import io.sluice.core.config.LogSettings;
import io.sluice.protocol.CommandCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits that are changed while sessions are there. */
class NewLimitsTest {
    private final SessionBench bench = new SessionBench(1, 4);

    @AfterEach
    void close() {
        bench.close();
    }

    private void use(int maxPreparedStatements, Duration idleTimeout, Duration maxIdleTime) {
        SessionLimits limits = new SessionLimits(
                1 << 20,
                maxPreparedStatements,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Map.of(),
                10,
                idleTimeout,
                Duration.ofMinutes(1),
                Duration.ZERO,
                0,
                List.of(),
                null);
        PoolLimits ofPools = new PoolLimits(10, maxIdleTime, Duration.ofHours(1), 4, Duration.ofSeconds(1));
        bench.scope().use(limits, ofPools, LogSettings.Queries.NONE);
    }

    @Test
    void hold_for_sessions_that_are_there() {
        TestClient client = bench.client();
        use(0, Duration.ofSeconds(5), Duration.ofMinutes(1));
        client.send(CommandCode.COM_STMT_PREPARE, "SELECT ?");
        bench.loop.settle();
        assertThat(client.answer()).hasToString("error 1461");
        bench.loop.advance(Duration.ofSeconds(6));
        bench.scope().tidy();
        bench.loop.settle();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void hold_for_connections_that_are_open() {
        bench.client().query("SELECT a FROM t");
        assertThat(bench.replica1.openConnections()).hasSize(1);
        use(3, Duration.ofHours(1), Duration.ofSeconds(5));
        bench.loop.advance(Duration.ofSeconds(6));
        bench.scope().tidy();
        bench.loop.settle();
        assertThat(bench.replica1.openConnections()).isEmpty();
    }
}
