// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.util.List;

/**
 * Texts that a statement compares something with, by =, LIKE or IN (...). SQLite takes a text in single quotes for a name
 * where a name must stand, but never there, so that what they say is no table that is read.
 */
public final class ComparedTexts {
    private ComparedTexts() {}

    /** The statement with all of them empty. */
    public static String emptied(String sql) {
        List<Word> words = SqlWords.of(sql);
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int at = 1; at < words.size(); at++) {
            Word word = words.get(at);
            if (word.literal() && isCompared(sql, words, at)) {
                text.append(sql, from, word.begin()).append("''");
                from = word.end();
            }
        }
        return text.append(sql, from, sql.length()).toString();
    }

    private static boolean isCompared(String sql, List<Word> words, int at) {
        Word before = words.get(at - 1);
        if (isPlain(sql, before, "=") || isPlain(sql, before, ">") || isPlain(sql, before, "like")) {
            return true;
        }
        int first = at;
        while (first > 2
                && isPlain(sql, words.get(first - 1), ",")
                && words.get(first - 2).literal()) {
            first -= 2;
        }
        return first > 1 && isPlain(sql, words.get(first - 1), "(") && isPlain(sql, words.get(first - 2), "in");
    }

    /** A name in quotes may say anything. */
    private static boolean isPlain(String sql, Word word, String keyword) {
        return word.is(keyword) && sql.regionMatches(true, word.begin(), keyword, 0, keyword.length());
    }
}
