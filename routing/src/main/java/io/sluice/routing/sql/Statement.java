// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.parse.SqlFacts;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A classified statement: what all texts with the same digest have in common. Immutable, shared and cached. */
public final class Statement {
    private final StatementClass statementClass;
    private final long traits;
    private final @Nullable Pin pin;
    private final String verb;
    private final String reason;
    private final long digest;
    private final String digestText;
    private final @Nullable SqlFacts facts;
    private final @Nullable Statement trusting;
    private final List<StoredCall> storedCalls;
    private final TableUse tableUse;

    Statement(
            StatementClass statementClass,
            long traits,
            @Nullable Pin pin,
            String verb,
            String reason,
            long digest,
            String digestText,
            @Nullable SqlFacts facts,
            @Nullable Statement trusting,
            List<StoredCall> storedCalls,
            TableUse tableUse) {
        this.statementClass = statementClass;
        this.traits = traits;
        this.pin = pin;
        this.verb = verb;
        this.reason = reason;
        this.digest = digest;
        this.digestText = digestText;
        this.facts = facts;
        this.trusting = trusting;
        this.storedCalls = storedCalls;
        this.tableUse = tableUse;
    }

    public StatementClass statementClass() {
        return statementClass;
    }

    public boolean has(Trait trait) {
        return (traits & trait.bit()) != 0;
    }

    /** Whether it asks about a statement before it, so that it matters which connection serves it. */
    public boolean asksBack() {
        return has(Trait.USES_DIAGNOSTICS) || has(Trait.USES_LAST_INSERT_ID);
    }

    /** For logs and tests; sessions ask {@link #has}. */
    public Set<Trait> traits() {
        Set<Trait> set = EnumSet.noneOf(Trait.class);
        for (Trait trait : Trait.values()) {
            if (has(trait)) {
                set.add(trait);
            }
        }
        return set;
    }

    /** What the connection holds once this has succeeded; null if nothing. */
    public @Nullable Pin pin() {
        return pin;
    }

    /** The leading word in upper case, for metrics and messages; empty when there is none. */
    public String verb() {
        return verb;
    }

    /** The words that forced the class, such as "locking read" or "unknown function f_write"; empty for plain ones. */
    public String reason() {
        return reason;
    }

    /** Names the normalised text; the same in every process and for every spelling of the same statement. */
    public long digest() {
        return digest;
    }

    /** Literals as {@code ?}, lists collapsed, comments gone, reserved words in upper case; cut off when long. */
    public String digestText() {
        return digestText;
    }

    /** Tables, functions and variables; null: not parsed yet, or not understood, so that any may be in it. */
    public @Nullable SqlFacts facts() {
        return facts;
    }

    /** Which tables it names, to read or to change them. */
    public TableUse tableUse() {
        return tableUse;
    }

    /** The same as a read, which it is if all of its {@link #storedCalls} are trusted; null if it is none even then. */
    public @Nullable Statement trusting() {
        return trusting;
    }

    /** The functions that somebody must vouch for if this, or {@link #trusting}, is to be a read; mostly none. */
    public List<StoredCall> storedCalls() {
        return storedCalls;
    }

    @Override
    public String toString() {
        return statementClass + " " + verb + traits() + (pin == null ? "" : " pin=" + pin)
                + (reason.isEmpty() ? "" : " (" + reason + ")");
    }
}
