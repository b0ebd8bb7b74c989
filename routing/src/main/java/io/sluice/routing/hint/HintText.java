// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.hint;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads hints from the contents of comments. A comment is one if its first word begins with {@code sluice:} or
 * {@code hostgroup=}; its words are set apart by blanks, commas or semicolons, and case does not matter.
 */
public final class HintText {
    /** Of all the hint comments of a text no more bytes than this are read. */
    public static final int LENGTH_MAX = 256;

    private static final String OURS = "sluice:";
    private static final String HOSTGROUP = "hostgroup=";
    private static final String AFTER = "after=";
    private static final byte[] OURS_BYTES = OURS.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HOSTGROUP_BYTES = HOSTGROUP.getBytes(StandardCharsets.US_ASCII);

    private static final Pattern GAPS = Pattern.compile("[\\s,;]+");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern LAG = Pattern.compile("(\\d{1,9})(ms|s|m)");

    private HintText() {}

    /** Whether the content of a comment begins as a hint does. */
    public static boolean isHint(byte[] sql, int from, int to) {
        int start = from;
        while (start < to && sql[start] <= ' ' && sql[start] >= 0) {
            start++;
        }
        return begins(sql, start, to, OURS_BYTES) || begins(sql, start, to, HOSTGROUP_BYTES);
    }

    private static boolean begins(byte[] sql, int start, int to, byte[] lowerCase) {
        if (start + lowerCase.length > to) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            byte c = sql[start + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** The hints in the contents of all hint comments of a text, with blanks between them; of two that differ the last. */
    public static Hints read(byte[] contents, int length) {
        Hints.Target target = Hints.Target.ANY;
        int hostgroup = Hints.NO_HOSTGROUP;
        @Nullable Duration maxLag = null;
        @Nullable String after = null;
        List<String> ignored = new ArrayList<>();
        String text = new String(contents, 0, length, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        for (String word : GAPS.split(text, -1)) {
            boolean ours = word.startsWith(OURS);
            String hint = ours ? word.substring(OURS.length()) : word;
            if (hint.startsWith(HOSTGROUP)) {
                String number = hint.substring(HOSTGROUP.length());
                if (NUMBER.matcher(number).matches()) {
                    hostgroup = Integer.parseInt(number);
                    target = Hints.Target.ANY;
                } else {
                    ignored.add(word);
                }
            } else if (ours && (hint.equals("source") || hint.equals("replica"))) {
                target = hint.equals("source") ? Hints.Target.SOURCE : Hints.Target.REPLICA;
                hostgroup = Hints.NO_HOSTGROUP;
            } else if (ours && hint.startsWith("max_lag=")) {
                Duration lag = duration(hint.substring("max_lag=".length()));
                if (lag == null) {
                    ignored.add(word);
                } else {
                    maxLag = lag;
                }
            } else if (ours && hint.startsWith(AFTER)) {
                after = hint.substring(AFTER.length());
            } else if (ours) {
                ignored.add(word);
            }
        }
        return new Hints(target, hostgroup, maxLag, after, ignored);
    }

    private static @Nullable Duration duration(String text) {
        Matcher matcher = LAG.matcher(text);
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }
}
