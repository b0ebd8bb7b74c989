// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.util.List;

/** A statement with question marks where values are to come. */
public final class Placeholders {
    private final String sql;
    private final int[] at;

    public Placeholders(String sql) {
        this.sql = sql;
        this.at = SqlWords.of(sql).stream()
                .filter(word -> word.is("?") && sql.charAt(word.begin()) == '?')
                .mapToInt(Word::begin)
                .toArray();
    }

    public int count() {
        return at.length;
    }

    /** The statement with these literals, one for each, in their place. */
    public String with(List<String> literals) {
        StringBuilder text = new StringBuilder(sql);
        for (int i = at.length - 1; i >= 0; i--) {
            text.replace(at[i], at[i] + 1, " " + literals.get(i) + " "); // what is before a number may be its sign
        }
        return text.toString();
    }
}
