// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.ReplicationGraph.Link;
import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides which server is the source, from facts alone: who is writable, who replicates from whom, who was deposed.
 * In doubt there is none: to hold writes is a pause, to send them to two servers is a fault. Pure.
 */
final class SourceElection {

    /** @param why for people: why this one, or why none */
    record Verdict(@Nullable BackendAddress source, String why) {}

    private final Collection<MemberState> members;
    private final ReplicationGraph graph;
    private final @Nullable BackendAddress previous;
    private final PositionHistory history;

    /**
     * @param previous the source up to now, or the last one that there was
     * @param history the positions of {@code previous}
     */
    SourceElection(
            Collection<MemberState> members,
            ReplicationGraph graph,
            @Nullable BackendAddress previous,
            PositionHistory history) {
        this.members = members;
        this.graph = graph;
        this.previous = previous;
        this.history = history;
    }

    Verdict decide() {
        for (MemberState member : members) {
            if (!member.seen()) {
                // The first writable server that answers may be an old source that came back.
                return none("waiting for the first answer of " + member.address());
            }
        }
        List<MemberState> writable = members.stream()
                .filter(member -> member.online() && member.isWritable())
                .toList();
        if (writable.isEmpty()) {
            boolean anyOnline = members.stream().anyMatch(MemberState::online);
            return none(anyOnline ? "no writable server is online" : "no server is online");
        }
        List<MemberState> candidates = new ArrayList<>();
        List<String> objections = new ArrayList<>();
        for (MemberState member : writable) {
            String objection = objectionTo(member, writable);
            if (objection == null) {
                candidates.add(member);
            } else {
                objections.add(objection);
            }
        }
        return switch (candidates.size()) {
            case 0 -> none(String.join("; ", objections));
            case 1 -> new Verdict(candidates.get(0).address(), reasonFor(candidates.get(0), writable.size()));
            default -> contested(candidates);
        };
    }

    /** Why a writable server cannot be the source; null when nothing speaks against it. */
    private @Nullable String objectionTo(MemberState member, List<MemberState> writable) {
        for (Link link : graph.linksFrom(member.address())) {
            boolean toWritable =
                    writable.stream().anyMatch(other -> other.address().equals(link.to()));
            // A pair that replicates in a circle says nothing about either.
            boolean circular = graph.linked(link.to(), member.address());
            if ((link.active() || toWritable) && !circular) {
                return member.address() + " is writable, but replicates from " + link.to();
            }
        }
        if (member.deposed() && previous != null && !previous.equals(member.address())) {
            if (writable.stream().anyMatch(other -> other.address().equals(previous))) {
                return member.address() + " is writable, but was replaced as the source by " + previous;
            }
            if (!history.isEmpty()
                    && member.answer() != null
                    && !member.answer().executed().contains(history.newest())) {
                return member.address() + " is writable, but lacks transactions of the last source " + previous;
            }
        }
        return null;
    }

    private Verdict contested(List<MemberState> candidates) {
        List<MemberState> followed = candidates.stream()
                .filter(candidate -> hasFollowerOutside(candidate, candidates))
                .toList();
        if (followed.size() == 1) {
            return new Verdict(followed.get(0).address(), reasonFor(followed.get(0), candidates.size()));
        }
        String names = candidates.stream()
                .map(candidate -> candidate.address().toString())
                .sorted()
                .collect(Collectors.joining(" and "));
        return none((candidates.size() == 2 ? "two" : candidates.size()) + " writable servers: " + names
                + (followed.isEmpty() ? "; no replica follows either" : "; replicas follow more than one"));
    }

    private boolean hasFollowerOutside(MemberState candidate, List<MemberState> candidates) {
        return members.stream()
                .filter(member -> member.online() && !candidates.contains(member))
                .anyMatch(member -> graph.follows(member.address(), candidate.address()));
    }

    private String reasonFor(MemberState member, int writableCount) {
        String followers = members.stream()
                .filter(other -> other.online() && graph.linked(other.address(), member.address()))
                .map(other -> other.address().toString())
                .collect(Collectors.joining(", "));
        return (writableCount == 1 ? "the only writable server" : "writable")
                + (followers.isEmpty() ? ", nobody replicates from it" : ", followed by " + followers);
    }

    private static Verdict none(String why) {
        return new Verdict(null, why);
    }
}
