// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoopDelayTest {
    private static final long MILLISECOND = 1_000_000;

    private long now = 5_000_000_000L;
    private final LoopDelay delay = new LoopDelay(() -> now);

    @Test
    void counts_by_how_much_a_loop_is_late() {
        now += 101 * MILLISECOND;
        delay.look();
        assertThat(delay.view().delays().sum()).isEqualTo(Duration.ofMillis(1));
        assertThat(delay.view().delays().count()).isEqualTo(1);
    }

    @Test
    void each_look_that_was_missed_counts_by_how_late_it_was() {
        now += 400 * MILLISECOND;
        delay.look();
        delay.look();
        delay.look();
        assertThat(delay.view().delays().sum()).isEqualTo(Duration.ofMillis(300 + 200 + 100));
    }

    @Test
    void says_for_how_long_a_loop_is_overdue_while_it_is() {
        now += 50 * MILLISECOND;
        assertThat(delay.view().silence()).isZero();
        now += 3050 * MILLISECOND;
        assertThat(delay.view().silence()).isEqualTo(Duration.ofSeconds(3));
    }
}
