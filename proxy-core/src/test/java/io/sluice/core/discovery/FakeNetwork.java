// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import io.sluice.core.discovery.Look.Neighbour;
import io.sluice.routing.topology.BackendAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Servers that replicate from each other, as a lookout sees them. Addresses are IP addresses. */
final class FakeNetwork implements Lookout {
    /** One server, and what it calls itself in front of others. */
    static final class Server {
        final BackendAddress address;
        final String identity;
        final List<Server> sources = new ArrayList<>();
        String reportHost;
        boolean writable;
        boolean down;
        boolean filtered;
        List<Server> group = List.of();
        /** Of a Galera cluster, whose nodes name each other without identities. */
        String cluster = "";

        String asSource;

        private Server(BackendAddress address, String identity) {
            this.address = address;
            this.identity = identity;
            this.asSource = identity;
            this.reportHost = address.host();
        }

        Server follow(Server... others) {
            sources.clear();
            sources.addAll(List.of(others));
            return this;
        }

        private Neighbour neighbour() {
            return new Neighbour(reportHost, address.port(), asSource);
        }

        private Neighbour member() {
            return new Neighbour(reportHost, address.port(), cluster.isEmpty() ? identity : "");
        }
    }

    final Set<BackendAddress> asked = new HashSet<>();
    private final Map<BackendAddress, Server> servers = new LinkedHashMap<>();

    Server server(String address) {
        BackendAddress at = BackendAddress.parse(address);
        Server server = new Server(at, "uuid of " + at);
        servers.put(at, server);
        return server;
    }

    /** The server answers at that address, too. */
    void alias(String address, Server server) {
        servers.put(BackendAddress.parse(address), server);
    }

    @Override
    public Optional<Look> look(BackendAddress address) {
        asked.add(address);
        Server server = servers.get(address);
        if (server == null || server.down) {
            return Optional.empty();
        }
        List<Server> replicas = servers.values().stream()
                .distinct()
                .filter(other -> !other.down && other.sources.contains(server))
                .toList();
        Set<String> hosts = new HashSet<>();
        replicas.forEach(replica -> hosts.add(replica.address.host()));
        return Optional.of(new Look(
                address,
                server.identity,
                server.asSource,
                !server.writable,
                server.sources.stream().map(Server::neighbour).toList(),
                replicas.stream().map(Server::neighbour).toList(),
                hosts,
                server.group.stream().map(Server::member).toList(),
                server.cluster,
                server.filtered,
                List.of()));
    }

    @Override
    public List<InetAddress> addressesOf(String host) {
        try {
            return List.of(InetAddress.getByName(Objects.requireNonNull(host))); // no name: never looked up
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
