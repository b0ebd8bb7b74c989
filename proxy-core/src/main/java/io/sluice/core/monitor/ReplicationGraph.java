// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who replicates from whom among the configured servers, by each one's last answer. A channel names its source by
 * server_uuid where there is one; else by address, else by server_id (addresses may differ between us and the servers).
 */
final class ReplicationGraph {

    /**
     * @param active whether the receiver runs or tries to; a stopped channel is configured, but not active
     * @param receiving whether it has a connection to its source
     */
    record Link(BackendAddress from, BackendAddress to, boolean active, boolean receiving) {}

    private final Map<BackendAddress, List<Link>> linksFrom = new HashMap<>();

    ReplicationGraph(Collection<MemberState> members) {
        for (MemberState member : members) {
            List<Link> links = new ArrayList<>();
            if (member.answer() != null) {
                for (Channel channel : member.answer().channels()) {
                    BackendAddress source = sourceOf(channel, member, members);
                    if (source != null) {
                        links.add(new Link(member.address(), source, channel.isActive(), channel.isReceiving()));
                    }
                }
            }
            linksFrom.put(member.address(), links);
        }
    }

    List<Link> linksFrom(BackendAddress member) {
        return linksFrom.getOrDefault(member, List.of());
    }

    boolean hasActiveLink(BackendAddress member) {
        return linksFrom(member).stream().anyMatch(Link::active);
    }

    /** Whether what {@code to} writes comes to {@code from}, or would once they are connected. */
    boolean takesFrom(BackendAddress from, BackendAddress to) {
        return linksFrom(from).stream()
                .anyMatch(link -> link.active() && link.to().equals(to));
    }

    boolean linked(BackendAddress from, BackendAddress to) {
        return linksFrom(from).stream().anyMatch(link -> link.to().equals(to));
    }

    boolean receives(BackendAddress from, BackendAddress to) {
        return linksFrom(from).stream()
                .anyMatch(link -> link.receiving() && link.to().equals(to));
    }

    /** Whether {@code member} replicates from {@code source}, directly or through others. */
    boolean follows(BackendAddress member, BackendAddress source) {
        return follows(member, source, new HashSet<>());
    }

    private boolean follows(BackendAddress member, BackendAddress source, Set<BackendAddress> visited) {
        for (Link link : linksFrom(member)) {
            if (link.to().equals(source) || (visited.add(link.to()) && follows(link.to(), source, visited))) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable BackendAddress sourceOf(
            Channel channel, MemberState replica, Collection<MemberState> members) {
        BackendAddress byAddress = null;
        BackendAddress byServerId = null;
        for (MemberState member : members) {
            if (member.address().equals(replica.address())) {
                continue;
            }
            String uuid = member.answer() == null ? "" : member.answer().serverUuid();
            if (!uuid.isEmpty() && !channel.sourceUuid().isEmpty()) {
                if (uuid.equals(channel.sourceUuid())) {
                    return member.address();
                }
                continue;
            }
            if (member.address().port() == channel.sourcePort()
                    && member.address().host().equals(channel.sourceHost())) {
                byAddress = member.address();
            }
            if (member.answer() != null
                    && channel.sourceServerId() != 0
                    && member.answer().serverId() == channel.sourceServerId()) {
                byServerId = member.address();
            }
        }
        return byAddress != null ? byAddress : byServerId;
    }
}
