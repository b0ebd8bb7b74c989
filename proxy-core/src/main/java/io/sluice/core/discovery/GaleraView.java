// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import io.sluice.core.discovery.Look.Neighbour;
import io.sluice.routing.topology.BackendAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a server says of the Galera cluster that it is a node of.
 *
 * @param isNode whether it has the library of Galera
 * @param cluster wsrep_cluster_state_uuid: whose data it has; empty if it is in no primary component
 * @param node wsrep_gcomm_uuid, which no other node has; empty if it is connected to none
 * @param nodes where clients reach the nodes, itself included, as far as they say (wsrep_incoming_addresses)
 */
record GaleraView(boolean isNode, String cluster, String node, List<Neighbour> nodes) {
    static final GaleraView NONE = new GaleraView(false, "", "", List.of());

    static final String STATUS = "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_provider_name',"
            + " 'wsrep_cluster_state_uuid', 'wsrep_cluster_status', 'wsrep_gcomm_uuid', 'wsrep_incoming_addresses')";

    GaleraView {
        nodes = List.copyOf(nodes);
    }

    /** Of the status variables, by their names in lower case. */
    static GaleraView of(Map<String, String> status) {
        if (status.getOrDefault("wsrep_provider_name", "").isEmpty()) {
            return NONE;
        }
        String node = status.getOrDefault("wsrep_gcomm_uuid", "");
        if (!status.getOrDefault("wsrep_cluster_status", "").equalsIgnoreCase("Primary")) {
            return new GaleraView(true, "", node, List.of());
        }
        String addresses = status.getOrDefault("wsrep_incoming_addresses", "");
        return new GaleraView(
                true,
                status.getOrDefault("wsrep_cluster_state_uuid", ""),
                node,
                Arrays.stream(addresses.split(",", -1))
                        .map(GaleraView::neighbour)
                        .flatMap(Optional::stream)
                        .toList());
    }

    /** What tells it from all other servers: nodes may well share their server_id. */
    String identity(BackendAddress server) {
        return node.isEmpty() ? "node at " + server : "node " + node;
    }

    /** None for an arbitrator, which is empty, for who does not know its own address, and for what is none. */
    private static Optional<Neighbour> neighbour(String address) {
        String text = address.trim();
        if (text.isEmpty() || text.equalsIgnoreCase("AUTO") || text.startsWith("unspecified")) {
            return Optional.empty();
        }
        try {
            BackendAddress parsed = BackendAddress.parse(text);
            return Optional.of(new Neighbour(parsed.host(), parsed.port(), ""));
        } catch (IllegalArgumentException unusable) {
            return Optional.empty();
        }
    }
}
