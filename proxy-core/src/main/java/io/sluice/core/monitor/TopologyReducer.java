// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Event.Listed;
import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Event.Suspected;
import io.sluice.core.monitor.MemberState.Standing;
import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.monitor.SourceElection.Verdict;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns events into a topology: a pure function, so that a whole failover can be replayed from a list of events. Every
 * event yields a new snapshot, since positions and lag move with each answer.
 */
public final class TopologyReducer {

    /** How the note on a replica begins that has what the source lacks. */
    static final String ERRANT = "has errant transactions, which the source lacks";

    /** The note on a server that is online and whose disk is full. */
    static final String DISK_FULL = "its disk is full: writes wait in it until there is room, for which it looks once a"
            + " minute; delete what it does not need, or make another server the source";

    private static final int MAX_SHOWN = 200;

    private TopologyReducer() {}

    public static TopologyState reduce(TopologyState before, Event event) {
        TopologyState state = event instanceof Listed listed ? before.listing(listed.weights()) : before;
        List<MemberState> members = new ArrayList<>(state.members().size());
        for (MemberState member : state.members()) {
            members.add(apply(member, event, state.previous()));
        }
        Aliases aliases = new Aliases(members, state.previous());
        List<MemberState> servers = aliases.without(members);
        ReplicationGraph graph = new ReplicationGraph(servers);
        Verdict verdict = new SourceElection(
                        servers, graph, state.source(), state.previous(), state.history(), state.excludesErrant())
                .decide();
        BackendAddress previous = verdict.source() != null ? verdict.source() : state.previous();
        PositionHistory history = state.history();
        if (verdict.source() != null) {
            depose(members, aliases, graph, state.previous(), verdict.source());
            Answer answer = find(members, verdict.source()).answer();
            history = historyAfter(state, verdict.source(), answer, event);
            compare(members, graph, verdict.source(), answer, event);
        }
        boolean excludesErrant = state.excludesErrant();
        Topology topology = topologyOf(
                state.topology().version() + 1, members, aliases, verdict, previous, history, graph, excludesErrant);
        return new TopologyState(members, verdict.source(), previous, history, excludesErrant, verdict.why(), topology);
    }

    private static MemberState apply(MemberState member, Event event, @Nullable BackendAddress previous) {
        if (event instanceof Suspected suspected) {
            return suspected.address().equals(member.address()) ? member.suspected(suspected.evidence()) : member;
        }
        if (!(event instanceof Observed observed)
                || !observed.observation().address().equals(member.address())) {
            return member;
        }
        if (!(observed.observation() instanceof Answer answer)) {
            return member.failed((Failure) observed.observation());
        }
        boolean known = member.answer() != null && isOf(member.answer(), answer.serverUuid());
        MemberState base = known ? member : MemberState.unseen(member.address(), member.weight());
        // Who shows up for the first time while another is the source may have been the source before our time.
        boolean late = !known && previous != null && !previous.equals(member.address());
        return (late ? base.withStanding(Standing.RIVAL) : base).answered(answer);
    }

    /** Another server may be behind the address than the one of whom that is the answer. */
    private static boolean isOf(Answer answer, String uuid) {
        return answer.serverUuid().equals(uuid);
    }

    /** Whenever the source answers, what the others had before that is to be found there. */
    private static void compare(
            List<MemberState> members,
            ReplicationGraph graph,
            BackendAddress source,
            @Nullable Answer answer,
            Event event) {
        if (answer != null && event instanceof Observed observed && observed.observation() == answer) {
            // What a member has from which the source replicates is on its way.
            members.replaceAll(member -> member.address().equals(source) || graph.takesFrom(source, member.address())
                    ? member.withErrant(Errant.NONE)
                    : member.comparedTo(answer));
        }
    }

    private static PositionHistory historyAfter(
            TopologyState state, BackendAddress source, @Nullable Answer answer, Event event) {
        if (answer == null) {
            return state.history();
        }
        MemberState before = TopologyState.find(state.members(), source);
        boolean exchanged = before != null && before.answer() != null && !isOf(before.answer(), answer.serverUuid());
        if (!source.equals(state.previous()) || exchanged) {
            return PositionHistory.startingWith(answer, state.previous() != null);
        }
        boolean news = event instanceof Observed observed && observed.observation() == answer;
        return news || state.history().isEmpty() ? state.history().with(answer) : state.history();
    }

    private static void depose(
            List<MemberState> members,
            Aliases aliases,
            ReplicationGraph graph,
            @Nullable BackendAddress previous,
            BackendAddress source) {
        members.replaceAll(member -> {
            if (aliases.servedBy(member.address()) != null) {
                return member;
            }
            if (member.address().equals(source)) {
                return member.withStanding(Standing.FREE);
            }
            if (member.address().equals(previous)) {
                return member.deposed();
            }
            if (previous == null && member.isWritable() && !graph.hasActiveLink(member.address())) {
                return member.deposed(); // it may have been the source before our time
            }
            // Who lost an election, or was writable while there was a source.
            boolean rival = member.standing() == Standing.FREE
                    && (source.equals(previous)
                            ? isWritableBeside(member, find(members, source).answer())
                            : member.online() && member.isWritable());
            return rival && !graph.hasActiveLink(member.address()) ? member.withStanding(Standing.RIVAL) : member;
        });
    }

