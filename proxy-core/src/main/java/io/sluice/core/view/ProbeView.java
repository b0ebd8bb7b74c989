// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One question of the monitor to one server, and what came of it.
 *
 * @param at when it was sent
 * @param took until the answer or the failure
 * @param error why there was no answer; null for one
 * @param readOnly as the server says; null without an answer
 * @param lag of its replication, as the server says; null if it has none or does not know
 * @param replicates whether it is a replica of somebody
 * @param group where it stands in its replication group; null if it is in none
 */
public record ProbeView(
        BackendAddress server,
        Instant at,
        Duration took,
        @Nullable String error,
        @Nullable Boolean readOnly,
        boolean replicates,
        @Nullable Duration lag,
        @Nullable Group group) {

    /**
     * Where a server stands in its group.
     *
     * @param viable whether it is online among a majority of the group
     * @param behind transactions of others that it has not applied
     */
    public record Group(boolean viable, long behind) {}

    /**
     * The monitor has opened a connection, or tried to.
     *
     * @param took until it was logged in, or the failure
     * @param error null if it was logged in
     */
    public record Connect(
            BackendAddress server,
            Instant at,
            Duration took,
            @Nullable String error) {}
}
