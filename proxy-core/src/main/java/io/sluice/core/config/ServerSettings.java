// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.routing.topology.BackendAddress;
import java.util.Optional;

/**
 * One server. Its role is discovered, never configured.
 *
 * @param zone where it stands; empty: nowhere in particular
 */
public record ServerSettings(BackendAddress address, int weight, int maxConnections, String zone) {

    static Optional<ServerSettings> read(Section section, PoolSettings pool) {
        Optional<BackendAddress> address = section.require(
                Key.required("address", "an address host:port", "Host and port; without port 3306."),
                text -> Key.attempt(() -> BackendAddress.parse(text)),
                "write host:port, such as db1.example.com:3306 or \"[::1]:3306\"");
        int weight = section.get(
                Key.integer("weight", 1, 0, 1_000_000, "Share of the reads while it is a replica; 0: none."));
        int maxConnections = section.get(new Key<>(
                "max_connections",
                pool.maxConnections(),
                "pool.max_connections",
                "a whole number from 1 to 100000",
                "Most connections to this server.",
                Key.integer("", 1, 1, 100_000, "").parse(),
                text -> "write a number without a unit, such as 100"));
        String zone = section.get(Key.text("zone", "", "Where it stands, see routing.zone."));
        return address.map(valid -> new ServerSettings(valid, weight, maxConnections, zone));
    }
}
