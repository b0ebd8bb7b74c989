// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Channel.Receiver;
import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.PositionHistory.Bounds;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far a member is behind the source, or why nobody knows. The replica's own word is used within the limits that the
 * source's positions prove: a replica that is cut off says too little, one with a delay says too much. While there is no living source, time stands still at its last answer: a replica does not
 * fall behind a dead server, so what it said last remains true and it stays readable.
 *
 * @param lag null when unknown; the router then sends it nothing
 */
record LagEstimate(@Nullable Duration lag, String why) {

    private static final LagEstimate ZERO = new LagEstimate(Duration.ZERO, "");

    /**
     * @param source the source, or the last one that there was; null when there never was one
     * @param alive whether it is the source now, online and not in doubt
     */
    static LagEstimate of(
            MemberState member,
            @Nullable MemberState source,
            boolean alive,
            PositionHistory history,
            ReplicationGraph graph) {
        Answer answer = member.answer();
        if (answer == null || !member.online()) {
            return unknown(member.trouble());
        }
        if (source != null && source.address().equals(member.address())) {
            return ZERO;
        }
        if (member.isBlind()) {
            return unknown("lag unknown: " + member.trouble());
        }
        Bounds bounds = boundsOf(answer, source, alive, history);
        GroupView group = answer.group();
        if (group != null && answer.channels().isEmpty()) {
            return ofGroup(group, bounds, alive);
        }
        GaleraNode galera = answer.galera();
        if (galera != null && answer.channels().isEmpty()) {
            return ofNode(galera, answer, member.caughtUpNanos());
        }
        ManagedNode managed = answer.managed();
        if (managed != null && answer.channels().isEmpty()) {
            return managed.lag() == null
                    ? unknown("lag unknown: it reports none to its " + managed.cluster())
                    : new LagEstimate(managed.lag(), "");
        }
        if (!answer.channelsKnown()) {
            return provenBy(bounds, "lag unknown: the monitor may not see the replication status");
        }
        if (answer.channels().isEmpty()) {
            return unknown("replicates from nobody");
        }
        if (source != null && !graph.follows(member.address(), source.address()) && leadsToMember(member, graph)) {
            return unknown("does not replicate from " + source.address());
        }
        LagEstimate worst = ZERO;
        for (Channel channel : answer.channels()) {
            worst = worse(worst, of(channel, bounds, alive));
        }
        return worst;
    }

    private static LagEstimate ofGroup(GroupView group, Bounds bounds, boolean alive) {
        if (!group.isOnline()) {
            return unknown("is " + group.state() + " in its replication group");
        }
        if (alive && !group.hasQuorum()) {
            return unknown("is in the minority of its replication group");
        }
        if (group.queue() == 0) {
            return new LagEstimate(bounds.clamp(Duration.ZERO), "");
        }
        return provenBy(bounds, "lag unknown: applies " + group.queue() + " transactions of its replication group");
    }

    /** What it had received it had applied then: it is behind by no more than the time since. */
    private static LagEstimate ofNode(GaleraNode node, Answer answer, long caughtUpNanos) {
        if (!node.isReadable()) {
            return unknown(node.trouble());
        }
        return caughtUpNanos == 0
                ? unknown("lag unknown: applies " + node.queue() + " transactions of its Galera cluster")
                : new LagEstimate(Duration.ofNanos(Math.max(0, answer.sentNanos() - caughtUpNanos)), "");
    }

    private static LagEstimate of(Channel channel, Bounds bounds, boolean alive) {
        String error = channel.error().isEmpty() ? "" : ": " + channel.error();
        if (!channel.applierRunning()) {
            return unknown("replication applier is stopped" + error);
        }
        if (channel.receiver() == Receiver.STOPPED && alive) {
            return unknown("replication receiver is stopped" + error);
        }
        Duration own = channel.appliedAll() ? Duration.ZERO : channel.lag();
        if (channel.receiver() == Receiver.RUNNING && own != null) {
            return new LagEstimate(bounds.clamp(own), "");
        }
        // The receiver gets nothing, so its word covers only what arrived: the source's positions must vouch for it.
        Duration proven = bounds.estimate();
        if (proven != null) {
            return new LagEstimate(own == null ? proven : longer(own, proven), "");
        }
        if (!alive && own != null) {
            return new LagEstimate(longer(own, bounds.atLeast()), "");
        }
        return unknown("replication is not connected to " + channel + error);
    }

    private static Bounds boundsOf(
            Answer answer, @Nullable MemberState source, boolean alive, PositionHistory history) {
        long asOf = answer.sentNanos();
        if (!alive && source != null && source.answer() != null) {
            long lastSeen = source.answer().receivedNanos();
            asOf = asOf - lastSeen < 0 ? asOf : lastSeen;
        }
        return history.boundsOf(answer.executed(), asOf);
    }

    private static boolean leadsToMember(MemberState member, ReplicationGraph graph) {
        BackendAddress address = member.address();
        return !graph.linksFrom(address).isEmpty();
    }

    private static LagEstimate provenBy(Bounds bounds, String otherwise) {
        Duration proven = bounds.estimate();
        return proven == null ? unknown(otherwise) : new LagEstimate(proven, "");
    }

    private static LagEstimate worse(LagEstimate one, LagEstimate other) {
        if (one.lag == null) {
            return one;
        }
        return other.lag == null || other.lag.compareTo(one.lag) > 0 ? other : one;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static LagEstimate unknown(String why) {
        return new LagEstimate(null, why);
    }
}
