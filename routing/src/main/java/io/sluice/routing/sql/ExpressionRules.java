// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import io.sluice.routing.topology.ServerVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks over all tokens of a statement and makes its class stricter for what it sees: locking clauses, INTO,
 * variables, functions, tables that belong to one server. Never makes anything less strict, and does not need to
 * understand the statement's structure.
 */
final class ExpressionRules {
    /** Reserved words that no read has: seeing one means that the text is not what it seems to be. */
    static final Set<String> NEVER_IN_READS = Set.of(
            "ALTER",
            "ANALYZE",
            "CALL",
            "CREATE",
            "DELETE",
            "DROP",
            "GRANT",
            "INSERT",
            "KILL",
            "LOAD",
            "OPTIMIZE",
            "PROCEDURE",
            "PURGE",
            "RELEASE",
            "RENAME",
            "REPLACE",
            "REVOKE",
            "SIGNAL",
            "UNLOCK",
            "UPDATE");

    private final @Nullable ServerVersion version;
    private final @Nullable StructureRules structure;
    private final Set<String> trusted;

    /** @param trusted functions, in upper case, that are taken to read only */
    ExpressionRules(@Nullable ServerVersion version, @Nullable StructureRules structure, Set<String> trusted) {
        this.version = version;
        this.structure = structure;
        this.trusted = trusted;
    }

    /** Scans what is meant to be a read: words that no read has make it a write. */
    void scanRead(Tokens tokens, int from, Findings findings) {
        for (int i = from; i < tokens.count(); i++) {
            if (tokens.isWord(i) && !isQualified(tokens, i)) {
                readWord(tokens, i, findings);
            } else if (tokens.kind(i) == Kind.USER_VARIABLE && tokens.isWord(i - 1, "INTO")) {
                findings.raise(StatementClass.P, "INTO @" + tokens.text(i)).pin(Pin.USER_VARIABLE);
            }
        }
        scan(tokens, from, tokens.count(), findings);
    }

    private void readWord(Tokens tokens, int i, Findings findings) {
        String word = tokens.text(i);
        switch (word) {
            case "FOR" -> {
                if (tokens.isWord(i + 1, "UPDATE") || tokens.isWord(i + 1, "SHARE")) {
                    findings.raise(StatementClass.W, "locking read");
                }
            }
            case "INTO" -> {
                if (tokens.kind(i + 1) == Kind.USER_VARIABLE) {
                    findings.raise(StatementClass.P, "INTO variable").pin(Pin.USER_VARIABLE);
                } else {
                    findings.raise(StatementClass.W, "INTO " + tokens.text(i + 1));
                }
            }
            case "LOCK" -> findings.raise(StatementClass.W, "locking read");
            case "NOWAIT", "WAIT", "SKIP" -> findings.add(Trait.TRANSIENT_VARIABLES);
            case "SQL_CALC_FOUND_ROWS" -> findings.add(Trait.CALC_FOUND_ROWS);
            case "VALUE" -> {
                if (tokens.isWord(i + 1, "FOR")) {
                    sequence(tokens, i, findings);
                }
            }
            default -> {
                if (NEVER_IN_READS.contains(word) && !isCallOrClause(tokens, i)) {
                    findings.raise(StatementClass.W, word + " within a read");
                }
            }
        }
    }

    private static void sequence(Tokens tokens, int i, Findings findings) {
        if (tokens.isWord(i - 1, "PREVIOUS")) {
            findings.raise(StatementClass.RP, "sequence").add(Trait.USES_LAST_INSERT_ID);
        } else {
            findings.raise(StatementClass.W, "sequence");
        }
    }

    /** {@code REPLACE(}, {@code INSERT(} are functions. */
    static boolean isCallOrClause(Tokens tokens, int i) {
        return tokens.isSymbol(i + 1, "(") && BuiltinFunctions.has(tokens.text(i), null);
    }

    /** Scans any statement for what it calls and which variables and tables it names. */
    void scan(Tokens tokens, int from, int to, Findings findings) {
        for (int i = from; i < to; i++) {
            switch (tokens.kind(i)) {
                case WORD -> {
                    word(tokens, i, findings);
                    call(tokens, i, findings);
                }
                case QUOTED -> {
                    schema(tokens, i, findings);
                    call(tokens, i, findings);
                }
                case USER_VARIABLE -> {
                    if (!tokens.isSymbol(i + 1, ":=")) {
                        findings.raise(StatementClass.RP, "user variable").add(Trait.READS_USER_VARIABLES);
                    }
                }
                case SYMBOL -> symbol(tokens, i, findings);
                case LITERAL -> {}
            }
        }
    }

    private static void symbol(Tokens tokens, int i, Findings findings) {
        if (tokens.isSymbol(i, ":=")) {
            findings.raise(StatementClass.P, "user variable is set").pin(Pin.USER_VARIABLE);
        } else if (tokens.isSymbol(i, "@@")) {
            String scope = tokens.isSymbol(i + 2, ".") ? tokens.name(i + 1) : "";
            SystemVariables.read(scope, tokens.name(scope.isEmpty() ? i + 1 : i + 3), findings);
        } else if (tokens.isSymbol(i, "@")) {
            findings.raise(StatementClass.RP, "user variable").add(Trait.READS_USER_VARIABLES);
        }
    }

