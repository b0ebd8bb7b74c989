// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.core.view.ProbeView;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProbeLogTest {
    private static final Instant NOW = Instant.ofEpochSecond(1000);
    private static final BackendAddress OTHER = BackendAddress.parse("other");

    private final ProbeLog log = new ProbeLog(() -> NOW);
    private final FakeServer source = new FakeServer(1);
    private final FakeServer replica = new FakeServer(2).follow(source);

    @Test
    void tells_what_an_answer_said() {
        replica.ownLag = Duration.ofSeconds(3);
        replica.appliedAll = false;
        log.add(source.observe(5));
        log.add(replica.observe(5));
        assertThat(log.probes())
                .containsExactlyInAnyOrder(
                        new ProbeView(source.address, NOW, Duration.ZERO, null, source.readOnly, false, null, null),
                        new ProbeView(
                                replica.address,
                                NOW,
                                Duration.ZERO,
                                null,
                                replica.readOnly,
                                true,
                                Duration.ofSeconds(3),
                                null));
    }

    @Test
    void tells_why_there_was_no_answer_and_since_when_it_was_awaited() {
        log.add(new Failure(OTHER, 1_000_000_000, 3_000_000_000L, Kind.TIMEOUT, false, "2000 ms"));
        assertThat(log.probes())
                .containsExactly(new ProbeView(
                        OTHER,
                        NOW.minusSeconds(2),
                        Duration.ofSeconds(2),
                        "no answer in time: 2000 ms",
                        null,
                        false,
                        null,
                        null));
    }

    @Test
    void keeps_the_latest_of_each_server_until_it_is_gone() {
        log.connected(OTHER, Duration.ofSeconds(1), "no");
        for (int i = 0; i <= ProbeLog.MAX_OF_SERVER; i++) {
            log.add(source.observe(i));
        }
        log.add(replica.observe(0));
        assertThat(log.probes()).hasSize(ProbeLog.MAX_OF_SERVER + 1);
        assertThat(log.connects())
                .containsExactly(new ProbeView.Connect(OTHER, NOW.minusSeconds(1), Duration.ofSeconds(1), "no"));
        log.forget(source.address);
        log.forget(OTHER);
        assertThat(log.probes()).hasSize(1);
        assertThat(log.connects()).isEmpty();
    }
}
