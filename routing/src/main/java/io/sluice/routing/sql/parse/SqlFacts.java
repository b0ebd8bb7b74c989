// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the structure of a statement tells. Immutable, small, kept instead of the syntax tree. Common table
 * expressions and aliases are not among the tables.
 *
 * @param locking what a locking read locks for; null if it is none
 * @param into whether the result goes to a file or to variables
 * @param userVariables those read; system variables are read and assigned with their scope, as in {@code global.x}
 */
public record SqlFacts(
        Kind kind,
        Set<TableName> tablesRead,
        Set<TableName> tablesWritten,
        Set<FunctionCall> functions,
        Set<String> userVariables,
        Set<String> userVariablesAssigned,
        Set<String> systemVariables,
        Set<String> systemVariablesAssigned,
        @Nullable Locking locking,
        boolean into) {
    /** The shape of a statement. */
    public enum Kind {
        QUERY,
        INSERT,
        REPLACE,
        UPDATE,
        DELETE,
        CALL,
        DO,
        SET,
        SHOW,
        EXPLAIN,
        LOAD,
        HANDLER,
        LOCK,
        /** CREATE, ALTER, DROP, RENAME, TRUNCATE and what maintains tables. */
        DEFINITION,
        /** Transactions, accounts, administration: recognised by the first words, with no structure of interest. */
        OTHER
    }

    /** The clause of a locking read. */
    public enum Locking {
        SHARE,
        UPDATE
    }

    public SqlFacts {
        tablesRead = Set.copyOf(tablesRead);
        tablesWritten = Set.copyOf(tablesWritten);
        functions = Set.copyOf(functions);
        userVariables = Set.copyOf(userVariables);
        userVariablesAssigned = Set.copyOf(userVariablesAssigned);
        systemVariables = Set.copyOf(systemVariables);
        systemVariablesAssigned = Set.copyOf(systemVariablesAssigned);
    }

    /** Of two statements in one text, or two readings of it, all that either does. */
    public SqlFacts and(SqlFacts other) {
        boolean first = kind != Kind.QUERY && kind != Kind.SHOW && kind != Kind.EXPLAIN;
        return new SqlFacts(
                first ? kind : other.kind,
                union(tablesRead, other.tablesRead),
                union(tablesWritten, other.tablesWritten),
                union(functions, other.functions),
                union(userVariables, other.userVariables),
                union(userVariablesAssigned, other.userVariablesAssigned),
                union(systemVariables, other.systemVariables),
                union(systemVariablesAssigned, other.systemVariablesAssigned),
                locking == null || other.locking == Locking.UPDATE ? other.locking : locking,
                into || other.into);
    }

    private static <T> Set<T> union(Set<T> one, Set<T> other) {
        Set<T> all = new LinkedHashSet<>(one);
        all.addAll(other);
        return all;
    }

    /** About how much memory this takes, in bytes: the measure of a cache that is bounded by memory. */
    public int weight() {
        int names = tablesRead.size() + tablesWritten.size() + functions.size();
        int variables = userVariables.size()
                + userVariablesAssigned.size()
                + systemVariables.size()
                + systemVariablesAssigned.size();
        return 160 + 128 * names + 80 * variables;
    }
}
