// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import io.sluice.routing.topology.ServerVersion;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges one statement by its leading words, then by all it mentions. What is not known is a write. */
final class StatementRules {
    /** Of SELECT sluice_token(). */
    private static final int ASKING_TOKENS = 4;

    private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "TABLE", "VALUES");
    private static final Set<String> DEFINING = Set.of("CREATE", "ALTER", "DROP", "RENAME");
    private static final Set<String> EXPLAINABLE_WRITES = Set.of("INSERT", "REPLACE", "UPDATE", "DELETE");

    private final ExpressionRules expressions;
    /** How deep EXPLAIN, ANALYZE and SET STATEMENT are followed into one another. */
    private static final int NESTED_MAX = 6;

    private final SetRules set;
    private final ShowRules show;
    private int depth;

    /**
     * @param structure null: not known
     * @param trusted functions, in upper case, that are taken to read only
     */
    StatementRules(@Nullable ServerVersion version, @Nullable StructureRules structure, Set<String> trusted) {
        expressions = new ExpressionRules(version, structure, trusted);
        set = new SetRules(expressions);
        show = new ShowRules(expressions);
    }

    void judge(Tokens tokens, Findings findings) {
        int at = 0;
        while (tokens.isSymbol(at, "(")) {
            at++;
        }
        if (tokens.count() == 0) {
            findings.add(Trait.EMPTY);
            return;
        }
        String verb = tokens.isWord(at) ? tokens.text(at) : "";
        findings.verb(verb);
        if (at > 0 && !QUERIES.contains(verb)) {
            findings.raise(StatementClass.W, "not understood");
        }
        verb(verb, tokens, at, findings);
    }

    private void verb(String verb, Tokens tokens, int at, Findings findings) {
        switch (verb) {
            case "SELECT", "TABLE", "VALUES" -> query(tokens, at, findings);
            case "WITH" -> with(tokens, at, findings);
            case "INSERT", "REPLACE", "UPDATE", "DELETE" -> write(tokens, at, findings);
            case "SHOW" -> show.judge(tokens, at + 1, findings);
            case "DESC", "DESCRIBE", "EXPLAIN" -> explain(tokens, at + 1, findings);
            case "ANALYZE" -> analyze(tokens, at + 1, findings);
            case "SET" -> set(tokens, at + 1, findings);
            case "USE" -> findings.raise(StatementClass.S, "schema").add(Trait.CHANGES_SCHEMA);
            case "HELP" -> {}
            case "DO" -> {
                findings.raise(StatementClass.RP, "DO");
                expressions.scanRead(tokens, at + 1, findings);
                if (!findings.statementClass().isAtLeast(StatementClass.P)) {
                    findings.raise(StatementClass.W, "DO");
                }
            }
            case "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA" ->
                TransactionRules.judge(verb, tokens, at + 1, findings);
            case "CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "OPTIMIZE" ->
                definition(verb, tokens, at + 1, findings);
            case "CALL" -> {
                findings.raise(StatementClass.W, "CALL").add(Trait.HIDES_STATUS).pin(Pin.UNTRACKED_STATE);
                scan(tokens, at, findings);
            }
            case "LOAD" -> load(tokens, at + 1, findings);
            case "EXECUTE", "PREPARE", "DEALLOCATE", "HANDLER", "LOCK", "UNLOCK", "BACKUP", "GET" ->
                ConnectionRules.judge(verb, tokens, at + 1, findings);
            case "CHECKSUM" -> {
                findings.raise(StatementClass.RP, "CHECKSUM");
                scan(tokens, at, findings);
            }
            case "BINLOG" -> findings.raise(StatementClass.W, "BINLOG").pin(Pin.BINLOG_SETTING);
            case "SIGNAL", "RESIGNAL" -> findings.raise(StatementClass.W, verb);
            default -> AdministrationRules.judge(verb, tokens, at + 1, findings);
        }
    }

    private void query(Tokens tokens, int at, Findings findings) {
        if (tokens.isWord(at + 1, "SLUICE_TOKEN")
                && tokens.isSymbol(at + 2, "(")
                && tokens.isSymbol(at + 3, ")")
                && tokens.count() == at + ASKING_TOKENS) {
            findings.raise(StatementClass.X, "SELECT sluice_token()").add(Trait.ASKS_TOKEN);
        } else {
            expressions.scanRead(tokens, at, findings);
        }
    }

    private void scan(Tokens tokens, int from, Findings findings) {
        expressions.scan(tokens, from, tokens.count(), findings);
    }

    private void write(Tokens tokens, int at, Findings findings) {
        findings.raise(StatementClass.W, tokens.text(at));
        int target = at + 1;
        while (tokens.isWord(target) && !tokens.isSymbol(target + 1, ".") && target < at + 6) {
            target++;
        }
        if (tokens.name(target).equals("PERFORMANCE_SCHEMA")) { // Not replicated, and allowed on read-only servers.
            findings.raise(StatementClass.A, "performance_schema");
        }
        scan(tokens, at, findings);
    }

    /** The statement begins after the common table expressions; whatever they say, they are scanned with it. */
    private void with(Tokens tokens, int start, Findings findings) {
        int at = tokens.isWord(start + 1, "RECURSIVE") ? start + 2 : start + 1;
        while (tokens.isName(at)) {
            at++;
            if (tokens.isSymbol(at, "(")) {
                at = tokens.afterParentheses(at);
            }
            if (!tokens.isWord(at, "AS") || !tokens.isSymbol(at + 1, "(")) {
                break;
            }
            at = tokens.afterParentheses(at + 1);
            if (tokens.isWord(at, "CYCLE")) {
                while (at < tokens.count() && !tokens.isWord(at, "RESTRICT")) {
                    at++;
                }
                at++;
            }
            if (!tokens.isSymbol(at, ",")) {
                break;
            }
            at++;
        }
        while (tokens.isSymbol(at, "(")) {
            at++;
        }
        String verb = tokens.text(at);
        if (tokens.isWord(at) && (QUERIES.contains(verb) && !verb.equals("WITH"))) {
            expressions.scanRead(tokens, start, findings);
        } else {
            findings.raise(StatementClass.W, "WITH before " + verb);
            scan(tokens, start, findings);
        }
    }

    private void explain(Tokens tokens, int start, Findings findings) {
        if (tokens.isWord(start, "ROUTE") && !describesTable(tokens, start)) {
            findings.raise(StatementClass.X, "EXPLAIN ROUTE").add(Trait.IS_EXPLAIN_ROUTE);
            return;
        }
        if (tokens.isWord(start, "ANALYZE")) {
            executed(tokens, afterFormat(tokens, start + 1), findings);
            return;
        }
        if (tokens.startsWith(start, "FOR", "CONNECTION")) {
            findings.raise(StatementClass.RP, "another connection's plan");
            return;
        }
        int at = afterFormat(tokens, start);
        if (tokens.isWord(at, "INTO")) {
            findings.raise(StatementClass.P, "EXPLAIN INTO variable").pin(Pin.USER_VARIABLE);
            at += 2;
        }
        if (tokens.isWord(at, "FOR") && tokens.isName(at + 2)) { // FOR SCHEMA name
            at += 3;
        }
        if (tokens.isSymbol(at, "(") || QUERIES.contains(tokens.text(at))) {
            planned(tokens, at, findings);
        } else if (tokens.isWord(at) && EXPLAINABLE_WRITES.contains(tokens.text(at))) {
            planned(tokens, at, findings);
        } else if (!describesTable(tokens, start)) {
            findings.raise(StatementClass.W, "EXPLAIN not understood");
        }
    }

    /** The statement that another one is about. Each costs a copy of the rest, and no server takes many. */
    private void within(Tokens tokens, int from, Findings inner) {
        if (depth == NESTED_MAX) {
            inner.raise(StatementClass.W, "nested too deep")
                    .add(Trait.HIDES_STATUS)
                    .pin(Pin.UNTRACKED_STATE);
            return;
        }
        depth++;
        judge(tokens.slice(from, tokens.count()), inner);
        depth--;
    }

    /** Only plans; but planning may run parts of a query, and a read-only server refuses to plan a write. */
    private void planned(Tokens tokens, int at, Findings findings) {
        Findings inner = new Findings();
        within(tokens, at, inner);
        StatementClass found = inner.statementClass();
        if (found == StatementClass.W && inner.pin() == null) {
            inner.lower(StatementClass.RP);
        }
        inner.verb("");
        findings.merge(inner);
    }

    /** Runs the statement: a read is what it is, all else a write. */
    private void executed(Tokens tokens, int at, Findings findings) {
        Findings inner = new Findings();
        within(tokens, at, inner);
        if (!tokens.isSymbol(at, "(") && !QUERIES.contains(tokens.text(at))) {
            findings.raise(StatementClass.W, "plan of a write that is executed");
        }
        inner.verb("");
        findings.merge(inner);
    }

    private static int afterFormat(Tokens tokens, int start) {
        int at = start;
        while (tokens.isWord(at, "EXTENDED") || tokens.isWord(at, "PARTITIONS")) {
            at++;
        }
        return tokens.isWord(at, "FORMAT") && tokens.isSymbol(at + 1, "=") ? at + 3 : at;
    }

    /** A table's name, perhaps with its schema, and perhaps a column or a pattern. */
    private static boolean describesTable(Tokens tokens, int start) {
        int at = start;
        if (!tokens.isName(at)) {
            return false;
        }
        at = tokens.isSymbol(at + 1, ".") && tokens.isName(at + 2) ? at + 3 : at + 1;
        return at == tokens.count()
                || (at + 1 == tokens.count() && (tokens.isName(at) || tokens.kind(at) == Kind.LITERAL));
    }

    /** ANALYZE TABLE gathers statistics; MariaDB's ANALYZE before a statement runs it. */
    private void analyze(Tokens tokens, int start, Findings findings) {
        boolean local = tokens.isWord(start, "LOCAL") || tokens.isWord(start, "NO_WRITE_TO_BINLOG");
        int at = local ? start + 1 : start;
        if ((tokens.isWord(at, "TABLE") || tokens.isWord(at, "TABLES")) && tokens.isName(at + 1)) {
            findings.raise(local ? StatementClass.A : StatementClass.WI, "ANALYZE TABLE");
            return;
        }
        executed(tokens, afterFormat(tokens, start), findings);
    }

    private void set(Tokens tokens, int start, Findings findings) {
        if (!tokens.isWord(start, "STATEMENT") || tokens.isSymbol(start + 1, "=")) {
            set.judge(tokens, start, findings);
            return;
        }
        int at = tokens.outsideParentheses(start + 1, "FOR"); // SET STATEMENT name = value, ... FOR statement
        Findings assigned = new Findings();
        set.judge(tokens.slice(start + 1, at), 0, assigned);
        findings.add(Trait.TRANSIENT_VARIABLES);
        if (assigned.statementClass() != StatementClass.S || assigned.pin() != null) {
            findings.raise(StatementClass.W, "SET STATEMENT " + assigned.reason());
        }
        Findings inner = new Findings();
        within(tokens, Math.min(at + 1, tokens.count()), inner);
        if (inner.has(Trait.EMPTY)) {
            findings.raise(StatementClass.W, "SET STATEMENT not understood");
        }
        inner.verb("");
        findings.merge(inner);
    }

    private void definition(String verb, Tokens tokens, int start, Findings findings) {
        int at = start;
        if (tokens.startsWith(at, "OR", "REPLACE")) {
            at += 2;
        }
        if (tokens.isWord(at, "TEMPORARY")) {
            Findings inner = new Findings().raise(StatementClass.W, "");
            scan(tokens, at, inner); // For the pins alone: the list of columns looks like a call.
            inner.lower(StatementClass.R);
            findings.merge(inner);
            findings.raise(StatementClass.P, "temporary table");
            if (verb.equals("DROP")) {
                findings.add(Trait.UNPIN_TEMPORARY_TABLE);
            } else {
                findings.pin(Pin.TEMPORARY_TABLE);
            }
        } else if (verb.equals("DROP") && tokens.isWord(at, "PREPARE")) {
            findings.raise(StatementClass.P, "prepared text").add(Trait.UNPIN_PREPARED_TEXT);
        } else if ((verb.equals("ALTER") && tokens.isWord(at, "INSTANCE"))
                || (verb.equals("TRUNCATE") && mentions(tokens, at, "PERFORMANCE_SCHEMA"))
                || (verb.equals("OPTIMIZE") && (tokens.isWord(at, "LOCAL") || tokens.isWord(at, "NO_WRITE_TO_BINLOG")))
                || (verb.equals("CREATE") && mentions(tokens, at, "SONAME"))) {
            findings.raise(StatementClass.A, verb + " " + tokens.text(at));
            if (mentions(tokens, at, "FUNCTION")) {
                findings.add(Trait.DEFINES_FUNCTION);
            }
        } else {
            findings.raise(StatementClass.WI, verb + " " + tokens.text(at));
            if (mentions(tokens, at, "FUNCTION") || mentions(tokens, at, "PACKAGE")) {
                findings.add(Trait.DEFINES_FUNCTION);
            }
            if (verb.equals("GRANT") || verb.equals("REVOKE")) {
                findings.add(Trait.CHANGES_NEW_CONNECTIONS);
            } else if (DEFINING.contains(verb)) {
                findings.add(Trait.DEFINES_TABLE);
            }
            if (verb.equals("CREATE") && tokens.isWord(at, "TABLE")) { // Perhaps with a query that is run.
                scan(tokens, at, findings);
            } else if (verb.equals("DROP")) {
                findings.add(Trait.UNPIN_TEMPORARY_TABLE);
            }
        }
    }

    private static boolean mentions(Tokens tokens, int from, String name) {
        for (int i = from; i < tokens.count(); i++) {
            if (tokens.isName(i) && tokens.name(i).equals(name)) {
                return true;
            }
        }
        return false;
    }

    private void load(Tokens tokens, int start, Findings findings) {
        if (tokens.isWord(start, "INDEX")) {
            findings.raise(StatementClass.A, "LOAD INDEX");
            return;
        }
        findings.raise(StatementClass.W, "LOAD");
        for (int i = start; i < tokens.count(); i++) {
            if (tokens.isWord(i, "LOCAL")) {
                findings.add(Trait.LOCAL_INFILE);
            } else if (tokens.kind(i) == Kind.USER_VARIABLE) { // Columns of the file may be read into variables.
                findings.pin(Pin.USER_VARIABLE);
            }
        }
        scan(tokens, start, findings);
    }
}
