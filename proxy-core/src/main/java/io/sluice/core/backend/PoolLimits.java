// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.core.config.BackendSettings;
import io.sluice.core.config.PoolSettings;
import java.time.Duration;

/**
 * The limits of one backend's pool.
 *
 * @param maxWaiters sessions that may wait for a connection on one event loop
 * @param maxIdleTime after which an unused connection is closed
 * @param maxAge after which a connection is closed when it next falls idle; spread by a tenth so that they do not all
 *     go at once
 * @param maxPreparedStatements on one connection
 * @param setupTimeout for a server's answers to what prepares a connection for its next user
 */
public record PoolLimits(
        int maxWaiters, Duration maxIdleTime, Duration maxAge, int maxPreparedStatements, Duration setupTimeout) {

    /** As the configuration has them. */
    public static PoolLimits of(PoolSettings pool, BackendSettings backend) {
        return new PoolLimits(
                pool.maxWaiters(),
                pool.maxIdleTime(),
                pool.maxAge(),
                pool.maxPreparedStatements(),
                backend.connectTimeout());
    }
}
