// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;

/** Statements about what lives in one connection: prepared text, handlers, table locks, diagnostics. */
final class ConnectionRules {
    private ConnectionRules() {}

    /** @param at the index after the verb */
    static void judge(String verb, Tokens tokens, int at, Findings findings) {
        switch (verb) {
            case "PREPARE" -> findings.raise(StatementClass.P, "prepared text").pin(Pin.PREPARED_TEXT);
            case "EXECUTE" -> {
                boolean immediate = tokens.isWord(at, "IMMEDIATE");
                findings.raise(immediate ? StatementClass.W : StatementClass.P, "prepared text")
                        .add(Trait.HIDES_STATUS)
                        .pin(immediate ? Pin.UNTRACKED_STATE : Pin.PREPARED_TEXT);
            }
            case "DEALLOCATE" ->
                findings.raise(StatementClass.P, "prepared text").add(Trait.UNPIN_PREPARED_TEXT);
            case "HANDLER" -> handler(tokens, at, findings);
            case "LOCK" ->
                findings.raise(StatementClass.P, "LOCK " + tokens.text(at))
                        .pin(tokens.isWord(at, "INSTANCE") ? Pin.UNTRACKED_STATE : Pin.LOCK_TABLES);
            case "UNLOCK" -> {
                findings.raise(StatementClass.P, "UNLOCK " + tokens.text(at));
                if (tokens.isWord(at, "TABLES") || tokens.isWord(at, "TABLE")) {
                    findings.add(Trait.UNPIN_LOCK_TABLES);
                }
            }
            case "BACKUP" -> findings.raise(StatementClass.P, verb).pin(Pin.UNTRACKED_STATE);
            case "GET" -> diagnostics(tokens, at, findings);
            default -> throw new AssertionError(verb);
        }
    }

    private static void handler(Tokens tokens, int at, Findings findings) {
        findings.raise(StatementClass.P, "HANDLER");
        if (tokens.isWord(tokens.count() - 1, "CLOSE")) {
            findings.add(Trait.UNPIN_HANDLER);
        } else {
            findings.pin(Pin.HANDLER);
        }
        if (tokens.count() == at) {
            findings.raise(StatementClass.W, "HANDLER not understood");
        }
    }

    /** GET DIAGNOSTICS asks about the statement before, and leaves the answer in user variables there. */
    private static void diagnostics(Tokens tokens, int start, Findings findings) {
        int at = tokens.isWord(start, "CURRENT") || tokens.isWord(start, "STACKED") ? start + 1 : start;
        if (!tokens.isWord(at, "DIAGNOSTICS")) {
            findings.raise(StatementClass.W, "not understood");
            return;
        }
        findings.raise(StatementClass.L, "GET DIAGNOSTICS").add(Trait.USES_DIAGNOSTICS);
        for (int i = at; i < tokens.count(); i++) {
            if (tokens.kind(i) == Kind.USER_VARIABLE) {
                findings.pin(Pin.USER_VARIABLE);
            }
        }
    }
}
