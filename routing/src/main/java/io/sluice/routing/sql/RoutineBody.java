// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.topology.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of a stored function, read for whether it can do anything but read. It is walked statement by statement, and
 * whatever is not understood is not a read. One per body, for one thread.
 */
public final class RoutineBody {
    private static final int DEPTH_MAX = 32;

    private final Tokens tokens;
    private final ExpressionRules expressions;
    private final Findings findings = new Findings();
    private final @Nullable ServerVersion version;
    private final Set<StoredCall> calls = new LinkedHashSet<>();
    /** Their names in upper case. */
    private final Set<String> callees = new HashSet<>();

    private final Set<String> declared = new HashSet<>();
    private int at;
    private int depth;
    private String objection = "";

    private RoutineBody(Tokens tokens, @Nullable ServerVersion version) {
        this.tokens = tokens;
        this.version = version;
        this.expressions = new ExpressionRules(version, null, callees);
    }

    /**
     * Reads a definition.
     *
     * @param definition as SHOW CREATE FUNCTION tells it: information_schema leaves out what escapes quotes
     * @param context with the sql_mode that the function was created under, in which it is read ever after
     */
    public static RoutineBody read(String definition, LexContext context) {
        byte[] sql = definition.getBytes(StandardCharsets.UTF_8);
        SqlLexer lexer = new SqlLexer();
        lexer.normalise(sql, 0, sql.length, context);
        RoutineBody read =
                new RoutineBody(Tokens.of(lexer.normal().bytes(), lexer.normal().length()), context.version());
        read.judge();
        return read;
    }

    /** Why the body is more than a read, or is not understood; empty if it reads only. */
    public String objection() {
        return objection;
    }

    /** The stored functions that it calls, which must read only as well. */
    public Set<StoredCall> calls() {
        return calls;
    }

    private void judge() {
        if (tokens.isUnlexable() || tokens.commentCount() > 0 || tokens.hintsVariables()) {
            object("executable comments, or not readable");
            return;
        }
        head();
        statement();
        if (tokens.isSymbol(at, ";")) {
            at++;
        }
        if (at < tokens.count()) {
            object("not understood at " + tokens.text(at));
        }
        if (findings.statementClass() != StatementClass.R || findings.pin() != null) {
            object(findings.reason());
        } else if (findings.traits() != 0) {
            object("uses state of the session");
        }
    }

    private void object(String why) {
        if (objection.isEmpty()) {
            objection = why.isEmpty() ? "not understood" : why;
        }
        at = tokens.count(); // There is nothing to find out any more.
    }

    /** Up to the body, which begins with the first word that no type and no characteristic has. */
    private void head() {
        at = tokens.outsideParentheses(0, "FUNCTION");
        while (at < tokens.count() && !tokens.isSymbol(at, "(")) {
            at++;
        }
        parameters(at + 1, tokens.afterParentheses(at) - 1);
        expectWord("RETURNS");
        while (at < tokens.count()
                && !tokens.isWord(at, "BEGIN")
                && !tokens.isWord(at, "RETURN")
                && !tokens.isSymbol(at + 1, ":")) {
            at++;
        }
    }

    private void parameters(int from, int to) {
        boolean first = true;
        for (int i = from; i < to; i = tokens.isSymbol(i, "(") ? tokens.afterParentheses(i) : i + 1) {
            if (first && tokens.isName(i) && !tokens.isWord(i, "IN")) {
                declared.add(tokens.name(i));
                first = false;
            }
            first |= tokens.isSymbol(i, ",");
        }
        at = to + 1;
    }

    // ---- statements

    /** Those up to END, ELSE and the like. */
    private void statements() {
        while (at < tokens.count() && !endsBlock()) {
            statement();
            if (at < tokens.count()) {
                expectSymbol(";");
            }
        }
    }

    private boolean endsBlock() {
        return switch (tokens.isWord(at) ? tokens.text(at) : "") {
            case "END", "ELSE", "ELSEIF", "UNTIL", "WHEN" -> true;
            default -> false;
        };
    }

