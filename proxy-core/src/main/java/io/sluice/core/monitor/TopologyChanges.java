// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lines for the log: what an operator should see when one snapshot follows another. Lag and positions are not news. */
final class TopologyChanges {

    private static final String NONE = "none";

    private TopologyChanges() {}

    static List<String> between(Topology before, String whyBefore, Topology after, String why) {
        List<String> lines = new ArrayList<>();
        for (Member member : after.members()) {
            Member earlier = before.member(member.address()).orElse(null);
            boolean wasOnline = earlier != null && earlier.online();
            if (member.online() != wasOnline) {
                lines.add("event=" + (member.online() ? "server_online" : "server_offline") + " server="
                        + member.address() + " role="
                        + name(member.online() || earlier == null ? member.role() : earlier.role())
                        + (member.version() == null
                                ? ""
                                : " version=" + member.version().text())
                        + (member.note().isEmpty() ? "" : " why=\"" + member.note() + "\""));
            } else {
                describe(earlier, member, lines);
            }
        }
        String from = sourceOf(before);
        String to = sourceOf(after);
        boolean known = after.members().stream().allMatch(TopologyChanges::probed);
        if (!from.equals(to) || (known && to.equals(NONE) && !why.equals(whyBefore))) {
            lines.add("event=source_changed from=" + from + " to=" + to + " why=\"" + why + "\" topology="
                    + after.version());
        }
        return lines;
    }

    /** Until every server was asked once there is no source, which is not worth a line. */
    private static boolean probed(Member member) {
        return !member.note().equals(MemberState.NOT_YET_PROBED);
    }

    private static void describe(@Nullable Member earlier, Member member, List<String> lines) {
        boolean lagKnown = member.role() == Role.REPLICA && member.lag() != null;
        boolean errant = member.note().startsWith(TopologyReducer.ERRANT);
        boolean probesMatter = !member.online() || member.role() == Role.SOURCE || lagKnown || errant;
        if (probesMatter
                && !member.note().isEmpty()
                && (earlier == null || !gist(earlier).equals(gist(member)))) {
            if (probed(member)) {
                lines.add("event=" + (errant ? "errant_gtids" : "probe_failed") + " server=" + member.address()
                        + why(member));
            }
        }
        if (earlier == null || !member.online()) {
            return;
        }
        if (earlier.role() != member.role() && earlier.role() != Role.SOURCE && member.role() != Role.SOURCE) {
            lines.add("event=role_changed server=" + member.address() + " from=" + name(earlier.role()) + " to="
                    + name(member.role()) + why(member));
        }
        if (member.role() == Role.REPLICA && (earlier.lag() == null) != (member.lag() == null)) {
            lines.add("event=" + (member.lag() == null ? "lag_unknown" : "lag_known") + " server=" + member.address()
                    + why(member));
        }
    }

    /** What a note is about, without the details that may differ each time. */
    private static String gist(Member member) {
        int colon = member.note().indexOf(':');
        return colon < 0 ? member.note() : member.note().substring(0, colon);
    }

    private static String why(Member member) {
        return member.note().isEmpty() ? "" : " why=\"" + member.note() + "\"";
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
                .orElse(NONE);
    }
}
