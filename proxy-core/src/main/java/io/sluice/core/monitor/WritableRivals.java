// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.routing.topology.BackendAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Servers that take writes beside the source, as far as the monitor can tell: there is a source, the last answers say
 * that it and they are writable, and nothing has spoken against these since. One that is seen but for a moment may be an
 * answer of the source that is about to be replaced. Members of a replication group and nodes of a
 * Galera cluster are none: they agree on what they write.
 *
 * @param source null for none, and if nothing is certain; never one of the rivals
 */
public record WritableRivals(@Nullable BackendAddress source, Set<BackendAddress> rivals) {

    public static final WritableRivals NONE = new WritableRivals(null, Set.of());

    public WritableRivals {
        rivals = Set.copyOf(rivals);
    }

    static WritableRivals in(TopologyState state) {
        MemberState source = TopologyState.find(state.members(), state.source());
        if (source == null || !isCertain(source)) {
            return NONE;
        }
        Set<BackendAddress> rivals = new LinkedHashSet<>();
        for (MemberState member : state.members()) {
            if (!member.address().equals(source.address())
                    && isCertain(member)
                    && isRival(member.answer(), source.answer())) {
                rivals.add(member.address());
            }
        }
        return rivals.isEmpty() ? NONE : new WritableRivals(source.address(), rivals);
    }

    private static boolean isCertain(MemberState member) {
        return member.online() && member.misses() == 0 && member.evidence().isEmpty();
    }

    private static boolean isRival(@Nullable Answer member, @Nullable Answer source) {
        return member != null
                && source != null
                && member.writable()
                && source.writable()
                && member.group() == null
                && member.galera() == null
                && member.managed() == null
                && !isSame(member, source);
    }

    /** One server by two names. Where there is no UUID, no two servers of a topology have the same id. */
    private static boolean isSame(Answer member, Answer source) {
        return member.serverUuid().isEmpty()
                ? member.serverId() == source.serverId()
                : member.serverUuid().equals(source.serverUuid());
    }
}
