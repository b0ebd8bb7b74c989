// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

/** What a single byte may be part of; bytes above 0x7f are part of characters, hence of words. */
final class SqlBytes {
    private static final byte DIGIT = 1;
    private static final byte WORD = 2;
    private static final byte HEX_DIGIT = 4;
    private static final byte[] KINDS = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            boolean digit = c >= '0' && c <= '9';
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean hexLetter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            int kind = digit ? DIGIT | WORD | HEX_DIGIT : letter || c == '_' || c == '$' || c >= 0x80 ? WORD : 0;
            KINDS[c] = (byte) (hexLetter ? kind | HEX_DIGIT : kind);
        }
    }

    private SqlBytes() {}

    static boolean isWord(byte c) {
        return (KINDS[c & 0xff] & WORD) != 0;
    }

    static boolean isDigit(byte c) {
        return (KINDS[c & 0xff] & DIGIT) != 0;
    }

    /**
     * In upper case, as far as keywords and names of variables and functions go: ASCII. The platform's own method also
     * takes time that grows with the square of the number of letters such as sharp s.
     */
    static String upper(String text) {
        int at = 0;
        while (at < text.length() && !isLower(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        char[] upper = text.toCharArray();
        for (int i = at; i < upper.length; i++) {
            if (isLower(upper[i])) {
                upper[i] = (char) (upper[i] - 'a' + 'A');
            }
        }
        return new String(upper);
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    static boolean isHexDigit(byte c) {
        return (KINDS[c & 0xff] & HEX_DIGIT) != 0;
    }
}
