// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.parse.FunctionCall;
import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.sql.parse.SqlFacts.Kind;
import io.sluice.routing.topology.ServerVersion;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a statement's structure adds to the verdict on its words. It makes the class stricter, and it relaxes one thing
 * only: that a name before a parenthesis, in a query, is taken for the call of a function when it is none. Those are
 * the columns of a derived table or of a common table expression, and types within JSON_TABLE and CAST.
 */
final class StructureRules {
    private static final Set<Kind> WRITING =
            EnumSet.of(Kind.INSERT, Kind.REPLACE, Kind.UPDATE, Kind.DELETE, Kind.CALL, Kind.LOAD);

    private final SqlFacts facts;
    private final Set<String> called = new HashSet<>();
    private final Set<String> trusted;

    /** @param trusted functions, in upper case, that are taken to read only */
    StructureRules(SqlFacts facts, Set<String> trusted) {
        this.facts = facts;
        this.trusted = trusted;
        for (FunctionCall call : facts.functions()) {
            called.add(upper(call.name()));
        }
    }

    /** Whether a name before a parenthesis is surely no function that is called. */
    boolean isNoCall(String upperCaseName) {
        return facts.kind() == Kind.QUERY && isAscii(upperCaseName) && !called.contains(upperCaseName);
    }

    /** Other names are bytes in one place and characters in the other. */
    private static boolean isAscii(String name) {
        return name.chars().allMatch(c -> c < 0x80);
    }

    /** Raises what the words alone were judged to be. */
    void judge(@Nullable ServerVersion version, Findings findings) {
        if (WRITING.contains(facts.kind()) && !findings.statementClass().isAtLeast(StatementClass.W)) {
            findings.raise(StatementClass.W, "structure: " + facts.kind());
        }
        if (facts.kind() == Kind.QUERY) {
            if (facts.locking() != null) {
                findings.raise(StatementClass.W, "structure: locking read");
            }
            if (facts.into()) {
                findings.raise(StatementClass.P, "structure: INTO");
            }
            facts.functions().stream()
                    .filter(call -> !trusted.contains(upper(call.name())))
                    .forEach(call -> function(call, version, findings));
        }
    }

    private static void function(FunctionCall call, @Nullable ServerVersion version, Findings findings) {
        String name = upper(call.name());
        if (call.schema() != null || call.quoted()) {
            FunctionRules.stored(call.toString(), findings);
        } else if (FunctionRules.isCallable(name) && !BuiltinFunctions.has(name, version)) {
            FunctionRules.judge(name, false, true, findings);
        }
    }

    private static String upper(String name) {
        return SqlBytes.upper(name);
    }
}
