// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.view.JournalView;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RuleLinesTest {
    @Test
    void lines_are_made_by_another_thread_and_those_that_are_too_many_dropped() {
        RuleLines lines = new RuleLines();
        CompletableFuture<String> disk = new CompletableFuture<>();
        Thread here = Thread.currentThread();
        int extra = 10;
        for (int i = 0; i < RuleLines.MOST_WAITING + 1 + extra; i++) {
            lines.add(() -> {
                assertThat(Thread.currentThread()).isNotSameAs(here);
                return disk.join();
            });
        }
        assertThat(lines.view().dropped()).isBetween(extra + 0L, extra + 1L);
        disk.complete("event=rule_matched");
        lines.close();
        JournalView view = lines.view();
        assertThat(view.written() + view.dropped()).isEqualTo(RuleLines.MOST_WAITING + 1 + extra);
        lines.add(() -> "late");
        assertThat(lines.view().dropped()).isEqualTo(view.dropped() + 1);
    }
}
