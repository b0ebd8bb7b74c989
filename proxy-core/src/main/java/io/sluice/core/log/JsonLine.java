// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import org.jspecify.annotations.Nullable;

/** One object of JSON in one line, in the making. For one thread. */
public final class JsonLine {
    private final StringBuilder text = new StringBuilder(256).append('{');

    /** A null is left out. */
    public JsonLine put(String name, @Nullable String value) {
        if (value == null) {
            return this;
        }
        name(name).append('"');
        escape(value);
        text.append('"');
        return this;
    }

    public JsonLine put(String name, long value) {
        name(name).append(value);
        return this;
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        return text.append('"').append(name).append("\":");
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' '
                    || c >= '\u007f' && c < '\u00a0'
                    || Character.isSurrogate(c)
                    || c == '\u2028'
                    || c == '\u2029') {
                // Surrogates, too, since a lone one is no UTF-8.
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
    }

    /** With the line's end. */
    @Override
    public String toString() {
        return text + "}\n";
    }
}
