// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A statement as it may be kept and logged: on one line, of bounded length, and without what may be a password. */
public final class MaskedSql {
    private static final int MAX_CHARS = 2000;
    private static final String HIDDEN = "***";
    private static final Pattern SECRET_VARIABLE = Pattern.compile("(mysql|admin)-\\w*(password|credentials)\\w*");

    private final String text;
    private final Set<String> hidden = new HashSet<>();

    /** Masks every value of a statement that speaks of passwords or writes users, but for names. */
    public MaskedSql(String sql) {
        List<Word> words = SqlWords.of(sql);
        boolean secret = speaksOfPasswords(words);
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < words.size() && shown.length() < MAX_CHARS; i++) {
            Word word = words.get(i);
            if (i > 0 && words.get(i - 1).end() != word.begin()) {
                shown.append(' ');
            }
            char first = sql.charAt(word.begin());
            boolean quoted = first == '\'' || first == '"';
            if (secret && (quoted || Character.isDigit(first)) && !isName(words, i)) {
                hidden.add(word.text());
                shown.append(quoted ? first + HIDDEN + first : HIDDEN);
            } else {
                shown.append(sql, word.begin(), word.end());
            }
        }
        String line = shown.toString().replaceAll("\\s+", " ");
        text = line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS) + "...";
    }

    private static boolean speaksOfPasswords(List<Word> words) {
        boolean writes =
                !words.isEmpty() && (words.get(0).is("insert") || words.get(0).is("replace"));
        for (Word word : words) {
            String lower = word.lower();
            if (word.literal() && SECRET_VARIABLE.matcher(lower).matches()
                    || !word.literal()
                            && (lower.contains("password")
                                    || lower.contains("credentials")
                                    || writes && lower.equals("mysql_users"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isName(List<Word> words, int at) {
        return at >= 2
                && words.get(at - 1).is("=")
                && (words.get(at - 2).is("username") || words.get(at - 2).is("variable_name"));
    }

    public String text() {
        return text;
    }

    /** The same for a message that may repeat a part of the statement. */
    public String mask(String message) {
        String masked = message;
        for (String value : hidden) {
            if (!value.isEmpty()) {
                masked = masked.replace(value, HIDDEN);
            }
        }
        return masked;
    }
}
