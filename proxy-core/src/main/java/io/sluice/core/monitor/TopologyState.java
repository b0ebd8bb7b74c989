// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the reducer knows between two events. Immutable.
 *
 * @param members in the order in which they were listed
 * @param source the source now; null when there is none
 * @param previous the source now, or the last one that there was
 * @param history the GTID positions of {@code previous}
 * @param excludesErrant whether servers with transactions that the source lacks are kept out
 * @param why why this one is the source, or why none is
 */
public record TopologyState(
        List<MemberState> members,
        @Nullable BackendAddress source,
        @Nullable BackendAddress previous,
        PositionHistory history,
        boolean excludesErrant,
        String why,
        Topology topology) {

    public TopologyState {
        members = List.copyOf(members);
    }

    /** Nothing probed yet. The map's order is the order of the members. */
    public static TopologyState unprobed(Map<BackendAddress, Integer> weights, boolean excludesErrant) {
        List<MemberState> members = new ArrayList<>();
        weights.forEach((address, weight) -> members.add(MemberState.unseen(address, weight)));
        return new TopologyState(
                members, null, null, PositionHistory.EMPTY, excludesErrant, "not yet probed", Topology.EMPTY);
    }

    /**
     * The same with other servers. Who comes is unseen; with the last source goes all that spoke for it and against others:
     * whoever took it from the list wants another one.
     */
    TopologyState listing(Map<BackendAddress, Integer> weights) {
        List<MemberState> listed = new ArrayList<>();
        weights.forEach((address, weight) -> {
            MemberState known = find(members, address);
            listed.add(known == null ? MemberState.unseen(address, weight) : known.withWeight(weight));
        });
        return previous == null || weights.containsKey(previous)
                ? new TopologyState(listed, source, previous, history, excludesErrant, why, topology)
                : new TopologyState(listed, null, null, PositionHistory.EMPTY, excludesErrant, why, topology);
    }

    /** Whether probes should come faster: there is no source, or a member's death is in doubt. */
    public boolean isUneasy() {
        return source == null || members.stream().anyMatch(MemberState::inDoubt);
    }

    /** Whether there is evidence against a server that no probe has yet confirmed or refuted. */
    boolean isSuspected(BackendAddress address) {
        MemberState member = find(members, address);
        return member != null && !member.evidence().isEmpty();
    }

    static @Nullable MemberState find(Collection<MemberState> members, @Nullable BackendAddress address) {
        for (MemberState member : members) {
            if (member.address().equals(address)) {
                return member;
            }
        }
        return null;
    }
}
