// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import io.sluice.routing.topology.BackendAddress;
import java.util.List;
import java.util.Set;

/**
 * What a server said of itself and of others.
 *
 * @param identity what no other server of the topology has: its server_uuid, or on MariaDB its server_id, or as a node of
 *     a Galera cluster its wsrep_gcomm_uuid
 * @param asSource what its replicas call it; the same but for nodes of a Galera cluster
 * @param sources from which it replicates now
 * @param replicas that have registered with it
 * @param replicaHosts from which replicas read its binary log
 * @param group the members of its group or Galera cluster, itself included
 * @param cluster whose data it has as a node of a Galera cluster; empty: it is none
 * @param filtered whether it leaves out a part of what it receives
 * @param missingGrants statements that an administrator should run
 */
record Look(
        BackendAddress address,
        String identity,
        String asSource,
        boolean readOnly,
        List<Neighbour> sources,
        List<Neighbour> replicas,
        Set<String> replicaHosts,
        List<Neighbour> group,
        String cluster,
        boolean filtered,
        List<String> missingGrants) {

    Look {
        sources = List.copyOf(sources);
        replicas = List.copyOf(replicas);
        replicaHosts = Set.copyOf(replicaHosts);
        group = List.copyOf(group);
        missingGrants = List.copyOf(missingGrants);
    }

    /**
     * Another server as this one calls it.
     *
     * @param host empty when unknown
     * @param identity empty when unknown
     */
    record Neighbour(String host, int port, String identity) {
        boolean isComplete() {
            return !host.isEmpty() && port > 0 && port <= 65_535;
        }

        BackendAddress address() {
            return new BackendAddress(host, port);
        }
    }

    /** Whether it replicates from that server, or shares a group or a cluster with it. */
    boolean names(Look other) {
        return hasIdentity(sources, other.asSource)
                || hasIdentity(group, other.identity)
                || (!cluster.isEmpty() && cluster.equals(other.cluster));
    }

    /** Whether it is who is called so. */
    boolean isCalled(String name) {
        return name.equals(identity) || name.equals(asSource);
    }

    private static boolean hasIdentity(List<Neighbour> neighbours, String identity) {
        return neighbours.stream().anyMatch(neighbour -> neighbour.identity().equals(identity));
    }
}
