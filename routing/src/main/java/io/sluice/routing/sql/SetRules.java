// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import java.util.Set;

/** SET in all its forms; each statement may assign several things, and the strictest counts. */
final class SetRules {
    private static final Set<String> SCOPES = Set.of("GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY");
    private static final Set<String> OFF = Set.of("0", "OFF", "FALSE");

    private final ExpressionRules expressions;

    SetRules(ExpressionRules expressions) {
        this.expressions = expressions;
    }

    /** @param at the index after SET */
    void judge(Tokens tokens, int at, Findings findings) {
        boolean assignment = tokens.isSymbol(at + 1, "=") || tokens.isSymbol(at + 1, ":=");
        if (!assignment && tokens.isWord(at, "PASSWORD")) {
            findings.raise(StatementClass.WI, "account");
        } else if (tokens.startsWith(at, "DEFAULT", "ROLE")) {
            findings.raise(StatementClass.WI, "account");
        } else if (!assignment && tokens.isWord(at, "ROLE")) { // MySQL's tracker does not tell of roles.
            findings.raise(StatementClass.S, "role").add(Trait.SETS_ROLE);
        } else if (tokens.startsWith(at, "RESOURCE", "GROUP")) {
            findings.raise(StatementClass.P, "resource group").pin(Pin.UNTRACKED_STATE);
        } else if (isTransaction(tokens, at)) {
            transaction(tokens, at, findings);
        } else {
            assignments(tokens, at, findings);
        }
    }

    private static boolean isTransaction(Tokens tokens, int at) {
        int word = SCOPES.contains(tokens.name(at)) ? at + 1 : at;
        return tokens.isWord(word, "TRANSACTION")
                && (tokens.isWord(word + 1, "ISOLATION") || tokens.isWord(word + 1, "READ"));
    }

    private static void transaction(Tokens tokens, int at, Findings findings) {
        switch (tokens.text(at)) {
            case "GLOBAL" ->
                findings.raise(StatementClass.A, "server-wide transaction characteristics")
                        .add(Trait.CHANGES_NEW_CONNECTIONS);
            case "SESSION", "LOCAL" ->
                findings.raise(StatementClass.S, "transaction characteristics").add(Trait.SETS_VARIABLES);
            default -> findings.raise(StatementClass.T, "next transaction").add(Trait.NEXT_TRANSACTION_ONLY);
        }
    }

    private void assignments(Tokens tokens, int start, Findings findings) {
        String scope = ""; // Holds for the assignments that follow without one, too.
        int at = start;
        do {
            int end = endOfItem(tokens, at);
            if (tokens.isWord(at) && SCOPES.contains(tokens.text(at)) && tokens.isName(at + 1)) {
                scope = tokens.text(at);
                at++;
            }
            item(tokens, at, end, scope, findings);
            at = end + 1;
        } while (at <= tokens.count());
    }

    /** The next comma outside parentheses, or the end. */
    private static int endOfItem(Tokens tokens, int start) {
        int at = start;
        while (at < tokens.count() && !tokens.isSymbol(at, ",")) {
            at = tokens.isSymbol(at, "(") ? tokens.afterParentheses(at) : at + 1;
        }
        return Math.min(at, tokens.count());
    }

    private void item(Tokens tokens, int at, int end, String scope, Findings findings) {
        if (tokens.kind(at) == Kind.USER_VARIABLE) {
            userVariable(tokens, at, end, findings);
        } else if (tokens.isSymbol(at, "@@")) {
            boolean scoped = tokens.isSymbol(at + 2, ".") && SCOPES.contains(tokens.name(at + 1));
            variable(tokens, scoped ? at + 3 : at + 1, end, scoped ? tokens.name(at + 1) : "", true, findings);
        } else if (tokens.isWord(at, "NAMES") || tokens.isWord(at, "CHARSET")) {
            charset(findings);
            value(tokens, at + 1, end, findings);
        } else if (tokens.startsWith(at, "CHARACTER", "SET") || tokens.startsWith(at, "CHAR", "SET")) {
            charset(findings);
            value(tokens, at + 2, end, findings);
        } else if (tokens.isName(at)) {
            variable(tokens, at, end, scope, false, findings);
        } else {
            findings.raise(StatementClass.W, "SET not understood");
        }
    }

    private static void charset(Findings findings) {
        findings.raise(StatementClass.S, "character set")
                .add(Trait.SETS_VARIABLES)
                .add(Trait.SETS_CHARSET);
    }

    /** @param at the index of the name */
    private void variable(Tokens tokens, int at, int end, String scope, boolean atSigns, Findings findings) {
        int equals = at + 1;
        String name = tokens.name(at);
        if (tokens.isSymbol(equals, ".")) { // A key cache or a component's variable; or NEW.column in a trigger.
            name = name + "." + tokens.name(at + 2);
            equals = at + 3;
        }
        if (!tokens.isName(at) || (!tokens.isSymbol(equals, "=") && !tokens.isSymbol(equals, ":="))) {
            findings.raise(StatementClass.W, "SET not understood");
            return;
        }
        boolean off = end == equals + 2 && OFF.contains(tokens.text(equals + 1));
        SystemVariables.set(scope, atSigns, name, off, findings);
        value(tokens, equals + 1, end, findings);
    }

    /** A literal can be assigned again elsewhere; what else was assigned only the server knows. */
    private void userVariable(Tokens tokens, int at, int end, Findings findings) {
        int value = at + 2;
        if (!tokens.isSymbol(at + 1, "=") && !tokens.isSymbol(at + 1, ":=")) {
            findings.raise(StatementClass.W, "SET not understood");
            return;
        }
        boolean sign = tokens.isSymbol(value, "-") || tokens.isSymbol(value, "+");
        int literal = sign ? value + 1 : value;
        boolean replayable =
                (end == literal + 1 && (tokens.kind(literal) == Kind.LITERAL || isConstant(tokens, literal)))
                        || (end == literal + 2
                                && tokens.text(literal).startsWith("_")
                                && tokens.kind(literal + 1) == Kind.LITERAL);
        if (replayable) {
            findings.raise(StatementClass.S, "user variable").add(Trait.SETS_USER_LITERALS);
        } else {
            findings.raise(StatementClass.P, "user variable").pin(Pin.USER_VARIABLE);
        }
        value(tokens, value, end, findings);
    }

    private static boolean isConstant(Tokens tokens, int at) {
        return tokens.isWord(at, "NULL") || tokens.isWord(at, "TRUE") || tokens.isWord(at, "FALSE");
    }

    /** A value may be any expression, with whatever effects that has; a query in it may lock. */
    private void value(Tokens tokens, int from, int to, Findings findings) {
        for (int i = from; i < to; i++) {
            if (tokens.isWord(i, "SELECT")) {
                findings.raise(StatementClass.P, "query within SET").pin(Pin.UNTRACKED_STATE);
            }
        }
        expressions.scan(tokens, from, to, findings);
    }
}
