// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The span of a client that a statement belongs to, as the W3C's "Trace Context" writes it.
 *
 * @param trace 32 hex digits
 * @param span 16 hex digits
 * @param sampled whether the client has it recorded
 */
public record TraceParent(String trace, String span, boolean sampled) {
    /** Of a statement, from each end: comments stand there. */
    public static final int LOOKED_AT = 1024;

    /** What a query attribute with it is called, and what comments have before it. */
    public static final String NAME = "traceparent";

    private static final byte[] IN_COMMENT = (NAME + "='").getBytes(US_ASCII);
    private static final byte[] STEPS = steps();
    private static final int LENGTH = 55;
    /** Version ff is none; later ones than 00 may have more behind it. */
    private static final Pattern TEXT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

    /** Empty if it is no such text. */
    public static Optional<TraceParent> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new TraceParent(
                        matcher.group(1), matcher.group(2), (Integer.parseInt(matcher.group(3), 16) & 1) != 0))
                : Optional.empty();
    }

    /** That of a comment such as <code>traceparent='00-..-..-01'</code>; empty if there is none. */
    public static Optional<TraceParent> find(byte[] sql) {
        return find(sql, sql.length);
    }

    /** The same of so many bytes at the beginning. */
    public static Optional<TraceParent> find(byte[] bytes, int length) {
        int last = IN_COMMENT.length - 1;
        int at = 0;
        while (at + IN_COMMENT.length + LENGTH < length) {
            if (isAt(bytes, at)) {
                return parse(new String(bytes, at + IN_COMMENT.length, LENGTH, ISO_8859_1));
            }
            at += STEPS[bytes[at + last] & 0xff];
        }
        return Optional.empty();
    }

    /** How far to go on, by the byte at which the sought text would end (Horspool's algorithm). */
    private static byte[] steps() {
        int last = IN_COMMENT.length - 1;
        byte[] steps = new byte[256];
        Arrays.fill(steps, (byte) IN_COMMENT.length);
        for (int i = 0; i < last; i++) {
            steps[IN_COMMENT[i]] = (byte) (last - i);
        }
        return steps;
    }

    private static boolean isAt(byte[] sql, int at) {
        for (int i = 0; i < IN_COMMENT.length; i++) {
            if (sql[at + i] != IN_COMMENT[i]) {
                return false;
            }
        }
        return true;
    }
}