    private void statement() {
        if (++depth > DEPTH_MAX) {
            object("nested too deep");
        }
        if (tokens.isName(at) && tokens.isSymbol(at + 1, ":")) {
            at += 2;
        }
        String verb = tokens.isWord(at) ? tokens.text(at) : "";
        switch (verb) {
            case "BEGIN" -> {
                at++;
                statements();
                end("");
            }
            case "DECLARE" -> declare();
            case "SET" -> set();
            case "SELECT", "WITH" -> expression(endOfStatement());
            case "RETURN" -> {
                at++;
                expression(endOfStatement());
            }
            case "IF" -> choice();
            case "CASE" -> cases();
            case "LOOP" -> {
                at++;
                statements();
                end("LOOP");
            }
            case "WHILE" -> {
                at++;
                upTo("DO");
                statements();
                end("WHILE");
            }
            case "REPEAT" -> {
                at++;
                statements();
                expectWord("UNTIL");
                expression(next("END"));
                end("REPEAT");
            }
            case "LEAVE", "ITERATE", "OPEN", "CLOSE" -> {
                at++;
                name();
            }
            case "FETCH" -> fetch();
            default -> object(verb.isEmpty() ? "not understood" : verb);
        }
        depth--;
    }

    private void choice() {
        at++;
        upTo("THEN");
        statements();
        while (tokens.isWord(at, "ELSEIF")) {
            at++;
            upTo("THEN");
            statements();
        }
        otherwise();
        end("IF");
    }

    private void cases() {
        at++;
        expression(next("WHEN"));
        while (tokens.isWord(at, "WHEN")) {
            at++;
            upTo("THEN");
            statements();
        }
        otherwise();
        end("CASE");
    }

    private void otherwise() {
        if (tokens.isWord(at, "ELSE")) {
            at++;
            statements();
        }
    }

    private void declare() {
        at++;
        if (tokens.isWord(at + 1, "HANDLER")) {
            at += 2;
            expectWord("FOR");
            conditions();
            statement();
            return;
        }
        declared.add(tokens.name(at));
        name();
        while (tokens.isSymbol(at, ",")) {
            at++;
            declared.add(tokens.name(at));
            name();
        }
        int end = endOfStatement();
        if (tokens.isWord(at, "CURSOR")) {
            expression(end);
        } else { // A type, or a condition: nothing that is run.
            while (at < end && !tokens.isWord(at, "DEFAULT")) {
                at++;
            }
            expression(end);
        }
    }

    /** {@code NOT FOUND}, {@code SQLSTATE '...'}, a name or a number. */
    private void conditions() {
        do {
            if (tokens.isSymbol(at, ",")) {
                at++;
            }
            if (tokens.isWord(at, "SQLSTATE")) {
                at += tokens.isWord(at + 1, "VALUE") ? 3 : 2;
            } else {
                at += tokens.startsWith(at, "NOT", "FOUND") ? 2 : 1;
            }
        } while (tokens.isSymbol(at, ","));
    }

    /** Of what the body declares: any other name may be a variable of the session. */
    private void set() {
        int end = endOfStatement();
        at++;
        int item = at;
        while (item < end) {
            boolean local = tokens.isName(item)
                    && declared.contains(tokens.name(item))
                    && (tokens.isSymbol(item + 1, "=") || tokens.isSymbol(item + 1, ":="));
            if (!local) {
                object("SET " + tokens.text(item));
                return;
            }
            at = item + 2;
            item = item + 2;
            while (item < end && !tokens.isSymbol(item, ",")) {
                item = tokens.isSymbol(item, "(") ? tokens.afterParentheses(item) : item + 1;
            }
            expression(Math.min(item, end));
            item++;
        }
        at = Math.max(at, end);
    }

