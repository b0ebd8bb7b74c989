// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.routing.topology.BackendAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one configured server.
 *
 * @param answer the last answer; kept through failures, since a role does not change because a probe was lost
 * @param failures failed probes in a row that speak for death
 * @param misses probes in a row without an answer, for whatever reason
 * @param trouble what the last failed probe said, or empty
 * @param evidence what the data path reported since the last answer, or empty
 * @param deposed was the source, then another became it; takes nothing until it has submitted or caught up
 */
record MemberState(
        BackendAddress address,
        int weight,
        @Nullable Answer answer,
        boolean online,
        int failures,
        int misses,
        String trouble,
        String evidence,
        boolean deposed) {

    /** Failed probes in a row until a member is offline, when none of them is a proof. */
    static final int FAILURES_UNTIL_OFFLINE = 2;
    /** Probes without an answer from a living server until its lag counts as unknown. */
    static final int MISSES_UNTIL_BLIND = 3;

    static final String NOT_YET_PROBED = "not yet probed";

    static MemberState unseen(BackendAddress address, int weight) {
        return new MemberState(address, weight, null, false, 0, 0, NOT_YET_PROBED, "", false);
    }

    boolean seen() {
        return answer != null || misses > 0;
    }

    boolean isWritable() {
        return answer != null && answer.writable();
    }

    /** Online, but the last probe or the data path says otherwise. */
    boolean inDoubt() {
        return online && (failures > 0 || !evidence.isEmpty());
    }

    /** Alive, but has not let the monitor look for a while. */
    boolean isBlind() {
        return misses >= MISSES_UNTIL_BLIND;
    }

    MemberState answered(Answer next) {
        if (answer != null && next.sentNanos() - answer.sentNanos() < 0) {
            return this;
        }
        boolean submitted = next.readOnly() || !next.channels().isEmpty();
        return new MemberState(address, weight, next, true, 0, 0, "", "", deposed && !submitted);
    }

    MemberState failed(Failure failure) {
        String text = failure.detail().isEmpty() ? failure.kind().toString() : failure.kind() + ": " + failure.detail();
        if (failure.kind().provesLife()) {
            return new MemberState(address, weight, answer, online, 0, misses + 1, text, "", deposed);
        }
        boolean convinced = failure.isProof() || !evidence.isEmpty() || failures + 1 >= FAILURES_UNTIL_OFFLINE;
        return new MemberState(
                address, weight, answer, online && !convinced, failures + 1, misses + 1, text, evidence, deposed);
    }

    MemberState suspected(String why) {
        return online ? new MemberState(address, weight, answer, true, failures, misses, trouble, why, deposed) : this;
    }

    MemberState withDeposed(boolean now) {
        return now == deposed
                ? this
                : new MemberState(address, weight, answer, online, failures, misses, trouble, evidence, now);
    }
}
