// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.gtid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Recursive descent over the text of a set; used once and thrown away. */
final class GtidSetParser {
    /** A UUID in text: 8-4-4-4-12 hexadecimal digits. */
    private static final int UUID_LENGTH = 36;

    private static final int TAG_LENGTH_MAX = 32;

    private final String text;
    private int at;
    private final SortedMap<Origin, List<Interval>> found = new TreeMap<>();
    private final Map<Origin, Long> writers = new HashMap<>();

    GtidSetParser(String text) {
        this.text = text;
    }

    GtidSet parse() {
        skipBlanks();
        while (at < text.length()) {
            if (looksLikeUuid()) {
                mysql();
            } else {
                mariadb();
            }
            skipBlanks();
            if (at < text.length()) {
                expect(',');
                skipBlanks();
            }
        }
        found.replaceAll((origin, intervals) -> Interval.normalised(intervals));
        return GtidSet.of(found, writers);
    }

    private boolean looksLikeUuid() {
        if (text.length() - at < UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(at + i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : Character.digit(c, 16) < 0 || c > 'f') {
                return false;
            }
        }
        return true;
    }

    private void mysql() {
        String uuid = text.substring(at, at + UUID_LENGTH).toLowerCase(Locale.ROOT);
        at += UUID_LENGTH;
        Origin origin = Origin.mysql(uuid, "");
        int transactions = 0;
        while (skipped(':')) {
            skipBlanks();
            if (at < text.length() && isTagStart(text.charAt(at))) {
                origin = Origin.mysql(uuid, tag());
                continue;
            }
            add(origin, interval());
            transactions++;
        }
        if (transactions == 0) {
            throw wrong("expected ':' and a transaction number");
        }
    }

    private String tag() {
        int start = at;
        while (at < text.length() && (isTagStart(text.charAt(at)) || isDigit(text.charAt(at)))) {
            at++;
        }
        if (at - start > TAG_LENGTH_MAX) {
            at = start;
            throw wrong("a tag has at most " + TAG_LENGTH_MAX + " characters");
        }
        return text.substring(start, at).toLowerCase(Locale.ROOT);
    }

    private Interval interval() {
        int start = at;
        long first = number();
        long last = skipped('-') ? number() : first;
        if (first < 1 || last < first) {
            at = start;
            throw wrong("an interval must ascend from 1 or more");
        }
        return new Interval(first, last);
    }

    private void mariadb() {
        Origin origin = Origin.mariadb(number());
        expect('-');
        long writer = number();
        expect('-');
        long sequence = number();
        if (sequence == 0) {
            return; // Nothing has been written to this domain yet.
        }
        List<Interval> known = found.get(origin);
        if (known == null || known.get(known.size() - 1).last() <= sequence) {
            writers.put(origin, writer);
        }
        add(origin, new Interval(1, sequence));
    }

    private void add(Origin origin, Interval interval) {
        found.computeIfAbsent(origin, unused -> new ArrayList<>()).add(interval);
    }

    private long number() {
        skipBlanks();
        int start = at;
        long value = 0;
        while (at < text.length() && isDigit(text.charAt(at))) {
            int digit = text.charAt(at) - '0';
            if (value > (Long.MAX_VALUE - 1 - digit) / 10) {
                throw wrong("the number is too large");
            }
            value = value * 10 + digit;
            at++;
        }
        if (at == start) {
            throw wrong("expected a number");
        }
        return value;
    }

    private boolean skipped(char wanted) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) {
        if (!skipped(wanted)) {
            throw wrong("expected '" + wanted + "'");
        }
    }

    private void skipBlanks() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    private static boolean isTagStart(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("GTID set, position " + at + ": " + what);
    }
}
