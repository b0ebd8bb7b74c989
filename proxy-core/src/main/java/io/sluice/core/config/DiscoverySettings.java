// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.duration;

import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How servers are found that are not listed.
 *
 * @param allow which ones may be used; empty: those near a listed one
 * @param maxServers how many may be found
 * @param forgetAfter when one that is gone is forgotten; zero: never
 */
public record DiscoverySettings(
        boolean enabled,
        Duration interval,
        List<ServerPattern> allow,
        List<Mapping> map,
        int maxServers,
        Duration forgetAfter) {

    public DiscoverySettings {
        allow = List.copyOf(allow);
        map = List.copyOf(map);
    }

    /** What servers call another one, and what Sluice is to call it. */
    public record Mapping(Place from, Place to) {
        static Optional<Mapping> read(Section section) {
            String advice = "write a host, or host:port";
            Optional<Place> from = section.require(
                    Key.required("from", "a host, or host:port", "What servers call it; without port: any port there."),
                    Place::parse,
                    advice);
            Optional<Place> to = section.require(
                    Key.required("to", "a host, or host:port", "What Sluice calls it; without port: the same port."),
                    Place::parse,
                    advice);
            return from.flatMap(source -> to.map(target -> new Mapping(source, target)));
        }
    }

    /**
     * A host with or without a port.
     *
     * @param port 0 for any, or for the same as before
     */
    public record Place(String host, int port) {
        private static Optional<Place> parse(String text) {
            boolean hasPort = text.startsWith("[") ? !text.endsWith("]") : text.indexOf(':') >= 0;
            return Key.attempt(() -> BackendAddress.parse(text))
                    .map(address -> new Place(address.host(), hasPort ? address.port() : 0));
        }

        private boolean covers(BackendAddress address) {
            return host.equals(address.host()) && (port == 0 || port == address.port());
        }
    }

    /** Where Sluice reaches what servers call so. */
    public BackendAddress translate(BackendAddress told) {
        for (Mapping mapping : map) {
            if (mapping.from.covers(told)) {
                Place to = mapping.to;
                return new BackendAddress(to.host, to.port == 0 ? told.port() : to.port);
            }
        }
        return told;
    }

    static DiscoverySettings read(Section section) {
        return new DiscoverySettings(
                section.get(
                        Key.flag("enabled", false, "true: the servers listed are asked for others, which are used.")),
                section.get(duration("interval", "5s", "100ms", "1h", "How often servers are asked for others.")),
                section.getSome(allowKey()).stream().flatMap(List::stream).toList(),
                section.list(
                        "map",
                        "Servers that call each other by addresses which Sluice cannot use.",
                        Mapping::read,
                        Mapping::from),
                section.get(Key.integer("max_servers", 32, 1, 1000, "Most servers that are found.")),
                section.get(duration(
                        "forget_after",
                        "1h",
                        "0",
                        "365d",
                        "A server found that is unreachable, or no longer part of the replication, for so long is"
                                + " forgotten; 0: never.")));
    }

    private static Key<List<ServerPattern>> allowKey() {
        return new Key<>(
                "allow",
                List.of(),
                "\"\"",
                ServerPattern.ALLOWED + ", or several with commas between them",
                "Which servers may be used; \"\": those within the /24 (IPv6: /64) of one that is listed.",
                text -> all(Arrays.stream(text.split(",", -1)).map(String::trim).filter(one -> !one.isEmpty())),
                text -> "write a network such as 10.1.0.0/16, or a name such as db%.example.com");
    }

    private static Optional<List<ServerPattern>> all(Stream<String> texts) {
        List<Optional<ServerPattern>> patterns = texts.map(ServerPattern::parse).toList();
        return patterns.stream().allMatch(Optional::isPresent)
                ? Optional.of(patterns.stream().map(Optional::orElseThrow).toList())
                : Optional.empty();
    }
}
