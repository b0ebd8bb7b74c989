// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.view.TopologyEvent;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an operator should know of when one snapshot follows another. Lag and positions are not news. */
final class TopologyChanges {

    private final Instant at;
    private final List<TopologyEvent> events = new ArrayList<>();

    private TopologyChanges(Instant at) {
        this.at = at;
    }

    static List<TopologyEvent> between(Topology before, String whyBefore, Topology after, String why, Instant at) {
        TopologyChanges changes = new TopologyChanges(at);
        for (Member member : after.members()) {
            Member earlier = before.member(member.address()).orElse(null);
            boolean wasOnline = earlier != null && earlier.online();
            if (member.online() == wasOnline) {
                changes.describe(earlier, member);
            } else {
                changes.add(member.online() ? "server_online" : "server_offline", facts -> {
                    facts.put("server", member.address().toString());
                    facts.put("role", name(member.online() || earlier == null ? member.role() : earlier.role()));
                    if (member.version() != null) {
                        facts.put("version", member.version().text());
                    }
                    why(member, facts);
                });
            }
        }
        String from = sourceOf(before);
        String to = sourceOf(after);
        boolean known = after.members().stream().allMatch(TopologyChanges::probed);
        if (!from.equals(to) || (known && to.equals(TopologyEvent.NONE) && !why.equals(whyBefore))) {
            changes.add(TopologyEvent.SOURCE_CHANGED, facts -> {
                facts.put("from", from);
                facts.put("to", to);
                facts.put("why", why);
                facts.put("topology", Long.toString(after.version()));
            });
        }
        return changes.events;
    }

    private void add(String event, Consumer<Map<String, String>> fill) {
        Map<String, String> facts = new LinkedHashMap<>();
        fill.accept(facts);
        events.add(new TopologyEvent(at, event, facts));
    }

    /** Until every server was asked once there is no source, which is not worth a line. */
    private static boolean probed(Member member) {
        return !member.note().equals(MemberState.NOT_YET_PROBED);
    }

    private void describe(@Nullable Member earlier, Member member) {
        boolean lagKnown = member.role() == Role.REPLICA && member.lag() != null;
        boolean errant = member.note().startsWith(TopologyReducer.ERRANT);
        boolean diskFull = member.note().equals(TopologyReducer.DISK_FULL);
        boolean probesMatter = !member.online() || member.role() == Role.SOURCE || lagKnown || errant || diskFull;
        if (probesMatter
                && !member.note().isEmpty()
                && (earlier == null || !gist(earlier).equals(gist(member)))) {
            if (probed(member)) {
                add(errant ? "errant_gtids" : diskFull ? "disk_full" : "probe_failed", facts -> {
                    facts.put("server", member.address().toString());
                    why(member, facts);
                });
            }
        }
        if (earlier == null || !member.online()) {
            return;
        }
        if (earlier.diskFull() && !member.diskFull()) {
            add("disk_has_room", facts -> facts.put("server", member.address().toString()));
        }
        if (earlier.role() != member.role() && earlier.role() != Role.SOURCE && member.role() != Role.SOURCE) {
            add("role_changed", facts -> {
                facts.put("server", member.address().toString());
                facts.put("from", name(earlier.role()));
                facts.put("to", name(member.role()));
                why(member, facts);
            });
        }
        if (member.role() == Role.REPLICA && (earlier.lag() == null) != (member.lag() == null)) {
            add(member.lag() == null ? "lag_unknown" : "lag_known", facts -> {
                facts.put("server", member.address().toString());
                why(member, facts);
            });
        }
    }

    /** What a note is about, without the details that may differ each time. */
    private static String gist(Member member) {
        int colon = member.note().indexOf(':');
        return colon < 0 ? member.note() : member.note().substring(0, colon);
    }

    private static void why(Member member, Map<String, String> facts) {
        if (!member.note().isEmpty()) {
            facts.put("why", member.note());
        }
    }

    private static String name(Role role) {
        return switch (role) {
            case SOURCE -> "source";
            case REPLICA -> "replica";
            case UNKNOWN -> "unknown";
        };
    }

    private static String sourceOf(Topology topology) {
        return topology.source()
                .map(Member::address)
                .map(BackendAddress::toString)
                .orElse(TopologyEvent.NONE);
    }
}
