// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * What the actions of the grammar write down while one statement is parsed, for what Calcite's syntax tree has no
 * place for. Actions do not run while the parser looks ahead, so all that is here was read for good.
 */
final class ParseNotes {
    SqlFacts.@Nullable Kind kind;
    SqlFacts.@Nullable Locking locking;
    boolean into;
    boolean plansOnly;
    boolean countsFoundRows;
    final List<SqlIdentifier> calls = new ArrayList<>();
    final Set<String> userVariables = new LinkedHashSet<>();
    final Set<String> userVariablesAssigned = new LinkedHashSet<>();
    final Set<String> systemVariables = new LinkedHashSet<>();
    final Set<String> systemVariablesAssigned = new LinkedHashSet<>();
    private @Nullable String lastVariable;

    /** The outermost statement tells its kind first. */
    void kind(SqlFacts.Kind newKind) {
        kind = kind == null ? newKind : kind;
    }

    /** What is only planned writes nothing. */
    void explains(boolean executes) {
        plansOnly = kind == null && !executes;
        kind(SqlFacts.Kind.EXPLAIN);
    }

    void locks(SqlFacts.Locking mode) {
        locking = locking == null || mode == SqlFacts.Locking.UPDATE ? mode : locking;
    }

    void writesInto() {
        into = true;
    }

    void countsFoundRows() {
        countsFoundRows = true;
    }

    void calls(SqlIdentifier name) {
        calls.add(name);
    }

    void reads(String variable) {
        userVariables.add(variable);
        lastVariable = variable;
    }

    /** The variable that was read last is on the left of an assignment. */
    void assignsLast() {
        if (lastVariable != null) {
            assigns(lastVariable);
        }
    }

    void assigns(String variable) {
        userVariables.remove(variable);
        userVariablesAssigned.add(variable);
    }

    void readsSystem(List<String> names) {
        systemVariables.add(String.join(".", names));
    }

    /** @param scope what stands before the name, or nothing */
    void assignsSystem(String scope, List<String> names) {
        String name = String.join(".", names);
        systemVariablesAssigned.add(scope.isEmpty() ? name : scope + '.' + name);
    }
}
