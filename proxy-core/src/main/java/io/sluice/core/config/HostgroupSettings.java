// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.choice;
import static io.sluice.core.config.Key.text;

import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Servers that reads can be directed to.
 *
 * @param members empty unless the role is MEMBERS
 * @param maxLag null for monitor.max_lag
 */
public record HostgroupSettings(
        int id,
        String name,
        ServerRole role,
        Set<BackendAddress> members,
        @Nullable Duration maxLag) {
    static final int ID_MAX = 1_000_000;

    /** Which servers are in it. */
    public enum ServerRole implements Keyword {
        SOURCE,
        REPLICAS,
        MEMBERS;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public HostgroupSettings {
        members = Set.copyOf(members);
    }

    /** @param servers those that there are; empty if none could be read */
    static Optional<HostgroupSettings> read(Section section, Collection<BackendAddress> servers) {
        Optional<Integer> id = section.require(
                Key.required("id", "a whole number from 0 to " + ID_MAX, "Its number."),
                HostgroupSettings::parseId,
                "write the number that rules and hints call it by");
        String name = section.get(text("name", "", "A name for people."));
        ServerRole role = section.get(choice(
                "role",
                ServerRole.MEMBERS,
                ServerRole.class,
                "Which servers are in it: the source, the replicas, or the members, whatever their roles."));
        List<BackendAddress> members =
                section.getSome(membersKey()).stream().flatMap(List::stream).toList();
        if (members.isEmpty() == (role == ServerRole.MEMBERS)) {
            section.problem(
                    members.isEmpty() ? "" : "members",
                    members.isEmpty() ? "has neither members nor a role" : "are given, but role says " + role.keyword(),
                    members.isEmpty() ? "list addresses of servers, or set role to source or replicas" : "remove one");
        }
        for (BackendAddress member : members) {
            if (!servers.isEmpty() && !servers.contains(member)) {
                section.problem("members", member + " is not among servers", "list it there, too, or remove it here");
            }
        }
        Duration maxLag = section.get(new Key<>(
                        "max_lag",
                        Optional.<Duration>empty(),
                        "monitor.max_lag",
                        "a duration from 0 to 30d",
                        "A replica further behind than this serves no reads of this hostgroup.",
                        text -> Key.duration("", "0", "0", "30d", "")
                                .parse()
                                .apply(text)
                                .flatMap(given -> Optional.of(Optional.of(given))),
                        text -> Quantity.DURATION_FORM))
                .orElse(null);
        return id.map(valid -> new HostgroupSettings(valid, name, role, Set.copyOf(members), maxLag));
    }

    static Optional<Integer> parseId(String text) {
        return Key.integer("", 0, 0, ID_MAX, "").parse().apply(text);
    }

    private static Key<List<BackendAddress>> membersKey() {
        return new Key<>(
                "members",
                List.of(),
                "[]",
                "an address of a server, or several with commas between them",
                "The servers in it, as they are named in servers; an address or a list.",
                text -> Key.attempt(() -> Arrays.stream(text.split(",", -1))
                        .map(one -> BackendAddress.parse(one.trim()))
                        .toList()),
                text -> "write host:port, such as db1.example.com:3306");
    }

    /** As routing knows it. */
    public Hostgroup hostgroup() {
        return switch (role) {
            case SOURCE -> Hostgroup.ofSource(id, name);
            case REPLICAS -> Hostgroup.ofReplicas(id, name, maxLag);
            case MEMBERS -> Hostgroup.ofMembers(id, name, members, maxLag);
        };
    }

    /** The numbers of all that there are: the two that are built in, and those. */
    static Set<Integer> ids(Collection<HostgroupSettings> configured) {
        Set<Integer> ids = new TreeSet<>(Set.of(0, 1));
        configured.forEach(hostgroup -> ids.add(hostgroup.id));
        return ids;
    }

    static String names(Set<Integer> ids) {
        return ids.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
