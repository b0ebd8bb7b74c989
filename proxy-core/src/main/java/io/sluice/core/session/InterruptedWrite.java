// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.topology.BackendAddress;

/**
 * A transaction whose commit may have been executed, or not, when its connection was lost.
 *
 * @param server where it ran
 * @param serverUuid and the tag: what its GTID begins with
 * @param known the number of the last transaction before it with such a GTID
 * @param threadId the server's id of the lost connection
 * @param aliveAtNanos when the server's process was certainly the one that ran it, by the monotonic clock
 */
public record InterruptedWrite(
        BackendAddress server, String serverUuid, String tag, long known, long threadId, long aliveAtNanos) {}
