// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;

/**
 * All errors with one code that one server gave to one user in one schema.
 *
 * @param hostgroup of the server at that time
 * @param schema empty for none
 * @param firstSeen so long ago
 * @param lastSeen so long ago
 * @param lastMessage the server's words at the last time
 */
public record ErrorView(
        int hostgroup,
        BackendAddress server,
        String user,
        String schema,
        int code,
        long count,
        Duration firstSeen,
        Duration lastSeen,
        String lastMessage) {}
