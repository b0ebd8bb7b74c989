// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.config.SluiceConfig;
import io.sluice.core.limit.Limit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The limits of sessions.
 *
 * @param maxCommandBytes longest command, in bytes of payload
 * @param maxPreparedStatements of one session
 * @param acquireTimeout how long a command waits for a connection
 * @param hold how long a command waits for a source
 * @param holds the same of users who have their own, by their names
 * @param maxHeld sessions of one event loop that may wait for a source
 * @param idleTimeout after which a client without a command is sent away
 * @param tcpTimeout for how long the machine of a client may acknowledge nothing
 * @param causalWait how long a read may wait on a replica for the writes that it must see; zero: not at all
 * @param replayBytes of an open transaction are kept, to do it again when its connection is lost; 0: none
 * @param statements how many statements may run, of whom and of what kind
 * @param sourceReads how many reads the source serves for lack of a replica; null for no limit
 */
public record SessionLimits(
        int maxCommandBytes,
        int maxPreparedStatements,
        Duration acquireTimeout,
        Duration hold,
        Map<String, Duration> holds,
        int maxHeld,
        Duration idleTimeout,
        Duration tcpTimeout,
        Duration causalWait,
        int replayBytes,
        List<Limit> statements,
        @Nullable Limit sourceReads) {
    public SessionLimits {
        statements = List.copyOf(statements);
        holds = Map.copyOf(holds);
    }

    /** As the configuration has them, with the limits that it made. */
    public static SessionLimits of(SluiceConfig config, List<Limit> statements, @Nullable Limit sourceReads) {
        return new SessionLimits(
                config.mysql().maxCommandBytes(),
                config.mysql().maxPreparedStatements(),
                config.pool().acquireTimeout(),
                config.failover().hold(),
                config.holds(),
                config.failover().maxHeld(),
                config.mysql().idleTimeout(),
                config.mysql().tcpTimeout(),
                config.routing().causalWait(),
                config.failover().replayBytes(),
                statements,
                sourceReads);
    }

    /** How long a command of that user waits for a source. */
    Duration holdOf(String user) {
        return holds.getOrDefault(user, hold);
    }

    /** Whether reads may wait on replicas. */
    boolean waits() {
        return !causalWait.isZero();
    }
}
