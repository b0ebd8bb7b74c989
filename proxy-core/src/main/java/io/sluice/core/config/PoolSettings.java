// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.duration;
import static io.sluice.core.config.Key.integer;

import java.time.Duration;

/** The connections to each server. */
public record PoolSettings(
        int maxConnections,
        Duration maxIdleTime,
        Duration maxAge,
        Duration acquireTimeout,
        int maxWaiters,
        int maxPreparedStatements) {

    static PoolSettings read(Section section) {
        return new PoolSettings(
                section.get(integer(
                        "max_connections",
                        100,
                        1,
                        100_000,
                        "Most connections to one server, unless the server says its own.")),
                section.get(duration("max_idle_time", "5m", "1s", "30d", "A connection unused for so long is closed.")),
                section.get(duration(
                        "max_age", "30m", "1s", "365d", "A connection so old is closed when it is next free.")),
                section.get(
                        duration("acquire_timeout", "10s", "1ms", "1h", "Time a command waits for a free connection.")),
                section.get(integer(
                        "max_waiters",
                        10_000,
                        1,
                        1_000_000,
                        "Most commands that wait for a free connection to one server.")),
                section.get(integer(
                        "max_prepared_statements",
                        500,
                        1,
                        100_000,
                        "Most prepared statements kept on one connection.")));
    }
}
