// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Texts in the spellings of servers that SQLite has not, or takes for bytes: x'6162', which drivers send for what they would
 * have to escape, and _binary'ab'.
 */
final class MysqlLiterals {
    private static final Set<String> INTRODUCERS =
            Set.of("_binary", "_utf8mb4", "_utf8mb3", "_utf8", "_latin1", "_ascii");

    private MysqlLiterals() {}

    static String inSqlite(String sql) {
        List<Word> words = SqlWords.of(sql);
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int at = 1; at < words.size(); at++) {
            Word mark = words.get(at - 1);
            Word literal = words.get(at);
            if (!literal.literal() || mark.literal()) {
                continue;
            }
            boolean next = mark.end() == literal.begin();
            if (next && mark.is("x") && isText(literal.text())) {
                // A conversion, not a text: in single quotes it could be a table's name.
                text.append(sql, from, mark.begin())
                        .append("CAST(")
                        .append(sql, mark.begin(), literal.end())
                        .append(" AS TEXT)");
                from = literal.end();
            } else if (INTRODUCERS.contains(mark.lower())) {
                text.append(sql, from, mark.begin());
                from = literal.begin();
            }
        }
        return text.append(sql, from, sql.length()).toString();
    }

    /** Whether these hex digits stand for characters. */
    private static boolean isText(String hex) {
        try {
            byte[] bytes = HexFormat.of().parseHex(hex);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .chars()
                    .noneMatch(c -> c == 0);
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return false;
        }
    }
}
