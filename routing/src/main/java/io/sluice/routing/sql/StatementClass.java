// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

/** What a statement asks of routing, from the most to the least free; {@link #strictest} is the later of two. */
public enum StatementClass {
    /** A read that any replica may answer. */
    R,
    /** A read whose answer belongs to one server or to one connection: the source. */
    RP,
    /** The proxy translates or answers: connection ids, process lists, KILL. */
    X,
    /** Asks about the statement before it: the connection that ran that one. */
    L,
    /** Sets session state that can be set again on another connection. */
    S,
    /** Transaction control. */
    T,
    /** Makes or uses state that lives in one connection and cannot be replayed. */
    P,
    /** Writes, or takes locks or files that only the source should give. */
    W,
    /** Writes, with an implicit commit before it and usually after. */
    WI,
    /** Administers one server, is not replicated. */
    A;

    public StatementClass strictest(StatementClass other) {
        return compareTo(other) >= 0 ? this : other;
    }

    public boolean isAtLeast(StatementClass other) {
        return compareTo(other) >= 0;
    }
}
