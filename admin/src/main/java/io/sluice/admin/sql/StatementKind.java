// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a statement for SQLite is going to do, by its first word: those that are not named here are not run. */
enum StatementKind {
    READ,
    EXPLAIN,
    CHANGE;

    private static final Set<String> READS = Set.of("select", "with", "values", "(");
    private static final Set<String> CHANGES = Set.of("insert", "replace", "update", "delete");
    /** What SQLite would understand but nobody may. */
    private static final Set<String> SHUT = Set.of(
            "attach",
            "detach",
            "pragma",
            "vacuum",
            "create",
            "drop",
            "alter",
            "reindex",
            "analyze",
            "savepoint",
            "release",
            "backup",
            "restore");

    /** Whether SQLite is who would understand a statement that begins with this word. */
    static boolean isForSqlite(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        return READS.contains(lower) || CHANGES.contains(lower) || SHUT.contains(lower) || lower.equals("explain");
    }

    /** @throws SqlRefused if it is none of these */
    static StatementKind of(List<Word> words) throws SqlRefused {
        String first = words.isEmpty() ? "" : words.get(0).lower();
        if (READS.contains(first)) {
            return READ;
        }
        if (CHANGES.contains(first)) {
            return CHANGE;
        }
        if (first.equals("explain")) {
            return EXPLAIN;
        }
        if (SHUT.contains(first)) {
            throw SqlRefused.notAllowed(first.toUpperCase(Locale.ROOT)
                    + " is not allowed here: the tables are Sluice's own; SHOW TABLES, SHOW CREATE TABLE and SELECT show"
                    + " them");
        }
        throw SqlRefused.of("'" + first + "' begins no statement of the admin port; HELP lists what it understands");
    }

    /** The table that a change is about, with its schema if that is written; null if there is none. */
    static @Nullable String target(List<Word> words) {
        int at = 1;
        if (is(words, at, "or")) {
            at += 2; // OR REPLACE and the like
        }
        if (is(words, at, "into") || is(words, at, "from")) {
            at++;
        }
        if (at >= words.size()) {
            return null;
        }
        String name = words.get(at).lower();
        return is(words, at + 1, ".") && at + 2 < words.size()
                ? name + "." + words.get(at + 2).lower()
                : name;
    }

    /** Whether a change is one that writes new rows. */
    static boolean adds(List<Word> words) {
        return is(words, 0, "insert") || is(words, 0, "replace");
    }

    private static boolean is(List<Word> words, int at, String keyword) {
        return at < words.size() && words.get(at).is(keyword);
    }
}