    /** Into names that the body has declared, or it could not have been created; user variables have another sign. */
    private void fetch() {
        at++;
        if (tokens.isWord(at, "NEXT")) {
            at++;
        }
        if (tokens.isWord(at, "FROM")) {
            at++;
        }
        name();
        expectWord("INTO");
        name();
        while (tokens.isSymbol(at, ",")) {
            at++;
            name();
        }
    }

    // ---- expressions

    private void upTo(String word) {
        expression(next(word));
        expectWord(word);
    }

    /** Reads queries and expressions up to there. */
    private void expression(int end) {
        for (int i = at; i < end; i++) {
            if (tokens.isWord(i) && !tokens.isSymbol(i - 1, ".")) {
                word(i);
            }
        }
        if (objection.isEmpty()) {
            calls(end);
            expressions.scan(tokens, at, end, findings);
            at = end;
        }
    }

    /** Too many rather than too few: any name before a parenthesis that the server does not have. */
    private void calls(int end) {
        for (int i = at; i < end; i++) {
            if (!tokens.isName(i) || !tokens.isSymbol(i + 1, "(")) {
                continue;
            }
            String name = tokens.name(i);
            boolean qualified = tokens.isSymbol(i - 1, ".");
            boolean bare = !qualified && tokens.isWord(i);
            if (bare && (!FunctionRules.isCallable(name) || BuiltinFunctions.has(name, version))) {
                continue;
            }
            String schema = qualified ? tokens.spelling(i - 2) : null;
            if (StoredCall.isStored(schema, name)) {
                calls.add(new StoredCall(schema, name.toLowerCase(Locale.ROOT)));
                callees.add(name);
            }
        }
    }

    private void word(int i) {
        String word = tokens.text(i);
        boolean writes = switch (word) {
            case "FOR" -> tokens.isWord(i + 1, "UPDATE") || tokens.isWord(i + 1, "SHARE");
            case "INTO" -> !tokens.isName(i + 1) || tokens.isWord(i + 1, "OUTFILE") || tokens.isWord(i + 1, "DUMPFILE");
            case "LOCK", "SQL_CALC_FOUND_ROWS" -> true;
            case "SET" -> !tokens.isWord(i - 1, "CHARACTER");
            case "VALUE" -> tokens.isWord(i + 1, "FOR");
            default -> ExpressionRules.NEVER_IN_READS.contains(word) && !ExpressionRules.isCallOrClause(tokens, i);
        };
        if (writes) {
            object(word + " " + tokens.text(i + 1));
        }
    }

    private int endOfStatement() {
        int end = at;
        while (end < tokens.count() && !tokens.isSymbol(end, ";")) {
            end++;
        }
        return end;
    }

    /** Where the next such word stands that belongs to no CASE within; objects if there is none. */
    private int next(String word) {
        int cases = 0;
        for (int i = at; i < tokens.count() && !tokens.isSymbol(i, ";"); i++) {
            if (!tokens.isWord(i) || tokens.isSymbol(i - 1, ".")) {
                continue;
            }
            if (cases == 0 && tokens.isWord(i, word)) {
                return i;
            }
            if (tokens.isWord(i, "CASE")) {
                cases++;
            } else if (tokens.isWord(i, "END")) {
                cases--;
            }
        }
        object("no " + word);
        return tokens.count();
    }

    // ---- words

    /** END, the word after it, and a label. */
    private void end(String of) {
        expectWord("END");
        if (!of.isEmpty()) {
            expectWord(of);
        }
        if (tokens.isName(at)) {
            at++;
        }
    }

    private void name() {
        if (tokens.isName(at)) {
            at++;
        } else {
            object("not understood at " + tokens.text(at));
        }
    }

    private void expectWord(String word) {
        if (tokens.isWord(at, word)) {
            at++;
        } else {
            object("no " + word);
        }
    }

    private void expectSymbol(String symbol) {
        if (tokens.isSymbol(at, symbol)) {
            at++;
        } else {
            object("not understood at " + tokens.text(at));
        }
    }
}
