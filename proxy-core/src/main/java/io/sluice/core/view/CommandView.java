// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Duration;
import java.util.List;

/**
 * All statements that begin with the same word.
 *
 * @param command that word in upper case
 * @param sum of the times that they took
 * @param counts how many took no longer than each of {@link #LIMITS} but longer than the one before, and last those
 *     that took longer than all
 */
public record CommandView(String command, Duration sum, List<Long> counts) {
    /** The borders between {@link #counts}. */
    public static final List<Duration> LIMITS = List.of(
            Duration.ofNanos(100_000),
            Duration.ofNanos(500_000),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10));

    public CommandView {
        counts = List.copyOf(counts);
    }
}
