// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells when nothing is to be hoped for any more from a former source: another took over, and it does not answer, or goes
 * on taking writes that nobody will see. A server that hangs keeps its sockets, so who waits for its response would wait
 * for ever. One that is read-only after it was replaced was switched over in peace, and ends its statements itself.
 * Confined to the monitor's thread.
 */
final class DeposedSources {
    private @Nullable BackendAddress source;
    /** Whom another replaced, and until when that one had been observed at the time. */
    private final Map<BackendAddress, Long> replaced = new LinkedHashMap<>();

    /** The servers that this topology shows to be beyond hope: each is told once. */
    List<BackendAddress> lostBy(Topology next) {
        next.source().ifPresent(this::follow);
        List<BackendAddress> lost = new ArrayList<>();
        replaced.entrySet().removeIf(entry -> {
            Member member = next.member(entry.getKey()).orElse(null);
            boolean answered = member != null && member.observedAtNanos() - entry.getValue() > 0;
            if (member != null && (!member.online() || answered && takesWrites(member))) {
                lost.add(member.address());
                return true;
            }
            return member == null || answered;
        });
        return lost;
    }

    /** Whether a former source was writable when it was last asked. */
    static boolean takesWrites(Member former) {
        return former.role() == Role.UNKNOWN;
    }

    private void follow(Member now) {
        BackendAddress before = source;
        if (before != null && !before.equals(now.address())) {
            replaced.put(before, now.observedAtNanos());
        }
        replaced.remove(now.address());
        source = now.address();
    }
}
