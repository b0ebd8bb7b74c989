// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.sql.parse.SqlParser;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the parser makes of a text: of all its statements, in every reading of its executable comments. */
final class Structure {
    private static final Set<String> WITH_BODY = Set.of("PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE");

    private Structure() {}

    /** Empty unless all of the text was understood. */
    static Optional<SqlFacts> of(Tokens tokens) {
        if (tokens.isUnlexable()) {
            return Optional.empty();
        }
        if (tokens.commentCount() == 0) {
            return Optional.ofNullable(text(tokens, null));
        }
        // All taken, none taken: more readings than these would only repeat what they say.
        SqlFacts facts = text(tokens.reading(-1), null);
        Tokens without = tokens.reading(0);
        return Optional.ofNullable(facts == null || isEmpty(without) ? facts : text(without, facts));
    }

    /** The facts of each statement and those before; null if one is not understood, or there is none. */
    private static @Nullable SqlFacts text(Tokens tokens, @Nullable SqlFacts before) {
        SqlFacts facts = before;
        int start = 0;
        while (start < tokens.count()) {
            int end = end(tokens, start);
            if (end > start) {
                SqlFacts part = statement(start == 0 && end == tokens.count() ? tokens : tokens.slice(start, end));
                if (part == null) {
                    return null;
                }
                facts = facts == null ? part : facts.and(part);
            }
            start = end + 1;
        }
        return facts;
    }

    /** Where the statement ends; semicolons in the body of a routine do not end it. */
    private static int end(Tokens tokens, int start) {
        if (tokens.startsWith(start, "BEGIN", "NOT", "ATOMIC")) {
            return tokens.count();
        }
        boolean defines = tokens.isWord(start, "CREATE") || tokens.isWord(start, "ALTER");
        int end = start;
        while (end < tokens.count() && !tokens.isSymbol(end, ";")) {
            if (defines && tokens.isWord(end) && WITH_BODY.contains(tokens.text(end))) {
                return tokens.count();
            }
            end++;
        }
        return end;
    }

    private static @Nullable SqlFacts statement(Tokens tokens) {
        SanitisedSql sql = SanitisedSql.of(tokens);
        return sql == null
                ? null
                : SqlParser.parse(sql.text(), sql.quotedNames()).orElse(null);
    }

    private static boolean isEmpty(Tokens tokens) {
        for (int i = 0; i < tokens.count(); i++) {
            if (!tokens.isSymbol(i, ";")) {
                return false;
            }
        }
        return true;
    }
}
