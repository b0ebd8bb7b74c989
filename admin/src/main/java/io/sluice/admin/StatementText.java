// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import java.util.regex.Pattern;

/** A statement without comments, closing semicolons and needless blanks. */
final class StatementText {

    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)(?:^|\\s)(?:#|--\\s).*$");

    private StatementText() {}

    static String normalised(String sql) {
        String text =
                COMMENT.matcher(sql).replaceAll(" ").replaceAll("\\s+", " ").trim();
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ';' || text.charAt(end - 1) == ' ')) {
            end--;
        }
        return text.substring(0, end);
    }
}
