// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

/** Transaction control; what is not that but begins like it goes to the rules of administration. */
final class TransactionRules {
    private TransactionRules() {}

    /** @param at the index after the verb */
    static void judge(String verb, Tokens tokens, int at, Findings findings) {
        switch (verb) {
            case "BEGIN" -> {
                int end = tokens.isWord(at, "WORK") ? at + 1 : at;
                if (end == tokens.count()) {
                    findings.raise(StatementClass.T, verb).add(Trait.BEGINS_TRANSACTION);
                } else {
                    AdministrationRules.compound(findings);
                }
            }
            case "START" -> {
                if (tokens.isWord(at, "TRANSACTION")) {
                    start(tokens, at + 1, findings);
                } else {
                    AdministrationRules.judge(verb, tokens, at, findings);
                }
            }
            case "COMMIT", "ROLLBACK" -> end(verb, tokens, at, findings);
            case "SAVEPOINT", "RELEASE" -> findings.raise(StatementClass.T, verb);
            case "XA" -> xa(tokens, at, findings);
            default -> throw new AssertionError(verb);
        }
    }

    private static void start(Tokens tokens, int at, Findings findings) {
        findings.raise(StatementClass.T, "START").add(Trait.BEGINS_TRANSACTION);
        for (int i = at; i < tokens.count(); i++) {
            if (tokens.startsWith(i, "READ", "ONLY")) {
                findings.add(Trait.BEGINS_READ_ONLY_TRANSACTION);
            } else if (tokens.startsWith(i, "READ", "WRITE")) {
                findings.add(Trait.BEGINS_READ_WRITE_TRANSACTION);
            }
        }
    }

    private static void end(String verb, Tokens tokens, int start, Findings findings) {
        findings.raise(StatementClass.T, verb);
        int at = tokens.isWord(start, "WORK") ? start + 1 : start;
        if (tokens.isWord(at, "TO")) {
            return;
        }
        findings.add(Trait.ENDS_TRANSACTION);
        if (tokens.startsWith(at, "AND", "CHAIN")) {
            findings.add(Trait.BEGINS_TRANSACTION);
            at += 2;
        } else if (tokens.startsWith(at, "AND", "NO", "CHAIN")) {
            at += 3;
        }
        if (tokens.isWord(at, "RELEASE")) {
            findings.add(Trait.ENDS_CONNECTION);
        }
    }

    private static void xa(Tokens tokens, int at, Findings findings) {
        switch (tokens.text(at)) {
            case "START", "BEGIN" ->
                findings.raise(StatementClass.T, "XA")
                        .add(Trait.BEGINS_TRANSACTION)
                        .pin(Pin.XA);
            case "COMMIT", "ROLLBACK" ->
                findings.raise(StatementClass.T, "XA")
                        .add(Trait.ENDS_TRANSACTION)
                        .add(Trait.UNPIN_XA);
            case "RECOVER" -> findings.raise(StatementClass.RP, "XA RECOVER");
            default -> findings.raise(StatementClass.T, "XA").pin(Pin.XA);
        }
    }
}
