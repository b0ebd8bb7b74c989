// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import java.util.Set;

/** Statements that administer one server, and all those that nothing else knows. */
final class AdministrationRules {
    private static final Set<String> ADMINISTRATIVE = Set.of(
            "CACHE",
            "CHANGE",
            "CHECK",
            "CLONE",
            "IMPORT",
            "INSTALL",
            "PURGE",
            "REPAIR",
            "RESET",
            "RESTART",
            "SHUTDOWN",
            "START",
            "STOP",
            "UNINSTALL");

    /** They change who replicates from whom, or lose history. */
    private static final Set<String> FENCING =
            Set.of("CHANGE", "CLONE", "RESET", "RESTART", "SHUTDOWN", "START", "STOP");

    /** Connections go on with the global privileges and the costs that they began with. */
    private static final Set<String> FOR_NEW_CONNECTIONS = Set.of("PRIVILEGES", "OPTIMIZER_COSTS");

    private AdministrationRules() {}

    /** @param at the index after the verb */
    static void judge(String verb, Tokens tokens, int at, Findings findings) {
        switch (verb) {
            case "FLUSH" -> flush(tokens, at, findings);
            case "KILL" -> kill(tokens, at, findings);
            default -> {
                if (ADMINISTRATIVE.contains(verb)) {
                    findings.raise(StatementClass.A, verb + " " + tokens.text(at));
                    if (FENCING.contains(verb) && !tokens.isWord(at, "QUERY") && !tokens.isWord(at, "PERSIST")) {
                        findings.add(Trait.FENCING);
                    }
                } else {
                    compound(findings);
                }
            }
        }
    }

    /** Unknown to us, or the beginning of a program: it may do anything, and fail half-way. */
    static void compound(Findings findings) {
        findings.raise(StatementClass.W, "not understood")
                .add(Trait.HIDES_STATUS)
                .pin(Pin.UNTRACKED_STATE);
    }

    private static void flush(Tokens tokens, int at, Findings findings) {
        for (int i = at; i < tokens.count(); i++) {
            if (tokens.startsWith(i, "READ", "LOCK") || tokens.startsWith(i, "FOR", "EXPORT")) {
                findings.raise(StatementClass.P, "FLUSH with lock").pin(Pin.LOCK_TABLES);
                return;
            }
        }
        findings.raise(StatementClass.A, "FLUSH " + tokens.text(at));
        if (FOR_NEW_CONNECTIONS.stream().anyMatch(what -> mentions(tokens, at, what))) {
            findings.add(Trait.CHANGES_NEW_CONNECTIONS);
        }
    }

    private static boolean mentions(Tokens tokens, int from, String word) {
        for (int i = from; i < tokens.count(); i++) {
            if (tokens.isWord(i, word)) {
                return true;
            }
        }
        return false;
    }

    /** A connection id is the proxy's to translate; queries by id and users by name are not. */
    private static void kill(Tokens tokens, int start, Findings findings) {
        // HARD and SOFT are MariaDB's.
        int what = tokens.isWord(start, "HARD") || tokens.isWord(start, "SOFT") ? start + 1 : start;
        int at = tokens.isWord(what, "CONNECTION") || tokens.isWord(what, "QUERY") ? what + 1 : what;
        if (at + 1 == tokens.count() && tokens.kind(at) == Kind.LITERAL) {
            findings.raise(StatementClass.X, "KILL").add(Trait.IS_KILL);
        } else {
            findings.raise(StatementClass.A, "KILL " + tokens.text(start)).add(Trait.IS_KILL);
        }
    }
}
