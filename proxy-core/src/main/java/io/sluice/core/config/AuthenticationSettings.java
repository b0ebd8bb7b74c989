// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How accounts that are not listed are let in, and how guessing is slowed. */
public record AuthenticationSettings(
        boolean passthrough,
        boolean readDigests,
        Duration recheck,
        int maxCached,
        Duration cacheTime,
        Guessing guessing) {

    /**
     * How clients that show wrong passwords are slowed.
     *
     * @param delayAfter so many failures of one address; 0: never
     * @param window after which failures are forgotten
     */
    public record Guessing(int delayAfter, Duration maxDelay, Duration window) {
        static Guessing read(Section section) {
            return new Guessing(
                    section.get(Key.integer(
                            "delay_after",
                            5,
                            0,
                            1_000_000,
                            "After so many wrong passwords from one address, refusals are delayed; 0: never.")),
                    section.get(Key.duration("max_delay", "5s", "0s", "1m", "The longest such delay.")),
                    section.get(Key.duration(
                            "delay_window",
                            "10m",
                            "1s",
                            "24h",
                            "Failures of an address are forgotten when its last one is so long ago.")));
        }
    }

    static final Key<Boolean> PASSTHROUGH =
            Key.flag("passthrough", true, "Whether any account of the servers may log in without being listed.");

    static AuthenticationSettings read(Section section) {
        return new AuthenticationSettings(
                section.get(PASSTHROUGH),
                section.get(Key.flag(
                        "read_digests",
                        true,
                        "Whether the monitor reads what mysql.user has of mysql_native_password, if it may.")),
                section.get(Key.duration(
                        "recheck", "1s", "0s", "1h", "After so long an account is proven at a server again.")),
                section.get(Key.integer(
                        "max_cached", 10_000, 1, 1_000_000, "Most accounts whose passwords are kept in memory.")),
                section.get(
                        Key.duration("cache_time", "1h", "1s", "365d", "A password unused for so long is forgotten.")),
                Guessing.read(section));
    }

    /** @param amongUsers the switch as it stands there instead, or null */
    AuthenticationSettings withPassthrough(@Nullable Boolean amongUsers, Section document) {
        if (amongUsers == null) {
            return this;
        }
        if (document.isGiven("authentication.passthrough")) {
            document.problemAt("users.passthrough", "is also authentication.passthrough", "keep one of them");
        }
        return new AuthenticationSettings(amongUsers, readDigests, recheck, maxCached, cacheTime, guessing);
    }
}
