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
 * The source among the nodes of a Galera cluster. All of them take writes, and those that meet on two nodes fail one of
 * them: one node that is synced is chosen, and kept as long as it is that. Whoever is cut off from the majority can
 * commit nothing, whatever it believes. Pure.
 */
final class GaleraElection {

    private GaleraElection() {}

    /** Decides; null if no server that is online is a node, or those that could be the source replicate from outside. */
    static @Nullable Verdict decide(
            Collection<MemberState> servers, ReplicationGraph graph, @Nullable BackendAddress previous) {
        List<MemberState> nodes =
                servers.stream().filter(GaleraElection::isNode).toList();
        if (nodes.isEmpty()) {
            return null;
        }
        List<MemberState> synced = new ArrayList<>();
        for (MemberState node : nodes) {
            boolean current = node.misses() == 0 || node.address().equals(previous);
            if (current && node.isWritable() && nodeOf(node).isSynced()) {
                synced.add(node);
            }
        }
        if (synced.stream().anyMatch(node -> graph.hasActiveLink(node.address()))) {
            return null;
        }
        return synced.isEmpty() ? new Verdict(null, none(nodes)) : choose(synced, previous);
    }

    /** Whether a server is a node of the cluster that the source, or the last one that there was, belongs to. */
    static boolean shareCluster(MemberState member, @Nullable MemberState source) {
        Answer one = member.answer();
        Answer other = source == null ? null : source.answer();
        return one != null
                && one.galera() != null
                && other != null
                && other.galera() != null
                && one.galera().cluster().equals(other.galera().cluster());
    }

    private static Verdict choose(List<MemberState> synced, @Nullable BackendAddress previous) {
        MemberState first = synced.get(0);
        for (MemberState other : synced) {
            if (!nodeOf(other).cluster().equals(nodeOf(first).cluster())) {
                return new Verdict(null, "two Galera clusters: " + first.address() + " and " + other.address());
            }
        }
        String why = "the chosen one of the synced nodes "
                + synced.stream().map(node -> node.address().toString()).collect(Collectors.joining(", "));
        for (MemberState node : synced) {
            if (node.address().equals(previous)) {
                return new Verdict(previous, why);
            }
        }
        return new Verdict(first.address(), why);
    }

    private static String none(List<MemberState> nodes) {
        return "no node of the Galera cluster is synced and writable: "
                + nodes.stream()
                        .map(node -> node.address() + " "
                                + (nodeOf(node).isSynced()
                                        ? node.isWritable() ? "does not answer" : "is read-only"
                                        : nodeOf(node).trouble()))
                        .collect(Collectors.joining(", "));
    }

    private static boolean isNode(MemberState member) {
        return member.online() && member.answer() != null && member.answer().galera() != null;
    }

    private static GaleraNode nodeOf(MemberState member) {
        Answer answer = member.answer();
        if (answer == null || answer.galera() == null) {
            throw new AssertionError(member.address() + " is in no cluster");
        }
        return answer.galera();
    }
}
