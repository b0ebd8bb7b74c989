// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

/**
 * When a connection was opened.
 *
 * @param spread any number, so that those opened together do not end together
 * @param outdatings how often the pools had been {@link Permits#outdate outdated} then
 */
public record ConnectionAge(long openedAtNanos, long spread, int outdatings) {

    /** Whether it is too old, or has been idle for too long. */
    boolean isOver(PoolLimits limits, long idleSinceNanos, long now) {
        long age = limits.maxAge().toNanos();
        return now - openedAtNanos > age - age / 10 * (spread % 11) / 10
                || (idleSinceNanos != 0
                        && now - idleSinceNanos > limits.maxIdleTime().toNanos());
    }

    boolean isOutdated(Permits permits) {
        return outdatings != permits.outdatings();
    }
}
