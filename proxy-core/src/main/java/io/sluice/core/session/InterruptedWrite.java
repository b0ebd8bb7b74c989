// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.topology.BackendAddress;

/**
 * A transaction whose commit may have been executed, or not, when its connection was lost. Times are of the monotonic
 * clock.
 *
 * @param server where it ran
 * @param serverUuid and the tag: what its GTID begins with; empty on MariaDB, where the tag is a server id
 * @param known the last transactions before it with such a GTID
 * @param threadId the server's id of the lost connection
 * @param aliveAtNanos when the server's process was certainly the one that ran it
 * @param begunAtNanos when it had not yet been sent
 */
public record InterruptedWrite(
        BackendAddress server,
        String serverUuid,
        String tag,
        SlotNumbers known,
        long threadId,
        long aliveAtNanos,
        long begunAtNanos) {}
