// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;

/** How the proxy stops. */
public record ShutdownSettings(Duration drain) {

    static ShutdownSettings read(Section section) {
        return new ShutdownSettings(section.get(Key.duration(
                "drain", "10s", "0", "1h", "Time open transactions get to end after a stop is asked for.")));
    }
}
