// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.sql.parse.TableName;
import io.sluice.routing.topology.ServerVersion;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tables and views a statement names to read from, and which to change, by its text alone: what views, triggers
 * and foreign keys add to them, a catalogue has to tell. Names are in lower case, for servers to which case means
 * nothing; to others two tables then look like one, which errs on the safe side.
 *
 * @param read null: it may read any
 * @param changed null: it may change any
 */
public record TableUse(
        @Nullable List<TableName> read, @Nullable List<TableName> changed) {
    public static final TableUse ANY = new TableUse(null, null);
    static final TableUse NONE = new TableUse(List.of(), List.of());

    private static final Set<String> OF_TRANSACTIONS =
            Set.of("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET");
    private static final Set<String> SEQUENCES = Set.of("NEXTVAL", "SETVAL", "LASTVAL");

    public TableUse {
        read = read == null ? null : List.copyOf(read);
        changed = changed == null ? null : List.copyOf(changed);
    }

    /** Of a statement of which all is found. */
    static TableUse of(Findings findings, @Nullable SqlFacts facts, @Nullable ServerVersion version) {
        boolean opaque = findings.pin() != null
                || findings.has(Trait.MULTI_STATEMENT)
                || findings.has(Trait.HIDES_STATUS)
                || findings.has(Trait.CALLS_UNKNOWN_FUNCTION);
        if (opaque) {
            return ANY;
        }
        return switch (findings.statementClass()) {
            case S -> NONE;
            case T -> OF_TRANSACTIONS.contains(findings.verb()) ? NONE : ANY;
            case R, RP, L, X, W -> facts == null || callsStored(facts, version) ? ANY : of(facts);
            case P, WI, A -> ANY;
        };
    }

    /** Whether a function is called that may use tables itself. */
    private static boolean callsStored(SqlFacts facts, @Nullable ServerVersion version) {
        return facts.functions().stream().anyMatch(call -> {
            String name = SqlBytes.upper(call.name());
            return call.schema() != null
                    || call.quoted()
                    || SEQUENCES.contains(name)
                    || (FunctionRules.isCallable(name) && !BuiltinFunctions.has(name, version));
        });
    }

    private static TableUse of(SqlFacts facts) {
        Set<TableName> changed = switch (facts.kind()) {
            case QUERY, EXPLAIN, DO, INSERT, REPLACE -> facts.tablesWritten();
            // Of joined tables it may take a catalogue of columns to tell which are changed.
            case UPDATE, DELETE -> union(facts.tablesRead(), facts.tablesWritten());
            case CALL, SET, SHOW, LOAD, HANDLER, LOCK, DEFINITION, OTHER -> null;
        };
        return changed == null ? ANY : new TableUse(folded(facts.tablesRead()), folded(changed));
    }

    private static Set<TableName> union(Set<TableName> one, Set<TableName> other) {
        Set<TableName> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    /** Null if one of the names has letters whose case is not ours to tell. */
    private static @Nullable List<TableName> folded(Collection<TableName> names) {
        boolean ascii = names.stream().allMatch(name -> isAscii(name.name()) && isAscii(name.schema()));
        return ascii ? names.stream().map(TableUse::folded).distinct().toList() : null;
    }

    private static TableName folded(TableName name) {
        String schema = name.schema();
        return new TableName(
                schema == null ? null : schema.toLowerCase(Locale.ROOT),
                name.name().toLowerCase(Locale.ROOT));
    }

    private static boolean isAscii(@Nullable String name) {
        return name == null || name.chars().allMatch(c -> c < 0x80);
    }
}
