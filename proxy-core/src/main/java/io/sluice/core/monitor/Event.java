// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.BackendAddress;

/** What the reducer is fed. Time comes inside the observation; nothing here reads a clock. */
public sealed interface Event {

    /** A probe ended. */
    record Observed(Observation observation) implements Event {}

    /** The data path saw something: a refused or reset connection, a read-only error. One more failed probe suffices. */
    record Suspected(BackendAddress address, String evidence) implements Event {}
}
