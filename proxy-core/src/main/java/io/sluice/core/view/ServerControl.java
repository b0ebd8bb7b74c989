// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What an operator may do to servers. Any thread; nothing here blocks. */
public interface ServerControl {

    /**
     * One step of an operation.
     *
     * @param result "ok", or what became of it
     * @param millis from the begin of the operation to the end of the step
     */
    record Step(String what, String result, long millis) {}

    /** What was asked cannot be done; the message says why, and what would help. */
    final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            super(message);
        }
    }

    /**
     * Begins nothing new at a server; what is open there goes on.
     *
     * @param killAfter then it is ended; null for never
     * @throws Refused if it is not there, or is the source
     */
    void drain(BackendAddress server, @Nullable Duration killAfter) throws Refused;

    /**
     * Lets a drained server serve again.
     *
     * @throws Refused if it is not drained
     */
    void restore(BackendAddress server) throws Refused;

    /**
     * Makes another server the source: holds writes, lets transactions end, waits until the candidate has everything,
     * makes the old source read-only and the candidate writable, and lets the others follow it.
     *
     * @param force whether sessions that do not let go of the source in time are cut off; else nothing is changed then
     * @return the steps done; ends with {@link Refused} if it was given up, which also says how things stand
     */
    CompletableFuture<List<Step>> switchOver(BackendAddress candidate, boolean force);
}
