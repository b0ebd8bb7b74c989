// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.routing.topology.BackendAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one server.
 *
 * @param answer the last answer; kept through failures, since a role does not change because a probe was lost
 * @param channelsSince when the first answer was asked for that named the sources which the last one names
 * @param caughtUpNanos when the last answer was asked for in which a node of a Galera cluster had nothing left to apply; 0:
 *     none
 * @param errant transactions that the source of now had not when it was last asked
 * @param standing whether it may become the source by being writable
 */
record MemberState(
        BackendAddress address,
        int weight,
        @Nullable Answer answer,
        long channelsSince,
        long caughtUpNanos,
        boolean online,
        Silence silence,
        Errant errant,
        Standing standing) {

    /**
     * What has gone wrong since the last answer.
     *
     * @param failures failed probes in a row that speak for death
     * @param misses probes in a row without an answer, for whatever reason
     * @param sinceNanos when the first of these was sent
     * @param trouble what the last failed probe said, or empty
     * @param evidence what the data path reported since the last answer, or empty
     */
    record Silence(int failures, int misses, long sinceNanos, String trouble, String evidence) {

        static final Silence NONE = new Silence(0, 0, 0, "", "");

        /** The same after one more probe without an answer. */
        Silence after(Failure failure) {
            String text =
                    failure.detail().isEmpty() ? failure.kind().toString() : failure.kind() + ": " + failure.detail();
            long since = misses == 0 ? failure.sentNanos() : sinceNanos;
            return failure.kind().provesLife()
                    ? new Silence(0, misses + 1, since, text, "")
                    : new Silence(failures + 1, misses + 1, since, text, evidence);
        }

        Silence with(String reported) {
            return new Silence(failures, misses, sinceNanos, trouble, reported);
        }
    }

    /** What speaks against a server whatever it says of itself now. */
    enum Standing {
        /** Never was the source, is it now, or has followed another one since. */
        FREE,
        /** Seen writable while another one was preferred: that this one goes away is no reason to take its rival. */
        RIVAL,
        /** Another took its place: that it is writable means nothing, since it may just have come back. */
        DEPOSED,
        /** Deposed, and read-only since then: if that is undone, somebody wants it so. But not by a restart. */
        YIELDED
    }

    /** Failed probes in a row until a member is offline, when none of them is a proof. */
    static final int FAILURES_UNTIL_OFFLINE = 2;
    /** Probes without an answer from a living server until its lag counts as unknown. */
    static final int MISSES_UNTIL_BLIND = 3;

    static final String NOT_YET_PROBED = "not yet probed";

    static MemberState unseen(BackendAddress address, int weight) {
        Silence unprobed = new Silence(0, 0, 0, NOT_YET_PROBED, "");
        return new MemberState(address, weight, null, 0, 0, false, unprobed, Errant.NONE, Standing.FREE);
    }

    int failures() {
        return silence.failures();
    }

    int misses() {
        return silence.misses();
    }

    long silentSince() {
        return silence.sinceNanos();
    }

    String trouble() {
        return silence.trouble();
    }

    String evidence() {
        return silence.evidence();
    }

    boolean seen() {
        return answer != null || misses() > 0;
    }

    boolean isWritable() {
        return answer != null && answer.writable();
    }

    /** Whether writes waited for room when it last answered. */
    boolean isDiskFull() {
        return online && answer != null && answer.diskFull();
    }

    /** Online, but the last probe or the data path says otherwise. */
    boolean inDoubt() {
        return online && (failures() > 0 || !evidence().isEmpty());
    }

    /** Alive, as it says itself, but does not let the monitor look. */
    boolean turnsAway() {
        return online && misses() > 0 && failures() == 0;
    }

    /** What the trouble is, without the details that may differ each time. */
    String gistOfTrouble() {
        int colon = trouble().indexOf(':');
        return colon < 0 ? trouble() : trouble().substring(0, colon);
    }

    /** Alive, but has not let the monitor look for a while. */
    boolean isBlind() {
        return misses() >= MISSES_UNTIL_BLIND;
    }

    MemberState answered(Answer next) {
        if (answer != null && next.sentNanos() - answer.sentNanos() < 0) {
            return this;
        }
        boolean same = answer != null && sourcesOf(answer).equals(sourcesOf(next));
        long since = same ? channelsSince : next.sentNanos();
        GaleraNode galera = next.galera();
        long caughtUp = galera != null && galera.queue() == 0 ? next.sentNanos() : caughtUpNanos;
        return new MemberState(address, weight, next, since, caughtUp, true, Silence.NONE, errant, standingAfter(next));
    }

    private static List<String> sourcesOf(Answer answer) {
        return answer.channels().stream().map(Channel::toString).toList();
    }

    private Standing standingAfter(Answer next) {
        if (next.channels().stream().anyMatch(Channel::isActive)) {
            return Standing.FREE;
        }
        return switch (standing) {
            case FREE -> Standing.FREE;
            case RIVAL -> next.readOnly() ? Standing.FREE : Standing.RIVAL;
            case DEPOSED -> next.readOnly() ? Standing.YIELDED : Standing.DEPOSED;
            case YIELDED -> next.readOnly() ? Standing.YIELDED : Standing.FREE;
        };
    }

    MemberState failed(Failure failure) {
        Silence longer = silence.after(failure);
        boolean convinced = !failure.kind().provesLife()
                && (failure.isProof() || !longer.evidence().isEmpty() || longer.failures() >= FAILURES_UNTIL_OFFLINE);
        return with(online && !convinced, longer).withStanding(unwatched());
    }

    private MemberState with(boolean onlineNow, Silence silenceNow) {
        return new MemberState(
                address, weight, answer, channelsSince, caughtUpNanos, onlineNow, silenceNow, errant, standing);
    }

    /** Another one is the source now. */
    MemberState deposed() {
        MemberState member = withStanding(Standing.DEPOSED);
        if (answer == null) {
            return member;
        }
        member = member.withStanding(member.standingAfter(answer));
        return misses() > 0 ? member.withStanding(member.unwatched()) : member;
    }

    /** Behind a failed probe there may be a restart. */
    private Standing unwatched() {
        return standing == Standing.YIELDED ? Standing.DEPOSED : standing;
    }

    MemberState suspected(String why) {
        return online ? with(true, silence.with(why)) : this;
    }

    /** As the source's answer shows it, if that is younger than this one's; else nothing new is known. */
    MemberState comparedTo(Answer source) {
        if (answer == null || source.sentNanos() - answer.receivedNanos() <= 0) {
            return this;
        }
        Errant found = Errant.of(answer, source);
        return found.equals(errant) ? this : withErrant(found);
    }

    MemberState withErrant(Errant found) {
        return new MemberState(address, weight, answer, channelsSince, caughtUpNanos, online, silence, found, standing);
    }

    MemberState withWeight(int other) {
        return new MemberState(address, other, answer, channelsSince, caughtUpNanos, online, silence, errant, standing);
    }

    MemberState withStanding(Standing now) {
        return new MemberState(address, weight, answer, channelsSince, caughtUpNanos, online, silence, errant, now);
    }
}
