// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.topology.Member;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds out what became of interrupted writes. Any thread. */
public interface OutcomeJudge {
    /** What became of it. */
    enum Outcome {
        /** The source of now has it. */
        COMMITTED,
        /** It has not, and will not get it. */
        NOT_COMMITTED,
        /** Nobody could be asked in time. */
        UNKNOWN
    }

    /**
     * Finds out what became of a write.
     *
     * @param answer called once, on any thread
     */
    void judge(InterruptedWrite write, Consumer<Outcome> answer);

    /**
     * Whether sessions of that MariaDB source may write under server ids of Sluice's own: not where servers would take
     * such writes for others than they are. Does not block; while it is not known, the answer is no.
     */
    default boolean mayUseServerIds(Member source) {
        return false;
    }

    /**
     * Finds out what a table looks like on the source of now.
     *
     * @param changedBefore of the monotonic clock: if it may have been changed since, it is of no use
     * @param answer called once, on any thread; with null if that cannot be told
     */
    default void describe(String schema, String table, long changedBefore, Consumer<@Nullable TableShape> answer) {
        answer.accept(null);
    }
}
