// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import java.util.function.Consumer;

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
}
