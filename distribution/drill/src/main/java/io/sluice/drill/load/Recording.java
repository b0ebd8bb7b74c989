// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.load;

import java.util.List;

/**
 * What a load has seen from its start to its end. Times by System.nanoTime().
 *
 * @param startedNanos when all clients were at work; the calls before are there, too
 * @param lostConnections how often a client's connection was closed under it
 */
public record Recording(
        int writers, int readers, long startedNanos, long stoppedNanos, List<Call> calls, int lostConnections) {
    public Recording {
        calls = List.copyOf(calls);
    }
}
