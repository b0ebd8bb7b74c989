// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.MemberState.Standing;
import io.sluice.core.monitor.Observation.Answer;
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
    private final @Nullable BackendAddress current;
    private final @Nullable BackendAddress previous;
    private final PositionHistory history;
    private final boolean excludesErrant;

    /**
     * @param current the source up to now; null when there was none
     * @param previous the source up to now, or the last one that there was
     * @param history the positions of {@code previous}
     * @param excludesErrant whether a server with transactions that the last source lacked needs followers, or that no
     *     other is there
     */
    SourceElection(
            Collection<MemberState> members,
            ReplicationGraph graph,
            @Nullable BackendAddress current,
            @Nullable BackendAddress previous,
            PositionHistory history,
            boolean excludesErrant) {
        this.members = members;
        this.graph = graph;
        this.current = current;
        this.previous = previous;
        this.history = history;
        this.excludesErrant = excludesErrant;
    }

    Verdict decide() {
        for (MemberState member : members) {
            // Who joins later changes nothing until it answers.
            if (previous == null && !member.seen()) {
                // The first writable server that answers may be an old source that came back.
                return none("waiting for the first answer of " + member.address());
            }
        }
        Verdict ofGroup = GroupElection.decide(members, graph, previous);
        if (ofGroup != null) {
            return ofGroup;
        }
        Verdict ofCluster = GaleraElection.decide(members, graph, previous);
        if (ofCluster != null) {
            return ofCluster;
        }
        Verdict ofService = ManagedElection.decide(members, previous);
        if (ofService != null) {
            return ofService;
        }
        List<MemberState> writable = members.stream()
                .filter(member -> member.online() && member.isWritable())
                .toList();
        if (writable.isEmpty()) {
            boolean anyOnline = members.stream().anyMatch(MemberState::online);
            return none((anyOnline ? "no writable server is online" : "no server is online") + wordOnLast());
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
            case 1 -> elect(candidates.get(0), writable.size());
            default -> contested(candidates);
        };
    }

    /** Why a writable server cannot be the source; null when nothing speaks against it. */
    private @Nullable String objectionTo(MemberState member, List<MemberState> writable) {
        for (Link link : graph.linksFrom(member.address())) {
            boolean toWritable =
                    writable.stream().anyMatch(other -> other.address().equals(link.to()));
            if ((link.active() || toWritable) && !inCircle(member, link.to())) {
                return member.address() + " is writable, but replicates from " + link.to();
            }
        }
        return previous == null || previous.equals(member.address()) ? null : objectionOfPast(member, writable);
    }

    /**
     * A pair that replicates in a circle says nothing about either. But the word of the other one must be no older than
     * the link that it is to close, else the two may just have changed places.
     */
    private boolean inCircle(MemberState member, BackendAddress source) {
        MemberState other = TopologyState.find(members, source);
        return other != null
                && other.answer() != null
                && other.answer().sentNanos() - member.channelsSince() >= 0
                && graph.linked(source, member.address());
    }

    /** A server that lags behind the reign of the last source, or was itself the source before, is none by accident. */
    private @Nullable String objectionOfPast(MemberState member, List<MemberState> writable) {
        Answer answer = member.answer();
        if (answer == null) {
            return member.address() + " never answered";
        }
        MemberState last = TopologyState.find(members, previous);
        if (last != null && last.online() && graph.linked(last.address(), member.address())) {
            return null;
        }
        if (!hasFollowerOutside(member, List.of())) {
            if (excludesErrant && member.errant().isAny() && isOtherWithout(member)) {
                return member.address() + " is writable, but has errant transactions, and nobody follows it";
            }
            if (history.tookOver() && !answer.executed().contains(history.start())) {
                return member.address() + " is writable, but lacks what " + previous + " had when it became the source";
            }
            boolean handedOver = last != null
                    && last.online()
                    && last.misses() == 0
                    && !last.isWritable()
                    && isYounger(answer, last)
                    && answer.executed().contains(history.newest());
            if (member.standing() == Standing.RIVAL && !handedOver) {
                return member.address() + " is writable, but already was while " + previous + " was preferred to it";
            }
        }
        if (member.standing() != Standing.DEPOSED) {
            return null;
        }
        if (writable.stream().anyMatch(other -> other.address().equals(previous))) {
            return member.address() + " is writable, but was replaced as the source by " + previous;
        }
        if (!answer.executed().contains(history.newest())) {
            return member.address() + " is writable, but lacks transactions of the last source " + previous;
        }
        String uuid = last == null || last.answer() == null ? "" : last.answer().serverUuid();
        if (!history.hasGrown(uuid)) {
            return member.address() + " is writable, but was replaced as the source by " + previous
                    + " and has not followed it since";
        }
        return null;
    }

    /** What was said before the other stepped down may be over, too: whoever ends a dispute sets all to read-only. */
    private static boolean isYounger(Answer answer, MemberState other) {
        return other.answer() != null && answer.sentNanos() - other.answer().sentNanos() >= 0;
    }

    private boolean isOtherWithout(MemberState member) {
        return members.stream()
                .anyMatch(other -> !other.address().equals(member.address())
                        && other.online()
                        && other.answer() != null
                        && !other.errant().isAny());
    }

    private Verdict contested(List<MemberState> candidates) {
        List<MemberState> followed = candidates.stream()
                .filter(candidate -> hasFollowerOutside(candidate, candidates))
                .toList();
        if (followed.size() == 1) {
            return elect(followed.get(0), candidates.size());
        }
        return none((candidates.size() == 2 ? "two" : candidates.size()) + " writable servers: " + names(candidates)
                + (followed.isEmpty() ? "; no replica follows either" : "; replicas follow more than one"));
    }

    /** A source that does not answer stays that for a while, but nobody becomes it by an answer of yesterday. */
    private Verdict elect(MemberState winner, int writableCount) {
        if (winner.misses() > 0 && !winner.address().equals(current)) {
            return none(winner.address() + " was writable, but does not answer: " + winner.trouble());
        }
        boolean followed = winner.address().equals(previous) || hasFollowerOutside(winner, List.of());
        List<MemberState> undecided = followed ? List.of() : receiversOfLast();
        if (!undecided.isEmpty()) {
            String objection = winner.address() + " is writable, but nobody follows it";
            return none(
                    heardSince(undecided).isEmpty()
                            ? objection + "; waiting for what " + names(undecided) + " says of the source " + previous
                            : objection + wordOnLast());
        }
        return new Verdict(winner.address(), reasonFor(winner, writableCount));
    }

    /**
     * Who receives from the last source, though it does not answer us: then it may well live, and take writes from others.
     * A receiver notices at once that its source died, but only after its own timeout that it hangs.
     */
    private List<MemberState> receiversOfLast() {
        MemberState last = TopologyState.find(members, previous);
        return last == null || last.online()
                ? List.of()
                : members.stream()
                        .filter(member -> member.online() && member.misses() == 0)
                        .filter(member -> graph.receives(member.address(), last.address()))
                        .toList();
    }

    /** Those of them who were asked after it fell silent. */
    private List<MemberState> heardSince(List<MemberState> receivers) {
        MemberState last = TopologyState.find(members, previous);
        List<MemberState> heard = new ArrayList<>();
        for (MemberState receiver : receivers) {
            Answer answer = receiver.answer();
            if (last != null && answer != null && answer.sentNanos() - last.silentSince() > 0) {
                heard.add(receiver);
            }
        }
        return heard;
    }

    /** What became of the last source, as far as we and those who follow it can tell. */
    private String wordOnLast() {
        MemberState last = TopologyState.find(members, previous);
        if (last == null || last.online()) {
            return "";
        }
        String gone = "; the source " + last.address() + ": " + last.gistOfTrouble();
        List<MemberState> witnesses = heardSince(receiversOfLast());
        return witnesses.isEmpty()
                ? gone
                : gone + ", but " + names(witnesses) + (witnesses.size() == 1 ? " receives" : " receive")
                        + " from it: it is cut off from here, or hangs, rather than dead";
    }

    private static String names(List<MemberState> some) {
        return some.stream().map(member -> member.address().toString()).sorted().collect(Collectors.joining(" and "));
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
