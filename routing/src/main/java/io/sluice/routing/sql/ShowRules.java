// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import java.util.Set;

/** SHOW: what any replica can tell, what only one server can, and what belongs to the connection. */
final class ShowRules {
    /** Modifiers before the word that says what is shown. */
    private static final Set<String> MODIFIERS = Set.of("FULL", "EXTENDED", "STORAGE");

    /** Told by the data dictionary, which is replicated, or the same on all servers of one version. */
    private static final Set<String> SAME_EVERYWHERE = Set.of(
            "AUTHORS",
            "CHARSET",
            "COLLATION",
            "COLUMNS",
            "CONTRIBUTORS",
            "CREATE",
            "DATABASES",
            "ENGINES",
            "FIELDS",
            "GRANTS",
            "INDEX",
            "INDEXES",
            "KEYS",
            "LOCALES",
            "PLUGINS",
            "PRIVILEGES",
            "SCHEMAS",
            "TABLES",
            "TRIGGERS");

    private final ExpressionRules expressions;

    ShowRules(ExpressionRules expressions) {
        this.expressions = expressions;
    }

    /** @param start the index after SHOW */
    void judge(Tokens tokens, int start, Findings findings) {
        int at = start;
        while (MODIFIERS.contains(tokens.text(at))) {
            at++;
        }
        kind(tokens, at, findings);
        boolean ofAccount = tokens.isWord(at, "GRANTS") || tokens.startsWith(at, "CREATE", "USER");
        for (int i = at; i < tokens.count(); i++) {
            boolean host = ofAccount && tokens.kind(i) == Kind.USER_VARIABLE; // user@host
            if (!host) {
                expressions.scan(tokens, i, i + 1, findings);
            }
        }
    }

    /** Among them are server_id, read_only and port, and the verdict must hold for every pattern. */
    private static void variables(Findings findings) {
        findings.raise(StatementClass.RP, "variables differ between servers").add(Trait.READS_OWNED_VARIABLES);
    }

    private static void kind(Tokens tokens, int at, Findings findings) {
        String what = tokens.text(at);
        String next = tokens.text(at + 1);
        if (SAME_EVERYWHERE.contains(what)) {
            return;
        }
        switch (what) {
            case "CHARACTER" -> require(next.equals("SET"), findings);
            case "TABLE", "PROCEDURE", "FUNCTION", "PACKAGE", "LIBRARY" ->
                require(
                        next.equals("STATUS") || next.equals("CODE") || next.equals("TYPES") || next.equals("BODY"),
                        findings);
            case "VARIABLES" -> variables(findings);
            case "SESSION", "LOCAL" -> {
                if (next.equals("STATUS")) {
                    findings.raise(StatementClass.L, "session status").add(Trait.USES_DIAGNOSTICS);
                } else {
                    require(next.equals("VARIABLES"), findings);
                    variables(findings);
                }
            }
            case "WARNINGS", "ERRORS", "COUNT", "PROFILE", "PROFILES" ->
                findings.raise(StatementClass.L, "SHOW " + what).add(Trait.USES_DIAGNOSTICS);
            case "PROCESSLIST" ->
                findings.raise(StatementClass.X, "process list").add(Trait.SHOWS_PROCESSES);
            case "EXPLAIN", "ANALYZE" -> findings.raise(StatementClass.X, "another connection's plan");
            case "REPLICA", "SLAVE" -> {
                if (next.equals("HOSTS")) {
                    findings.raise(StatementClass.RP, "SHOW " + what + " HOSTS");
                } else {
                    findings.raise(StatementClass.A, "SHOW " + what + " STATUS");
                }
            }
            case "ALL", "RELAYLOG" -> findings.raise(StatementClass.A, "SHOW " + what);
            default -> findings.raise(StatementClass.RP, "SHOW " + what);
        }
    }

    private static void require(boolean known, Findings findings) {
        if (!known) {
            findings.raise(StatementClass.RP, "SHOW of an unknown kind");
        }
    }
}
