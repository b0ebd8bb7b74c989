// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.SourceElection.Verdict;
import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The source among the members of a replication group: the group has elected it, and a majority says so. Where all
 * members take writes, one of them is chosen and kept as long as it can be. Pure.
 */
final class GroupElection {

    private GroupElection() {}

    /** Decides; null if no server that is online is in a group, or the group replicates from a server outside. */
    static @Nullable Verdict decide(
            Collection<MemberState> servers, ReplicationGraph graph, @Nullable BackendAddress previous) {
        List<MemberState> members =
                servers.stream().filter(GroupElection::isInGroup).toList();
        if (members.isEmpty()) {
            return null;
        }
        List<MemberState> majority =
                members.stream().filter(member -> viewOf(member).hasQuorum()).toList();
        if (majority.isEmpty()) {
            return new Verdict(null, "the replication group of " + names(members) + " has lost its quorum");
        }
        List<MemberState> primaries = new ArrayList<>();
        for (MemberState member : majority) {
            if (isPrimary(member, previous) && majority.stream().noneMatch(other -> refutes(other, member))) {
                primaries.add(member);
            }
        }
        if (primaries.stream().anyMatch(member -> graph.hasActiveLink(member.address()))) {
            return null;
        }
        return choose(primaries, majority, previous);
    }

    private static Verdict choose(
            List<MemberState> primaries, List<MemberState> majority, @Nullable BackendAddress previous) {
        if (primaries.isEmpty()) {
            return new Verdict(null, "no primary of the replication group of " + names(majority) + " answers");
        }
        MemberState first = primaries.get(0);
        for (MemberState other : primaries) {
            if (!knows(first, other) && !knows(other, first)) {
                return new Verdict(null, "two replication groups: " + first.address() + " and " + other.address());
            }
        }
        String why = primaries.size() == 1
                ? "the primary of its replication group"
                : "the chosen one of the primaries " + names(primaries);
        for (MemberState member : primaries) {
            if (member.address().equals(previous)) {
                return new Verdict(previous, why);
            }
        }
        return new Verdict(first.address(), why);
    }

    private static boolean isInGroup(MemberState member) {
        return member.online() && member.answer() != null && member.answer().group() != null;
    }

    private static boolean isPrimary(MemberState member, @Nullable BackendAddress previous) {
        boolean current = member.misses() == 0 || member.address().equals(previous);
        return current && member.isWritable() && viewOf(member).isPrimary(uuidOf(member));
    }

    /** Whether a member knows better by now: what hangs believes what was true when it stopped. */
    private static boolean refutes(MemberState other, MemberState member) {
        return knows(member, other)
                && answerOf(other).sentNanos() - answerOf(member).receivedNanos() > 0
                && !viewOf(other).isPrimary(uuidOf(member));
    }

    private static boolean knows(MemberState member, MemberState other) {
        return viewOf(member).lists(uuidOf(other));
    }

    private static Answer answerOf(MemberState member) {
        Answer answer = member.answer();
        if (answer == null) {
            throw new AssertionError(member.address() + " is in no group");
        }
        return answer;
    }

    private static GroupView viewOf(MemberState member) {
        GroupView view = answerOf(member).group();
        if (view == null) {
            throw new AssertionError(member.address() + " is in no group");
        }
        return view;
    }

    private static String uuidOf(MemberState member) {
        return answerOf(member).serverUuid();
    }

    private static String names(List<MemberState> members) {
        return members.stream().map(member -> member.address().toString()).collect(Collectors.joining(", "));
    }
}
