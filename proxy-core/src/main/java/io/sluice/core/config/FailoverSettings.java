// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;

/** What happens to commands while no source is known. */
public record FailoverSettings(Duration hold, int maxHeld) {

    static FailoverSettings read(Section section) {
        return new FailoverSettings(
                section.get(Key.duration(
                        "hold",
                        "10s",
                        "0",
                        "1h",
                        "Time a command not yet sent waits for a new source; 0: it fails at once.")),
                section.get(Key.integer(
                        "max_held", 10_000, 0, 1_000_000, "Most commands that wait so; more fail at once.")));
    }
}
