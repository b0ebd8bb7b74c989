// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import org.jspecify.annotations.Nullable;

/** What the rules have found in one statement so far. The class only ever becomes stricter. */
final class Findings {
    private StatementClass statementClass = StatementClass.R;
    private long traits;
    private @Nullable Pin pin;
    private String reason = "";
    private String verb = "";

    StatementClass statementClass() {
        return statementClass;
    }

    long traits() {
        return traits;
    }

    @Nullable
    Pin pin() {
        return pin;
    }

    String reason() {
        return reason;
    }

    String verb() {
        return verb;
    }

    void verb(String word) {
        verb = word;
    }

    Findings raise(StatementClass atLeast, String why) {
        if (statementClass.compareTo(atLeast) < 0) {
            statementClass = atLeast;
            reason = why;
        }
        return this;
    }

    Findings add(Trait trait) {
        traits |= trait.bit();
        return this;
    }

    Findings remove(Trait trait) {
        traits &= ~trait.bit();
        return this;
    }

    boolean has(Trait trait) {
        return (traits & trait.bit()) != 0;
    }

    /** Two different pins are one that nothing releases but a reset. */
    Findings pin(Pin newPin) {
        pin = pin == null || pin == newPin ? newPin : Pin.UNTRACKED_STATE;
        return this;
    }

    /** Takes over what another part, or another reading, of the same text was found to be. */
    void merge(Findings other) {
        raise(other.statementClass, other.reason);
        traits |= other.traits;
        if (other.pin != null) {
            pin(other.pin);
        }
        if (verb.isEmpty()) {
            verb = other.verb;
        }
    }

    /** What was found, with a statement that only plans. */
    void lower(StatementClass planned) {
        statementClass = planned;
    }

    /** A text that both pins and unpins is taken to pin. */
    void settle() {
        if (pin != null) {
            traits &= ~(Trait.UNPIN_LOCK_TABLES.bit()
                    | Trait.UNPIN_NAMED_LOCKS.bit()
                    | Trait.UNPIN_NAMED_LOCK.bit()
                    | Trait.UNPIN_TEMPORARY_TABLE.bit()
                    | Trait.UNPIN_PREPARED_TEXT.bit()
                    | Trait.UNPIN_HANDLER.bit()
                    | Trait.UNPIN_XA.bit());
        }
    }
}
