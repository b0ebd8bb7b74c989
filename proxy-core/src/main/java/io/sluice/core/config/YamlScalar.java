// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes values so that the configuration reads the same text again. */
public final class YamlScalar {
    /** No number of dollars before a brace but an odd one can be written. */
    private static final Pattern REFERENCE = Pattern.compile("(\\$+)\\{");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/](?:[A-Za-z0-9_./:@%-]*[A-Za-z0-9_./@%-])?");

    private YamlScalar() {}

    /** In quotes where it needs them; what would be a reference to the environment is none. */
    public static String of(String text) {
        if (PLAIN.matcher(text).matches() && !text.equalsIgnoreCase("null")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        escaped(text).codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> append(quoted, c);
            }
        });
        return quoted.append('"').toString();
    }

    private static void append(StringBuilder quoted, int c) {
        int type = Character.getType(c);
        if (type == Character.CONTROL
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || c == 0xfeff) {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
        } else {
            quoted.appendCodePoint(c);
        }
    }

    private static String escaped(String text) {
        Matcher matcher = REFERENCE.matcher(text);
        return matcher.replaceAll(found -> Matcher.quoteReplacement("$" + found.group()));
    }
}
