// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.util.Arrays;

/**
 * The buffer that {@link SqlLexer} writes a statement's normal form to. Collapses lists as they are written: several
 * literals in a row to one, equal rows to one. Owned by one lexer; grows on demand and is used again.
 */
final class NormalForm {
    /** Longer ones are cut off; no sane statement has one. */
    static final int LENGTH_MAX = 256 << 10;

    private static final int LENGTH_USUAL = 4096;

    /** Deeper parentheses are written as well, but their rows do not collapse. */
    private static final int DEPTH_MAX = 64;

    /** How much of a word is copied before room is asked for again. */
    private static final int ROOM = 256;

    private byte[] bytes = new byte[LENGTH_USUAL];
    private int length;
    private final int[] parentheses = new int[DEPTH_MAX];
    private int depth;

    /** Valid up to {@link #length()}; at least eight bytes more are there for whoever reads in larger units. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        if (bytes.length > LENGTH_MAX) {
            bytes = new byte[LENGTH_USUAL]; // A giant passed by: do not keep its room.
        }
        length = 0;
        depth = 0;
    }

    boolean isFull() {
        return length > LENGTH_MAX;
    }

    /** The byte written last; 0 when there is none. */
    byte last() {
        return length == 0 ? 0 : bytes[length - 1];
    }

    void put(byte b) {
        ensure(1);
        bytes[length++] = b;
    }

    /** Copies the word that begins at an index; returns where it ends. */
    int putWord(byte[] source, int from, int end) {
        separate();
        return copy(source, from, end, (byte) 0);
    }

    /**
     * Copies what is a word, or the byte {@code also}; returns where it ends. Reads and writes in one loop over local
     * variables: words are most of SQL.
     */
    int copy(byte[] source, int from, int end, byte also) {
        int p = from;
        while (true) {
            ensure(ROOM);
            byte[] target = bytes;
            int n = length;
            int stop = Math.min(end, p + ROOM);
            while (p < stop && (SqlBytes.isWord(source[p]) || (source[p] == also && also != 0))) {
                target[n++] = source[p++];
            }
            length = n;
            if (p < stop || p == end || isFull()) {
                return p;
            }
        }
    }

    /** Forgets what was written after this length. */
    void truncate(int shorter) {
        length = shorter;
    }

    /** Puts a blank between two words; needed nowhere else. */
    void separate() {
        byte last = last();
        if (SqlBytes.isWord(last) || last == '?' || last == '`') {
            put((byte) ' ');
        }
    }

    /** Writes a question mark; one for several in a row, and none for the sign before it. */
    void literal() {
        byte last = last();
        if ((last == '-' || last == '+') && isValueAfter(length - 1)) {
            length--;
            last = last();
        }
        if (last == ',' && length >= 2 && bytes[length - 2] == '?') {
            length--;
            return;
        }
        separate();
        put((byte) '?');
    }

    /** Whether what is written at {@code index} is surely a value. */
    boolean isValueAfter(int index) {
        byte before = index > 0 ? bytes[index - 1] : 0;
        return before == '(' || before == ',' || before == '=';
    }

    void open() {
        if (depth < DEPTH_MAX) {
            parentheses[depth] = length;
        }
        depth++;
        put((byte) '(');
    }

    /** Of equal rows in a list one is kept: what it tells, the others do not add to. */
    void close() {
        put((byte) ')');
        if (depth == 0) {
            return;
        }
        depth--;
        if (depth >= DEPTH_MAX) {
            return;
        }
        int start = parentheses[depth];
        int size = length - start;
        int previous = start - 1 - size;
        if (previous >= 0
                && bytes[start - 1] == ','
                && bytes[previous] == '('
                && Arrays.equals(bytes, previous, previous + size, bytes, start, length)) {
            length = start - 1;
        }
    }

    private void ensure(int size) {
        if (length + size + Long.BYTES > bytes.length) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
    }
}
