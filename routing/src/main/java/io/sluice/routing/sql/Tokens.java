// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The words and signs of a normal form, for the classifier to walk over. Built only when a statement is not in the
 * cache. Any index past the end gives an empty symbol, so that rules may look ahead without asking.
 */
final class Tokens {
    enum Kind {
        /** A bare word; its text is in upper case. */
        WORD,
        /** A quoted identifier; its text is as written. */
        QUOTED,
        /** {@code ?}, or 0 and 1 in SET. */
        LITERAL,
        /** {@code @name}, quoted or not; its text is the name. */
        USER_VARIABLE,
        /** One sign, but {@code :=} and {@code @@}. */
        SYMBOL
    }

    private static final String[] SYMBOLS = new String[128];

    static {
        for (char c = 0; c < SYMBOLS.length; c++) {
            SYMBOLS[c] = String.valueOf(c);
        }
    }

    private Kind[] kinds = new Kind[32];
    private String[] texts = new String[32];
    /** Words as they were written. */
    private String[] spellings = new String[32];
    /** For each token the number of the executable comment it is in, from 1; 0 outside. */
    private int[] comments = new int[32];

    private int count;
    private int commentCount;
    private boolean unlexable;
    private boolean setsVariables;

    private Tokens() {}

    static Tokens of(byte[] normal, int length) {
        Tokens tokens = new Tokens();
        tokens.read(normal, length);
        return tokens;
    }

    int count() {
        return count;
    }

    /** How many executable comments there are. */
    int commentCount() {
        return commentCount;
    }

    /** The text could not be read beyond the last token. */
    boolean isUnlexable() {
        return unlexable;
    }

    /** There is an optimizer hint that sets variables. */
    boolean hintsVariables() {
        return setsVariables;
    }

    Kind kind(int index) {
        return index >= 0 && index < count ? kinds[index] : Kind.SYMBOL;
    }

    String text(int index) {
        return index >= 0 && index < count ? texts[index] : "";
    }

    /** A word as it was written. */
    String spelling(int index) {
        return index >= 0 && index < count ? spellings[index] : "";
    }

    /** The number of the executable comment around the token, from 1; 0 outside. */
    int comment(int index) {
        return comments[index];
    }

    boolean isWord(int index) {
        return kind(index) == Kind.WORD;
    }

    boolean isWord(int index, String word) {
        return kind(index) == Kind.WORD && text(index).equals(word);
    }

    boolean isSymbol(int index, String symbol) {
        return kind(index) == Kind.SYMBOL && text(index).equals(symbol);
    }

    /** A bare or quoted identifier. */
    boolean isName(int index) {
        return kind(index) == Kind.WORD || kind(index) == Kind.QUOTED;
    }

    /** The identifier in upper case, however it was written. */
    String name(int index) {
        return SqlBytes.upper(text(index));
    }

    /** Whether the words from {@code index} on are these. */
    boolean startsWith(int index, String... words) {
        for (int i = 0; i < words.length; i++) {
            if (!isWord(index + i, words[i])) {
                return false;
            }
        }
        return true;
    }

    /** Where the next such word stands that is in no parentheses that open on the way; the end if there is none. */
    int outsideParentheses(int from, String word) {
        int at = from;
        while (at < count() && !isWord(at, word)) {
            at = isSymbol(at, "(") ? afterParentheses(at) : at + 1;
        }
        return Math.min(at, count());
    }

    /** The index after the parenthesis that closes the one at {@code index}, or the end. */
    int afterParentheses(int index) {
        int depth = 0;
        for (int i = index; i < count; i++) {
            if (isSymbol(i, "(")) {
                depth++;
            } else if (isSymbol(i, ")") && --depth == 0) {
                return i + 1;
            }
        }
        return count;
    }

    /** What a server reads that takes the executable comments whose bits are set as code, the first being bit 0. */
    Tokens reading(int commentsTaken) {
        Tokens reading = new Tokens();
        for (int i = 0; i < count; i++) {
            if (comments[i] == 0 || (commentsTaken >> (comments[i] - 1) & 1) != 0) {
                reading.add(kinds[i], texts[i], spellings[i], 0);
            }
        }
        reading.unlexable = unlexable;
        reading.setsVariables = setsVariables;
        return reading;
    }

