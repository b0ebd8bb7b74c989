// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import org.jspecify.annotations.Nullable;

/**
 * How a statement is run, wherever that is; null where nothing is said.
 *
 * @param timeoutMillis how long it may take
 * @param delayMillis how long it is kept before
 * @param retries how often a read is sent again after its connection was lost
 * @param multiplex whether the session shares its connection with others from now on
 * @param log whether the log has a line of it
 */
public record Treatment(
        @Nullable Integer timeoutMillis,
        @Nullable Integer delayMillis,
        @Nullable Integer retries,
        @Nullable Multiplex multiplex,
        @Nullable Boolean log) {
    public static final Treatment NONE = new Treatment(null, null, null, null, null);

    /** What ProxySQL has numbers for. */
    public enum Multiplex {
        /** 0: from this statement on the session keeps its connection, which is one to the source. */
        OFF,
        /** 1: it need not any longer. */
        ON,
        /** 2: as it was. */
        UNCHANGED
    }

    /** What this says, and for the rest what an earlier rule has said. */
    Treatment over(Treatment earlier) {
        return new Treatment(
                timeoutMillis == null ? earlier.timeoutMillis : timeoutMillis,
                delayMillis == null ? earlier.delayMillis : delayMillis,
                retries == null ? earlier.retries : retries,
                multiplex == null ? earlier.multiplex : multiplex,
                log == null ? earlier.log : log);
    }

    /** How often a read may be sent again, unless it is said. */
    public int retriesOr(int initial) {
        return retries == null ? initial : retries;
    }

    public boolean pins() {
        return multiplex == Multiplex.OFF;
    }

    public boolean unpins() {
        return multiplex == Multiplex.ON;
    }

    public boolean logs() {
        return log != null && log;
    }
}
