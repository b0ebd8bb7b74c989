// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Event.Suspected;
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

    private TopologyReducer() {}

    public static TopologyState reduce(TopologyState state, Event event) {
        List<MemberState> members = new ArrayList<>(state.members().size());
        for (MemberState member : state.members()) {
            members.add(apply(member, event));
        }
        ReplicationGraph graph = new ReplicationGraph(members);
        Verdict verdict = new SourceElection(members, graph, state.previous(), state.history()).decide();
        BackendAddress previous = verdict.source() != null ? verdict.source() : state.previous();
        PositionHistory history =
                previous == null || previous.equals(state.previous()) ? state.history() : PositionHistory.EMPTY;
        if (verdict.source() != null) {
            depose(members, state.previous(), verdict.source());
            Answer answer = find(members, verdict.source()).answer();
            boolean news = event instanceof Observed observed && observed.observation() == answer;
            if (answer != null && (news || history.isEmpty())) {
                history = history.with(answer);
            }
        }
        Topology topology = topologyOf(state.topology().version() + 1, members, verdict, previous, history, graph);
        return new TopologyState(members, verdict.source(), previous, history, verdict.why(), topology);
    }

    private static MemberState apply(MemberState member, Event event) {
        if (event instanceof Suspected suspected) {
            return suspected.address().equals(member.address()) ? member.suspected(suspected.evidence()) : member;
        }
        Observation observation = ((Observed) event).observation();
        if (!observation.address().equals(member.address())) {
            return member;
        }
        return observation instanceof Answer answer ? member.answered(answer) : member.failed((Failure) observation);
    }

    private static void depose(List<MemberState> members, @Nullable BackendAddress previous, BackendAddress source) {
        members.replaceAll(member -> {
            if (member.address().equals(source)) {
                return member.withDeposed(false);
            }
            return member.address().equals(previous) ? member.withDeposed(true) : member;
        });
    }

    private static Topology topologyOf(
            long version,
            List<MemberState> members,
            Verdict verdict,
            @Nullable BackendAddress previous,
            PositionHistory history,
            ReplicationGraph graph) {
        MemberState yardstick = TopologyState.find(members, previous);
        boolean alive = verdict.source() != null && yardstick != null && !yardstick.inDoubt();
        List<Member> result = new ArrayList<>(members.size());
        for (MemberState member : members) {
            LagEstimate lag = LagEstimate.of(member, yardstick, alive, history, graph);
            result.add(memberOf(member, roleOf(member, verdict), lag));
        }
        return new Topology(version, result, verdict.source() == null ? verdict.why() : "");
    }

    private static Member memberOf(MemberState member, Role role, LagEstimate lag) {
        Answer answer = member.answer();
        String note = switch (role) {
            case SOURCE -> member.trouble();
            case REPLICA -> lag.why();
            case UNKNOWN -> member.online() ? "writable, but not the source" : member.trouble();
        };
        return new Member(
                member.address(),
                member.weight(),
                role,
                member.online(),
                answer == null ? null : answer.version(),
                answer == null ? "" : answer.serverUuid(),
                role == Role.SOURCE ? Duration.ZERO : lag.lag(),
                answer == null ? GtidSet.EMPTY : answer.executed(),
                answer == null ? 0 : answer.sentNanos(),
                note);
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
        return answer.readOnly() || !answer.channels().isEmpty() ? Role.REPLICA : Role.UNKNOWN;
    }

    private static MemberState find(List<MemberState> members, BackendAddress address) {
        MemberState member = TopologyState.find(members, address);
        if (member == null) {
            throw new AssertionError("elected a stranger: " + address);
        }
        return member;
    }
}