    /** The tokens from one index to before another. */
    Tokens slice(int from, int to) {
        Tokens slice = new Tokens();
        for (int i = from; i < to; i++) {
            slice.add(kinds[i], texts[i], spellings[i], 0);
        }
        slice.unlexable = unlexable && to == count;
        slice.setsVariables = setsVariables;
        return slice;
    }

    private void read(byte[] normal, int length) {
        int at = 0;
        int comment = 0;
        while (at < length) {
            byte c = normal[at];
            if (c == SqlLexer.COMMENT_OPENS) {
                comment = ++commentCount;
                at++;
            } else if (c == SqlLexer.COMMENT_CLOSES) {
                comment = 0;
                at++;
            } else if (c == SqlLexer.UNLEXABLE) {
                unlexable = true;
                at++;
            } else if (c == SqlLexer.SET_VAR_HINT) {
                setsVariables = true;
                at++;
            } else if (c == ' ') {
                at++;
            } else {
                at = token(normal, at, length, comment);
            }
        }
    }

    private int token(byte[] normal, int at, int length, int comment) {
        byte c = normal[at];
        if (SqlBytes.isWord(c)) {
            int end = wordEnd(normal, at, length, false);
            String word = text(normal, at, end);
            // After a dot even a digit is an identifier.
            boolean digit = end == at + 1 && c <= '9' && !isSymbol(count - 1, ".");
            add(digit ? Kind.LITERAL : Kind.WORD, upper(word), word, comment);
            return end;
        }
        if (c == '?') {
            add(Kind.LITERAL, "?", comment);
            return at + 1;
        }
        if (c == '`') {
            return quoted(normal, at, length, Kind.QUOTED, comment);
        }
        byte next = at + 1 < length ? normal[at + 1] : 0;
        if (c == '@' && next == '`') {
            return quoted(normal, at + 1, length, Kind.USER_VARIABLE, comment);
        }
        if (c == '@' && (SqlBytes.isWord(next) || next == '.')) {
            int end = wordEnd(normal, at + 1, length, true);
            add(Kind.USER_VARIABLE, text(normal, at + 1, end), comment);
            return end;
        }
        if (c == '@' && next == '@') {
            add(Kind.SYMBOL, "@@", comment);
            return at + 2;
        }
        if (c == ':' && next == '=') {
            add(Kind.SYMBOL, ":=", comment);
            return at + 2;
        }
        add(Kind.SYMBOL, SYMBOLS[c & 0x7f], comment);
        return at + 1;
    }

    private static int wordEnd(byte[] normal, int start, int length, boolean dots) {
        int end = start;
        while (end < length && (SqlBytes.isWord(normal[end]) || (dots && normal[end] == '.'))) {
            end++;
        }
        return end;
    }

    private int quoted(byte[] normal, int start, int length, Kind kind, int comment) {
        int end = start + 1;
        while (end < length && (normal[end] != '`' || (end + 1 < length && normal[end + 1] == '`'))) {
            end += normal[end] == '`' ? 2 : 1;
        }
        end = Math.min(end, length);
        add(kind, text(normal, start + 1, end).replace("``", "`"), comment);
        return end + 1;
    }

    private static String text(byte[] normal, int from, int to) {
        return new String(normal, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Upper case of ASCII only: a byte above is part of a character that we do not decode. */
    private static String upper(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) >= 0x80) {
                return word;
            }
        }
        return SqlBytes.upper(word);
    }

    private void add(Kind kind, String text, int comment) {
        add(kind, text, text, comment);
    }

    private void add(Kind kind, String text, String spelling, int comment) {
        if (count == kinds.length) {
            kinds = Arrays.copyOf(kinds, count * 2);
            texts = Arrays.copyOf(texts, count * 2);
            spellings = Arrays.copyOf(spellings, count * 2);
            comments = Arrays.copyOf(comments, count * 2);
        }
        kinds[count] = kind;
        texts[count] = text;
        spellings[count] = spelling;
        comments[count] = comment;
        count++;
    }
}
