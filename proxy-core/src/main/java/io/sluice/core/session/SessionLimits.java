// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import java.time.Duration;

/**
 * The limits of sessions.
 *
 * @param maxCommandBytes longest command, in bytes of payload
 * @param maxPreparedStatements of one session
 * @param acquireTimeout how long a command waits for a connection
 * @param hold how long a command waits for a source
 * @param maxHeld sessions of one event loop that may wait for a source
 * @param idleTimeout after which a client without a command is sent away
 * @param causalWait how long a read may wait on a replica for the writes that it must see; zero: not at all
 */
public record SessionLimits(
        int maxCommandBytes,
        int maxPreparedStatements,
        Duration acquireTimeout,
        Duration hold,
        int maxHeld,
        Duration idleTimeout,
        Duration causalWait) {

    /** Whether reads may wait on replicas. */
    boolean waits() {
        return !causalWait.isZero();
    }
}
