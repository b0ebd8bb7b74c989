// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Cuts a statement into the words that SQLite would see: names, numbers, texts and signs, without comments. */
final class SqlWords {

    /**
     * One of them.
     *
     * @param text a name without its quotes, a sign, or the value of a text
     * @param literal whether it is a text in single quotes
     * @param begin where it begins in the statement, with its quotes
     * @param end where it ends
     */
    record Word(String text, boolean literal, int begin, int end) {
        boolean is(String keyword) {
            return !literal && text.equalsIgnoreCase(keyword);
        }

        String lower() {
            return text.toLowerCase(Locale.ROOT);
        }
    }

    private final String sql;
    private final List<Word> words = new ArrayList<>();
    private int at;

    private SqlWords(String sql) {
        this.sql = sql;
    }

    /** In their order; a quote or comment that is not closed reaches to the end. */
    static List<Word> of(String sql) {
        SqlWords reader = new SqlWords(sql);
        while (reader.at < sql.length()) {
            reader.next();
        }
        return reader.words;
    }

    private void next() {
        char c = sql.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (sql.startsWith("--", at)) {
            skipTo("\n");
        } else if (sql.startsWith("/*", at)) {
            at += 2;
            skipTo("*/");
        } else if (c == '\'' || c == '"' || c == '`') {
            quoted(c);
        } else if (c == '[') {
            int begin = at + 1;
            skipTo("]");
            add(sql.substring(begin, Math.max(begin, at - 1)), false, begin - 1);
        } else if (isNamePart(c)) {
            int begin = at;
            while (at < sql.length() && isNamePart(sql.charAt(at))) {
                at++;
            }
            add(sql.substring(begin, at), false, begin);
        } else {
            at++;
            add(String.valueOf(c), false, at - 1);
        }
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '@';
    }

    private void skipTo(String end) {
        int found = sql.indexOf(end, at);
        at = found < 0 ? sql.length() : found + end.length();
    }

    /** The quote itself is written twice. */
    private void quoted(char quote) {
        StringBuilder text = new StringBuilder();
        int begin = at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c != quote) {
                text.append(c);
            } else if (at < sql.length() && sql.charAt(at) == quote) {
                text.append(c);
                at++;
            } else {
                break;
            }
        }
        add(text.toString(), quote == '\'', begin);
    }

    private void add(String text, boolean literal, int begin) {
        words.add(new Word(text, literal, begin, at));
    }
}
