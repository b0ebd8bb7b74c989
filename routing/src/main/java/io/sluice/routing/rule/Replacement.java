// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What takes the place of a pattern's matches: a text in which {@code \1} to {@code \9} stand for what the pattern's
 * groups have matched, {@code \0} for the whole match and {@code \\} for a backslash, as in RE2 and hence in ProxySQL.
 * Immutable.
 */
final class Replacement {
    /** A part that is a group's number or, if that is {@link #TEXT}, a text. */
    private record Part(int group, byte[] text) {}

    private static final int TEXT = -1;
    private static final byte[] NOTHING = {};

    private final Pattern pattern;
    private final List<Part> parts;
    private final boolean global;

    private Replacement(Pattern pattern, List<Part> parts, boolean global) {
        this.pattern = pattern;
        this.parts = parts;
        this.global = global;
    }

    /**
     * Reads it.
     *
     * @param global whether all matches are replaced, not only the first
     * @throws InvalidRule if it names a group that the pattern has not
     */
    static Replacement of(Pattern pattern, String text, boolean global) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                literal.append(c);
                continue;
            }
            char escaped = ++i < text.length() ? text.charAt(i) : ' ';
            if (escaped == '\\') {
                literal.append(escaped);
            } else if (escaped >= '0' && escaped <= '0' + pattern.groupCount() && escaped <= '9') {
                parts.add(new Part(TEXT, literal.toString().getBytes(UTF_8)));
                parts.add(new Part(escaped - '0', NOTHING));
                literal.setLength(0);
            } else {
                throw new InvalidRule(
                        "replace_pattern",
                        "has \\" + escaped + ", which is no group of match_pattern",
                        "write \\0 for the whole match, \\1 to \\9 for groups, \\\\ for a backslash");
            }
        }
        parts.add(new Part(TEXT, literal.toString().getBytes(UTF_8)));
        return new Replacement(pattern, parts, global);
    }

    /**
     * The text with its matches replaced.
     *
     * @return empty also if that would be longer than {@code most} bytes
     */
    byte[] in(byte[] text, int most) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 64);
        Matcher matcher = pattern.matcher(text);
        int copied = 0;
        while (matcher.find()) {
            out.write(text, copied, matcher.start() - copied);
            for (Part part : parts) {
                int from = part.group == TEXT ? 0 : matcher.start(part.group);
                if (part.group == TEXT) {
                    out.writeBytes(part.text);
                } else if (from >= 0) {
                    out.write(text, from, matcher.end(part.group) - from);
                }
            }
            copied = matcher.end();
            if (!global || out.size() > most) {
                break;
            }
        }
        out.write(text, copied, text.length - copied);
        return out.size() > most ? NOTHING : out.toByteArray();
    }
}
