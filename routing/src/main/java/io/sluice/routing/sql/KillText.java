// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a KILL says, as far as it names a connection by a number, a user variable or as the one it is sent over.
 *
 * @param words what stands before the id, as a server takes it: {@code KILL}, {@code KILL HARD QUERY} and so on
 * @param query whether only the statement is to end, not the connection
 * @param id of the connection; null for CONNECTION_ID() and a variable
 * @param variable the user variable that has the id, in lower case
 */
public record KillText(
        String words,
        boolean query,
        @Nullable Long id,
        @Nullable String variable) {
    private static final String GAP = "(?:\\s|/\\*(?![!M+]).*?\\*/)";
    private static final Pattern KILL = Pattern.compile(
            GAP + "*KILL" + GAP + "+(?:(HARD|SOFT)" + GAP + "+)?(?:(CONNECTION|QUERY)" + GAP + "+)?"
                    + "(?:(\\d{1,19})|@([\\w$.]+)|(?:CONNECTION_ID" + GAP + "*\\(" + GAP + "*\\)))" + GAP + "*;?" + GAP
                    + "*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    /** No KILL of one connection is longer, unless by its comments. */
    private static final int MAX_LENGTH = 1000;

    public KillText(String words, boolean query, @Nullable Long id) {
        this(words, query, id, null);
    }

    /** Null if the text is another form of KILL, which names users, query ids or an expression. */
    public static @Nullable KillText read(byte[] sql, int offset, int length) {
        if (length > MAX_LENGTH) {
            return null;
        }
        Matcher matcher = KILL.matcher(new String(sql, offset, length, StandardCharsets.ISO_8859_1));
        if (!matcher.matches()) {
            return null;
        }
        String words = "KILL" + word(matcher.group(1)) + word(matcher.group(2));
        String id = matcher.group(3);
        String variable = matcher.group(4);
        boolean query = "QUERY".equalsIgnoreCase(matcher.group(2));
        try {
            return new KillText(
                    words,
                    query,
                    id == null ? null : Long.valueOf(id),
                    variable == null ? null : variable.toLowerCase(Locale.ROOT));
        } catch (NumberFormatException e) {
            return null; // Beyond 2^63, hence nobody's.
        }
    }

    private static String word(@Nullable String word) {
        return word == null ? "" : " " + SqlBytes.upper(word);
    }
}
