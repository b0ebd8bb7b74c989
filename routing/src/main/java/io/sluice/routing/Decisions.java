// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The decisions made so far for one topology, each built once. Owned by one {@link Router}. */
final class Decisions {
    static final Decision REJECT_FENCING = new Decision.Reject(Refusal.FENCING);
    static final Decision HOLD_FOR_SOURCE = new Decision.Hold(Reason.NO_SOURCE);

    private final Topology topology;
    private final @Nullable Member source;
    private final int[] scratch;
    private final IdentityHashMap<Member, Map<Reason, Decision>> forwards = new IdentityHashMap<>();

    Decisions(Topology topology) {
        this.topology = topology;
        this.source = topology.source().orElse(null);
        this.scratch = new int[topology.members().size()];
        for (Member member : topology.members()) {
            forwards.put(member, new EnumMap<>(Reason.class));
        }
    }

    Topology topology() {
        return topology;
    }

    @Nullable
    Member source() {
        return source;
    }

    /** Room for the indices of all servers. */
    int[] scratch() {
        return scratch;
    }

    Decision forward(Member member, Reason reason) {
        Map<Reason, Decision> made = forwards.get(member);
        if (made == null) {
            return create(member, reason);
        }
        Decision known = made.get(reason);
        if (known == null) {
            known = create(member, reason);
            made.put(reason, known);
        }
        return known;
    }

    /** To a backend whose connection is kept, even if the topology no longer has it. */
    Decision forward(BackendAddress address, Reason reason) {
        for (Member member : topology.members()) {
            if (member.address().equals(address)) {
                return forward(member, reason);
            }
        }
        return new Decision.Forward(address, Destination.SOURCE, reason);
    }

    private static Decision create(Member member, Reason reason) {
        Destination destination = member.role() == Role.REPLICA ? Destination.REPLICA : Destination.SOURCE;
        return new Decision.Forward(member.address(), destination, reason);
    }
}