    private static void word(Tokens tokens, int i, Findings findings) {
        if (isQualified(tokens, i)) {
            switch (tokens.text(i)) { // MariaDB in Oracle's mode: a sequence looks like a table.
                case "NEXTVAL" -> findings.raise(StatementClass.W, "sequence");
                case "CURRVAL" -> findings.raise(StatementClass.RP, "sequence").add(Trait.USES_LAST_INSERT_ID);
                default -> {}
            }
        } else {
            schema(tokens, i, findings);
        }
    }

    /** Tables whose rows differ from server to server. */
    private static void schema(Tokens tokens, int i, Findings findings) {
        if (!tokens.isSymbol(i + 1, ".") || isQualified(tokens, i)) {
            return;
        }
        String table = tokens.name(i + 2);
        switch (tokens.name(i)) {
            case "INFORMATION_SCHEMA" -> {
                if (table.equals("PROCESSLIST")) {
                    findings.raise(StatementClass.X, "process list").add(Trait.SHOWS_PROCESSES);
                } else if (table.equals("PROFILING") || table.equals("OPTIMIZER_TRACE")) {
                    findings.raise(StatementClass.L, "information_schema." + table)
                            .add(Trait.USES_DIAGNOSTICS);
                } else if (table.equals("SESSION_VARIABLES")) {
                    findings.add(Trait.READS_OWNED_VARIABLES);
                } else if (isOfOneServer(table)) {
                    findings.raise(StatementClass.RP, "information_schema." + table);
                }
            }
            case "PERFORMANCE_SCHEMA" -> {
                if (table.equals("PROCESSLIST")) {
                    findings.raise(StatementClass.X, "process list").add(Trait.SHOWS_PROCESSES);
                } else if (table.equals("SESSION_VARIABLES")) {
                    findings.add(Trait.READS_OWNED_VARIABLES);
                } else {
                    findings.raise(StatementClass.RP, "performance_schema");
                }
            }
            case "SYS" -> findings.raise(StatementClass.RP, "sys schema");
            case "MYSQL" -> {
                if (table.startsWith("SLAVE_")
                        || table.startsWith("REPLICATION_")
                        || table.endsWith("_LOG")
                        || table.equals("GTID_EXECUTED")
                        || table.equals("EVENT")
                        || table.startsWith("INNODB_")) {
                    findings.raise(StatementClass.RP, "mysql." + table);
                }
            }
            default -> {}
        }
    }

    private static boolean isOfOneServer(String table) {
        return table.startsWith("INNODB_")
                || table.startsWith("WSREP_")
                || table.startsWith("GLOBAL_")
                || table.startsWith("TP_")
                || table.startsWith("THREAD_POOL")
                || (table.endsWith("_STATISTICS") && !table.equals("COLUMN_STATISTICS"))
                || table.endsWith("_STATUS")
                || table.equals("FILES")
                || table.equals("EVENTS") // A replica has them disabled.
                || table.equals("SYSTEM_VARIABLES");
    }

    private void call(Tokens tokens, int i, Findings findings) {
        if (!tokens.isSymbol(i + 1, "(")) {
            return;
        }
        if (isQualified(tokens, i)) {
            if (!trusted.contains(tokens.name(i))) {
                FunctionRules.stored(tokens.text(i), findings);
            }
            return;
        }
        boolean quoted = tokens.kind(i) == Kind.QUOTED;
        String name = tokens.name(i);
        if ((!quoted && (!FunctionRules.isCallable(name) || isClause(tokens, i))) || isColumnList(tokens, i)) {
            return;
        }
        boolean builtin = !quoted && BuiltinFunctions.has(name, version);
        if (!builtin && structure != null && structure.isNoCall(name)) {
            return;
        }
        FunctionRules.judge(name, builtin || trusted.contains(name), !tokens.isSymbol(i + 2, ")"), findings);
    }

    private static boolean isQualified(Tokens tokens, int i) {
        return tokens.isSymbol(i - 1, ".");
    }

    /** No call has a bare query as its argument; MEMBER OF is an operator. */
    private static boolean isClause(Tokens tokens, int i) {
        return tokens.isWord(i + 2, "SELECT")
                || tokens.isWord(i + 2, "WITH")
                || (tokens.isWord(i, "OF") && tokens.isWord(i - 1, "MEMBER"));
    }

    /**
     * A name between {@code )} and {@code (} is an alias with its columns, or a clause such as OVER: no operand may
     * follow another without an operator. So is a name with nothing but names in its parentheses before AS and a
     * query, as in WITH.
     */
    private static boolean isColumnList(Tokens tokens, int i) {
        if (tokens.isSymbol(i - 1, ")") || (tokens.isWord(i - 1, "AS") && tokens.isSymbol(i - 2, ")"))) {
            return true;
        }
        if (!tokens.isSymbol(i - 1, ",") && !tokens.isWord(i - 1, "WITH") && !tokens.isWord(i - 1, "RECURSIVE")) {
            return false;
        }
        int at = i + 2;
        while (tokens.isName(at) || tokens.isSymbol(at, ",")) {
            at++;
        }
        return tokens.isSymbol(at, ")") && tokens.isWord(at + 1, "AS") && tokens.isSymbol(at + 2, "(");
    }
}
