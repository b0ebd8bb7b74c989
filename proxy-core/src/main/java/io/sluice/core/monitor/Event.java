// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.BackendAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the reducer is fed. Time comes inside the observation; nothing here reads a clock. */
public sealed interface Event {

    /** A probe ended. */
    record Observed(Observation observation) implements Event {}

    /** The data path saw something: a refused or reset connection, a read-only error. One more failed probe suffices. */
    record Suspected(BackendAddress address, String evidence) implements Event {}

    /**
     * These are the servers from now on.
     *
     * @param weights all of them, in their order
     */
    record Listed(Map<BackendAddress, Integer> weights) implements Event {
        public Listed {
            weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
        }
    }
}
