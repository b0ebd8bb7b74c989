// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.report;

import io.sluice.drill.load.Row;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of the source. Times by System.nanoTime().
 *
 * @param from the source before, host:port
 * @param to the source then
 * @param beganNanos when the old source was killed, or the switchover asked for
 * @param promotedNanos when the new one was made writable; null if that is not known
 * @param endedNanos when all of it was done
 * @param had what the new source had when it was promoted; null if that is not known
 */
public record Act(
        Kind kind,
        String from,
        String to,
        long beganNanos,
        @Nullable Long promotedNanos,
        long endedNanos,
        @Nullable Set<Row> had) {
    /** Of what kind. */
    public enum Kind {
        FAILOVER("failover"),
        SWITCHOVER("switchover");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    public Act {
        had = had == null ? null : Set.copyOf(had);
    }
}