    /**
     * Whether it was writable when the source still was. A source that has not been asked since may have stepped down
     * for it.
     */
    private static boolean isWritableBeside(MemberState member, @Nullable Answer source) {
        Answer answer = member.answer();
        return answer != null
                && answer.writable()
                && source != null
                && source.writable()
                && source.sentNanos() - answer.receivedNanos() > 0;
    }

    private static Topology topologyOf(
            long version,
            List<MemberState> members,
            Aliases aliases,
            Verdict verdict,
            @Nullable BackendAddress previous,
            PositionHistory history,
            ReplicationGraph graph,
            boolean excludesErrant) {
        MemberState yardstick = TopologyState.find(members, previous);
        boolean alive = verdict.source() != null && yardstick != null && !yardstick.inDoubt();
        List<Member> result = new ArrayList<>(members.size());
        for (MemberState member : members) {
            LagEstimate lag = LagEstimate.of(member, yardstick, alive, history, graph);
            BackendAddress servedBy = aliases.servedBy(member.address());
            if (servedBy != null) {
                result.add(memberOf(member, Role.UNKNOWN, null, noteOnAlias(member, servedBy), false, false));
                continue;
            }
            Role role = roleOf(member, verdict);
            boolean excluded =
                    excludesErrant && role != Role.SOURCE && member.errant().isAny();
            String note = noteOn(member, role, lag, excluded);
            boolean clustered = GaleraElection.shareCluster(member, yardstick);
            result.add(memberOf(member, role, lag.lag(), note, excluded, clustered));
        }
        return new Topology(version, result, verdict.source() == null ? verdict.why() : "");
    }

    private static String noteOnAlias(MemberState member, BackendAddress servedBy) {
        return member.online() ? "the same server as " + servedBy + ", which serves" : member.trouble();
    }

    private static String noteOn(MemberState member, Role role, LagEstimate lag, boolean excluded) {
        return switch (role) {
            case SOURCE -> member.trouble().isEmpty() ? noteOnDisk(member) : member.trouble();
            case REPLICA -> noteOnReplica(member, lag, excluded);
            case UNKNOWN -> member.online() ? "writable, but not the source" : member.trouble();
        };
    }

    private static Member memberOf(
            MemberState member, Role role, @Nullable Duration lag, String note, boolean excluded, boolean clustered) {
        Answer answer = member.answer();
        return new Member(
                member.address(),
                member.weight(),
                role,
                member.online(),
                answer == null ? null : answer.version(),
                answer == null ? "" : answer.serverUuid(),
                role == Role.SOURCE ? Duration.ZERO : lag,
                answer == null || !vouches(answer, role) ? GtidSet.EMPTY : answer.executed(),
                answer == null ? 0 : answer.sentNanos(),
                note,
                member.errant().count(),
                !excluded
                        && (answer == null
                                || answer.galera() == null
                                || answer.galera().serves()),
                member.isDiskFull(),
                clustered);
    }

    /**
     * The log of a node of a Galera cluster has a transaction before its tables do: reads there may not see it yet. What
     * the positions of a managed service's readers mean nobody says.
     */
    private static boolean vouches(Answer answer, Role role) {
        return (answer.galera() == null && answer.managed() == null) || role == Role.SOURCE;
    }

    private static String noteOnReplica(MemberState member, LagEstimate lag, boolean excluded) {
        if (excluded && member.online()) {
            return noteOnErrant(member) + "; it serves no reads";
        }
        if (!lag.why().isEmpty() || !member.online()) {
            return lag.why();
        }
        if (member.turnsAway()) {
            return member.trouble();
        }
        return member.errant().isAny() ? noteOnErrant(member) : noteOnDisk(member);
    }

    private static String noteOnDisk(MemberState member) {
        return member.isDiskFull() ? DISK_FULL : "";
    }

    private static String noteOnErrant(MemberState member) {
        String errant = member.errant().gtids();
        return ERRANT + ": " + (errant.length() <= MAX_SHOWN ? errant : errant.substring(0, MAX_SHOWN) + "...");
    }

    /** A member keeps its role while it is offline, except the source's: that is the election's to give. */
    private static Role roleOf(MemberState member, Verdict verdict) {
        if (member.address().equals(verdict.source())) {
            return Role.SOURCE;
        }
        Answer answer = member.answer();
        if (answer == null) {
            return Role.UNKNOWN;
        }
        boolean takes = answer.readOnly()
                || !answer.channels().isEmpty()
                || answer.group() != null
                || answer.galera() != null
                || answer.managed() != null;
        return takes ? Role.REPLICA : Role.UNKNOWN;
    }

    private static MemberState find(List<MemberState> members, BackendAddress address) {
        MemberState member = TopologyState.find(members, address);
        if (member == null) {
            throw new AssertionError("elected a stranger: " + address);
        }
        return member;
    }
}
