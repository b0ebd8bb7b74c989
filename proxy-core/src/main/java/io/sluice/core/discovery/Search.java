// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import io.sluice.core.config.DiscoverySettings;
import io.sluice.core.discovery.Look.Neighbour;
import io.sluice.routing.topology.BackendAddress;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One round: asks all servers that are known, those that they name, those that these name, and so on. A server is used only
 * if it is allowed, has answered, and is no other name of one that is known: names prove nothing, identities do.
 */
final class Search {
    /** IPv4 and IPv6: how many bits two addresses share that are near each other. */
    private static final int NEAR_V4 = 24;

    private static final int NEAR_V6 = 64;

    private final DiscoverySettings settings;
    private final Lookout lookout;
    private final Set<BackendAddress> listed;
    /** What is known of each server's identity, also from former rounds. */
    private final Map<BackendAddress, String> identities;

    private final Map<BackendAddress, Look> looks = new LinkedHashMap<>();
    private final List<BackendAddress> found = new ArrayList<>();
    private final Map<BackendAddress, String> refused = new LinkedHashMap<>();
    private final Set<BackendAddress> tried = new HashSet<>();
    private final Map<String, List<InetAddress>> names = new HashMap<>();
    private int room;

    /**
     * @param listed servers that are known without having been found
     * @param identities of servers that may not answer now
     * @param room how many more may be found
     */
    Search(
            DiscoverySettings settings,
            Lookout lookout,
            Collection<BackendAddress> listed,
            Map<BackendAddress, String> identities,
            int room) {
        this.settings = settings;
        this.lookout = lookout;
        this.listed = Set.copyOf(listed);
        this.identities = new HashMap<>(identities);
        this.room = room;
    }

    void run(Collection<BackendAddress> known) {
        ArrayDeque<Look> open = new ArrayDeque<>();
        tried.addAll(known);
        for (BackendAddress address : known) {
            lookout.look(address).ifPresent(look -> take(look, open));
        }
        while (!open.isEmpty()) {
            Look look = open.remove();
            sourcesOf(look).forEach(source -> consider(source, look, false, open));
            look.group().forEach(member -> consider(member, look, true, open));
            for (Neighbour replica : look.replicas()) {
                if (!replica.host().isEmpty()) {
                    consider(replica, look, true, open);
                    continue;
                }
                if (isKnown(replica.identity())) {
                    continue;
                }
                // It does not say where it is, but where the connections of such replicas come from: whichever of them
                // answers there tells who it is.
                for (String host : look.replicaHosts()) {
                    consider(new Neighbour(host, replica.port(), ""), look, true, open);
                }
            }
        }
    }

    private void take(Look look, ArrayDeque<Look> open) {
        looks.put(look.address(), look);
        identities.put(look.address(), look.identity());
        open.add(look);
    }

    /**
     * Upstream of a server that takes writes is another topology; so may be one of several sources, and nobody knows
     * which one.
     */
    private List<Neighbour> sourcesOf(Look look) {
        if (!look.readOnly()) {
            return List.of();
        }
        if (look.sources().size() > 1) {
            look.sources()
                    .forEach(source -> refuse(
                            source, look.address() + " replicates from several sources: list those that belong here"));
            return List.of();
        }
        return look.sources();
    }

    /** @param linked whether it has to name the one that named it */
    private void consider(Neighbour neighbour, Look by, boolean linked, ArrayDeque<Look> open) {
        if (!neighbour.isComplete() || isKnown(neighbour.identity())) {
            return;
        }
        BackendAddress address = settings.translate(neighbour.address());
        if (!tried.add(address)) {
            return;
        }
        if (!isAllowed(address)) {
            refused.put(address, "named by " + by.address() + ", but not among discovery.allow");
            return;
        }
        Optional<Look> answer = lookout.look(address);
        if (answer.isEmpty()) {
            refused.put(address, "named by " + by.address() + ", but cannot be asked");
            return;
        }
        Look look = answer.get();
        if (isKnown(look.identity())) {
            return; // another name of it
        }
        String objection = objectionTo(look, neighbour, by, linked);
        if (objection.isEmpty()) {
            room--;
            found.add(address);
            take(look, open);
        } else {
            refused.put(address, objection);
        }
    }

    private String objectionTo(Look look, Neighbour named, Look by, boolean linked) {
        if (!named.identity().isEmpty() && !look.isCalled(named.identity())) {
            return "another server than " + by.address() + " means answers there";
        }
        if (linked && !look.names(by)) {
            return "named by " + by.address() + ", but does not replicate from it now";
        }
        if (look.filtered()) {
            return "replicates only a part, by its filters: list it if that is what you want";
        }
        return room > 0 ? "" : "more than discovery.max_servers";
    }

    private void refuse(Neighbour neighbour, String why) {
        if (neighbour.isComplete() && !isKnown(neighbour.identity())) {
            refused.put(settings.translate(neighbour.address()), why);
        }
    }

    private boolean isKnown(String identity) {
        return !identity.isEmpty() && identities.containsValue(identity);
    }

    private boolean isAllowed(BackendAddress address) {
        List<InetAddress> addresses = addressesOf(address.host());
        if (!settings.allow().isEmpty()) {
            return settings.allow().stream().anyMatch(pattern -> pattern.matches(address.host(), addresses));
        }
        return !addresses.isEmpty() && addresses.stream().allMatch(this::isNearOneListed);
    }

    private boolean isNearOneListed(InetAddress address) {
        return listed.stream()
                .flatMap(server -> addressesOf(server.host()).stream())
                .anyMatch(near -> isNear(near.getAddress(), address.getAddress()));
    }

    private static boolean isNear(byte[] one, byte[] other) {
        if (one.length != other.length) {
            return false;
        }
        int bytes = (one.length == 4 ? NEAR_V4 : NEAR_V6) / Byte.SIZE;
        for (int i = 0; i < bytes; i++) {
            if (one[i] != other[i]) {
                return false;
            }
        }
        return true;
    }

    private List<InetAddress> addressesOf(String host) {
        return names.computeIfAbsent(host, lookout::addressesOf);
    }

    /** Those to use from now on. */
    List<BackendAddress> found() {
        return found;
    }

    /** Those that are not used, and why. */
    Map<BackendAddress, String> refused() {
        return refused;
    }

    /** What the servers said, by their addresses. */
    Map<BackendAddress, Look> looks() {
        return looks;
    }

    /** Whether somebody that answers replicates from that server or shares its group, or it does from one of them. */
    boolean isLinked(Look look) {
        return looks.values().stream()
                .anyMatch(other -> !other.address().equals(look.address()) && (look.names(other) || other.names(look)));
    }
}
