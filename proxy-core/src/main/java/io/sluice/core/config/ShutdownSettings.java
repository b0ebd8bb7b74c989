// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;

/**
 * How the proxy stops.
 *
 * @param takeover how long it goes on serving who is connected after another process has taken over
 */
public record ShutdownSettings(Duration drain, Duration takeover) {

    static ShutdownSettings read(Section section) {
        return new ShutdownSettings(
                section.get(Key.duration(
                        "drain", "10s", "0", "1h", "Time open transactions get to end after a stop is asked for.")),
                section.get(
                        Key.duration(
                                "takeover",
                                "1m",
                                "0",
                                "1d",
                                "Time clients get to go as they are idle after another Sluice has taken over; then comes drain.")));
    }
}
