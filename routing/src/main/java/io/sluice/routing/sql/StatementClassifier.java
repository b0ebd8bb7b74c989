// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells a statement's class from its text. One per event loop; not thread-safe. */
public final class StatementClassifier {
    private static final Pattern PLAIN = Pattern.compile("(?i)\\s*SELECT\\s[\\w\\s.,*=<>?`'%+-]*");
    private static final Pattern SUSPICIOUS = Pattern.compile(
            "(?i)\\b(INTO|FOR|LOCK|SQL_CALC_FOUND_ROWS|PROCEDURE|NEXT|PREVIOUS|performance_schema|sys)\\b|--");

    public Statement classify(byte[] sql, int offset, int length, LexContext context) {
        String text = new String(sql, offset, length, StandardCharsets.ISO_8859_1);
        boolean read =
                PLAIN.matcher(text).matches() && !SUSPICIOUS.matcher(text).find();
        String verb = text.strip().split("\\W", 2)[0].toUpperCase(Locale.ROOT);
        return new Statement(read ? StatementClass.R : StatementClass.W, 0, null, verb, "", text.hashCode(), "");
    }
}
