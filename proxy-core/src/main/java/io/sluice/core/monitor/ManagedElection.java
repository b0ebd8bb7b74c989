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
 * The source among the servers of a managed service: the one that calls itself the writer. Their storage takes writes of
 * one alone; where two call themselves that, as old and new one may for a moment, the others' word counts. Pure.
 */
final class ManagedElection {

    private ManagedElection() {}

    /** Decides; null if no server that is online belongs to such a service. */
    static @Nullable Verdict decide(Collection<MemberState> servers, @Nullable BackendAddress previous) {
        List<MemberState> nodes =
                servers.stream().filter(ManagedElection::isNode).toList();
        if (nodes.isEmpty()) {
            return null;
        }
        List<MemberState> writers = nodes.stream()
                .filter(node -> nodeOf(node).isWriter())
                .filter(node -> node.misses() == 0 || node.address().equals(previous))
                .toList();
        if (writers.size() > 1) {
            // A new writer is one only once the old one is none, whether that answers or not.
            List<MemberState> answering =
                    writers.stream().filter(node -> node.misses() == 0).toList();
            writers = answering.size() == 1 ? answering : namedByOthers(writers, nodes);
        }
        String cluster = nodeOf(nodes.get(0)).cluster();
        if (writers.size() == 1) {
            return new Verdict(writers.get(0).address(), "the writer of the " + cluster + ", by its own word");
        }
        return new Verdict(
                null,
                writers.isEmpty()
                        ? "no server of the " + cluster + " calls itself the writer: " + words(nodes)
                        : "more than one server of the " + cluster + " calls itself the writer: " + words(writers));
    }

    /** Those of them whom a server names that is none of them; all of them if there is no such word. */
    private static List<MemberState> namedByOthers(List<MemberState> writers, List<MemberState> nodes) {
        List<MemberState> named = new ArrayList<>();
        for (MemberState writer : writers) {
            boolean byOther = nodes.stream()
                    .filter(node -> node.misses() == 0 && !writers.contains(node))
                    .anyMatch(
                            node -> nodeOf(node).writer().equals(nodeOf(writer).name()));
            if (byOther) {
                named.add(writer);
            }
        }
        return named.isEmpty() ? writers : named;
    }

    private static String words(List<MemberState> nodes) {
        return nodes.stream()
                .map(node -> node.address() + " names "
                        + (nodeOf(node).writer().isEmpty()
                                ? "none"
                                : nodeOf(node).writer()))
                .collect(Collectors.joining(", "));
    }

    private static boolean isNode(MemberState member) {
        return member.online() && member.answer() != null && member.answer().managed() != null;
    }

    private static ManagedNode nodeOf(MemberState member) {
        Answer answer = member.answer();
        if (answer == null || answer.managed() == null) {
            throw new AssertionError(member.address() + " is in no managed cluster");
        }
        return answer.managed();
    }
}
