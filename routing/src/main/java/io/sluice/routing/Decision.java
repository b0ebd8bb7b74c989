// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import io.sluice.routing.topology.BackendAddress;

/** What to do with a statement. */
public sealed interface Decision {
    /** Send it to this backend. */
    record Forward(BackendAddress backend, Destination destination, Reason reason) implements Decision {}

    /** Keep it until the topology changes, or until the session's patience ends. */
    record Hold(Reason reason) implements Decision {}

    /** Answer with an ERR packet. */
    record Reject(Refusal refusal) implements Decision {}
}
