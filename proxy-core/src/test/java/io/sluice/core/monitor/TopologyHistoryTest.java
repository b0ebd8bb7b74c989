// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.view.FailoverView;
import io.sluice.core.view.TopologyEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopologyHistoryTest {
    private final TopologyHistory history = new TopologyHistory(new ProbeLog(() -> Instant.EPOCH));
    private Instant now = Instant.EPOCH;

    @Test
    void a_failover_begins_when_the_source_is_lost_and_ends_with_another_one() {
        change("none", "db1:3306", "the only one that is writable");
        change("db1:3306", "none", "db1:3306 does not answer");
        change("none", "none", "db1:3306 does not answer; two replicas");
        change("none", "db2:3306", "db2:3306 was promoted");

        assertThat(history.failovers())
                .containsExactly(new FailoverView(
                        "db1:3306",
                        Instant.EPOCH.plusSeconds(2),
                        "db1:3306 does not answer",
                        "db2:3306",
                        Instant.EPOCH.plusSeconds(4),
                        "db2:3306 was promoted"));
        assertThat(history.failovers().get(0).gap()).isEqualTo(Duration.ofSeconds(2));
        assertThat(history.events()).hasSize(4);
    }

    @Test
    void a_change_without_a_time_between_has_no_gap() {
        change("db1:3306", "db2:3306", "moved");

        assertThat(history.failovers()).hasSize(1);
        assertThat(history.failovers().get(0).gap()).isZero();
    }

    @Test
    void the_last_one_may_be_open() {
        change("db1:3306", "none", "gone");

        assertThat(history.failovers().get(0).to()).isNull();
        assertThat(history.failovers().get(0).gap()).isNull();
    }

    @Test
    void keeps_the_latest_alone() {
        for (int i = 0; i < 1000; i++) {
            change("db" + i + ":3306", "none", "gone");
            change("none", "db" + (i + 1) + ":3306", "promoted");
        }

        assertThat(history.events()).hasSize(500);
        assertThat(history.failovers())
                .hasSize(100)
                .last()
                .extracting(FailoverView::to)
                .isEqualTo("db1000:3306");
    }

    private void change(String from, String to, String why) {
        now = now.plusSeconds(1);
        history.add(new TopologyEvent(now, TopologyEvent.SOURCE_CHANGED, Map.of("from", from, "to", to, "why", why)));
    }
}
