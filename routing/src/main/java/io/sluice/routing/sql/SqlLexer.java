// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.hint.HintText;

/**
 * MySQL's lexical rules, in one pass over the client's bytes. Writes the statement's normal form: literals become
 * {@code ?}, lists of equal rows collapse, comments and needless blanks go. All that is ever concluded about a
 * statement is concluded from its normal form, so two texts with the same one may share a cached answer, whatever
 * their literals say.
 *
 * <p>The normal form is read by {@link Tokens}. Quoted identifiers keep their backticks, whatever they were quoted
 * with; three control bytes stand for executable comments and for text that could not be read. Words keep their
 * case: folding costs time, and differently spelled texts may well have an entry each.
 *
 * <p>Comments with hints are the one thing told apart from it: see {@link #hintLength}.
 *
 * <p>One per classifier; not thread-safe; the normal form is overwritten by the next call. Allocates only to grow.
 */
final class SqlLexer {
    /** An executable comment begins: the words up to {@link #COMMENT_CLOSES} are code on some servers. */
    static final byte COMMENT_OPENS = 1;

    static final byte COMMENT_CLOSES = 2;
    /** Nothing is known of the text from here on. */
    static final byte UNLEXABLE = 3;
    /** An optimizer hint that sets variables for the time of the statement. */
    static final byte SET_VAR_HINT = 4;

    private static final byte[] SET_VAR = {'S', 'E', 'T', '_', 'V', 'A', 'R'};
    private static final byte[] NULL = {'N', 'U', 'L', 'L'};
    private static final byte[] SET = {'S', 'E', 'T'};

    private byte[] in = {};
    private int at;
    private int end;
    private boolean ansiQuotes;
    private boolean backslashEscapes;

    private final NormalForm out = new NormalForm();
    private boolean unlexable;
    /** Where the last unquoted word of the input ended: a dot there separates identifiers. */
    private int wordEnd;
    /** Where the content of the executable comment that is open begins, or -1. */
    private int executableStart;
    /** The next word is the verb. */
    private boolean verbExpected;
    /** Digits 0 and 1 are told in SET, where they mean off and on. */
    private boolean inSet;

    private final byte[] hints = new byte[HintText.LENGTH_MAX];
    private int hintLength;

    NormalForm normal() {
        return out;
    }

    /** The contents of the comments that are hints for Sluice, each with a blank after it; cut off when too long. */
    byte[] hints() {
        return hints;
    }

    /** Valid bytes of {@link #hints}; mostly 0. */
    int hintLength() {
        return hintLength;
    }

    /** Never throws, whatever the bytes are. */
    void normalise(byte[] sql, int offset, int count, LexContext context) {
        out.clear();
        in = sql;
        at = offset;
        end = offset + count;
        ansiQuotes = context.ansiQuotes();
        backslashEscapes = !context.noBackslashEscapes();
        wordEnd = -1;
        executableStart = -1;
        verbExpected = true;
        inSet = false;
        unlexable = false;
        hintLength = 0;
        if (count > 0 && in[end - 1] == 0) {
            end--; // Some clients send the terminator of their C string, too.
        }
        boolean cut = context.multiByteUnsafe() && cutAtFirstHighByte();
        while (at < end && !unlexable && !out.isFull()) {
            byte c = in[at];
            if (c == ' ') { // This and words are the most; the rest is left to a method too large to be inlined.
                at++;
            } else if (SqlBytes.isDigit(c)) {
                number();
            } else if (SqlBytes.isWord(c)) {
                word();
            } else {
                sign(c);
            }
        }
        if (unlexable || cut || executableStart >= 0 || out.isFull()) {
            out.put(UNLEXABLE);
        }
    }

    /** In such character sets any byte after a high one may be the second half of a character. */
    private boolean cutAtFirstHighByte() {
        for (int i = at; i < end; i++) {
            if (in[i] < 0) {
                end = i;
                return true;
            }
        }
        return false;
    }

    private void sign(byte c) {
        switch (c) {
            case '\t', '\n', '\r', 0x0b, '\f' -> at++;
            case '\'' -> string(c);
            case '"' -> {
                if (ansiQuotes) {
                    identifier(c);
                } else {
                    string(c);
                }
            }
            case '`' -> identifier(c);
            case '#' -> lineComment();
            case '.' -> dot();
            case '@' -> at();
            case '(' -> {
                at++;
                out.open();
            }
            case ')' -> {
                at++;
                out.close();
            }
            case '?' -> {
                at++;
                out.literal();
            }
            case ';' -> {
                verbExpected = true;
                inSet = false;
                symbol();
            }
            case '-' -> {
                if (peek(1) == '-' && (at + 2 >= end || (in[at + 2] >= 0 && in[at + 2] <= ' ') || in[at + 2] == 0x7f)) {
                    lineComment();
                } else {
                    symbol();
                }
            }
            case '/' -> {
                if (peek(1) == '*') {
                    comment();
                } else {
                    symbol();
                }
            }
            case '*' -> {
                if (executableStart >= 0 && peek(1) == '/') {
                    closeExecutable();
                } else {
                    symbol();
                }
            }
            case '\\' -> {
                if (peek(1) == 'N') { // Another spelling of NULL.
                    at += 2;
                    out.literal();
                } else {
                    unlexable = true;
                }
            }
            default -> {
                if (c < ' ' || c == 0x7f) {
                    unlexable = true;
                } else {
                    symbol();
                }
            }
        }
    }

    private void word() {
        int start = at;
        byte first = in[start];
        if (first == '$') { // A dollar-quoted body in MySQL 9.2 and later, an identifier before.
            unlexable = true;
            return;
        }
        int before = out.length();
        copyWord();
        int size = at - start;
        if (size > NULL.length && !verbExpected) {
            return;
        }
        if (size == 1 && at < end && in[at] == '\'' && isStringPrefix(first)) {
            out.truncate(before);
            wordEnd = -1;
            string((byte) '\'');
        } else if (verbExpected) {
            verbExpected = false;
            inSet = size == SET.length && matches(start, SET);
        } else if (size == NULL.length && out.isValueAfter(before) && matches(start, NULL)) {
            out.truncate(before);
            out.literal();
        }
    }

    private void copyWord() {
        at = out.putWord(in, at, end);
        wordEnd = at;
    }

    /** Introducers of hexadecimal, bit and national strings; they must touch the quote. */
    private static boolean isStringPrefix(byte c) {
        return switch (c) {
            case 'x', 'X', 'b', 'B', 'n', 'N' -> true;
            default -> false;
        };
    }

    private void number() {
        int start = at;
        if (in[at] == '0' && (peek(1) == 'x' || peek(1) == 'b')) {
            int p = at + 2;
            while (p < end && SqlBytes.isHexDigit(in[p])) {
                p++;
            }
            if (p > at + 2 && (p == end || !SqlBytes.isWord(in[p]))) {
                at = p;
                out.literal();
                return;
            }
        }
        int p = digits(at);
        if (p < end && in[p] == '.') {
            fraction(p + 1);
            return;
        }
        int afterExponent = exponent(p);
        if (afterExponent > p) {
            at = afterExponent;
            out.literal();
        } else if (p < end && SqlBytes.isWord(in[p])) { // An identifier may begin with digits.
            verbExpected = false;
            copyWord();
        } else {
            at = p;
            if (inSet && p == start + 1 && in[start] <= '1') {
                out.separate();
                out.put(in[start]);
            } else {
                out.literal();
            }
        }
    }

    private void fraction(int start) {
        int p = digits(start);
        if (p < end && (in[p] | 0x20) == 'e') {
            int afterExponent = exponent(p);
            if (afterExponent == p) { // An error at the server.
                unlexable = true;
                return;
            }
            p = afterExponent;
        }
        at = p;
        out.literal();
    }

    /** Where the exponent that begins at {@code start} ends, or {@code start} if there is none. */
    private int exponent(int start) {
        if (start >= end || (in[start] | 0x20) != 'e') {
            return start;
        }
        int p = start + 1;
        if (p < end && (in[p] == '+' || in[p] == '-')) {
            p++;
        }
        int last = digits(p);
        return last > p ? last : start;
    }

    private int digits(int start) {
        int p = start;
        while (p < end && SqlBytes.isDigit(in[p])) {
            p++;
        }
        return p;
    }

    private void dot() {
        byte next = peek(1);
        if (wordEnd == at) {
            symbol();
            if (SqlBytes.isWord(next)) { // After an identifier and a dot even digits begin an identifier.
                copyWord();
            }
        } else if (SqlBytes.isDigit(next)) {
            if (out.last() == '`') { // Servers differ after a quoted identifier.
                unlexable = true;
            } else {
                fraction(at + 1);
            }
        } else {
            symbol();
        }
    }

    private void at() {
        byte next = peek(1);
        symbol();
        if (next == '@') {
            symbol();
            return;
        }
        if (next == '\'' || next == '"' || next == '`') {
            identifier(next);
            return;
        }
        at = out.copy(in, at, end, (byte) '.');
    }

    private void string(byte quote) {
        boolean digitsOnly = at > 0 && wordlessPrefix();
        int p = at + 1;
        while (p < end) {
            byte c = in[p];
            if (c == quote) {
                if (p + 1 < end && in[p + 1] == quote) {
                    p += 2;
                    continue;
                }
                if (digitsOnly && !areHexDigits(at + 1, p)) {
                    break;
                }
                at = p + 1;
                out.literal();
                return;
            }
            p += c == '\\' && backslashEscapes ? 2 : 1;
        }
        unlexable = true;
    }

    /** Whether the quote at hand follows the introducer of a hexadecimal or bit string, where nothing is escaped. */
    private boolean wordlessPrefix() {
        return switch (in[at - 1]) {
            case 'x', 'X', 'b', 'B' -> wordEnd != at;
            default -> false;
        };
    }

    private boolean areHexDigits(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!SqlBytes.isHexDigit(in[i])) {
                return false;
            }
        }
        return true;
    }

    /** Copies what is quoted, in backticks; nothing is escaped but the quote, by doubling it. */
    private void identifier(byte quote) {
        verbExpected = false;
        if (out.last() != '@') {
            out.separate();
        }
        out.put((byte) '`');
        int p = at + 1;
        boolean escapes = backslashEscapes && (quote == '\'' || (quote == '"' && !ansiQuotes));
        while (p < end && !out.isFull()) {
            byte c = in[p++];
            if (c == quote) {
                if (p >= end || in[p] != quote) {
                    out.put((byte) '`');
                    at = p;
                    return;
                }
                p++;
            } else if ((c == '\\' && escapes) || c == 0) {
                break;
            }
            if (c == '`') {
                out.put((byte) '`');
            }
            out.put(c);
        }
        unlexable = true;
        out.put((byte) '`');
    }

    private void lineComment() {
        while (at < end && in[at] != '\n') {
            at++;
        }
    }

    private void comment() {
        byte mark = peek(2);
        if (executableStart >= 0) { // Servers differ in what they make of comments within comments.
            unlexable = true;
        } else if (mark == '!') {
            openExecutable(at + 3);
        } else if ((mark == 'M' || mark == 'm') && peek(3) == '!') {
            openExecutable(at + 4);
        } else {
            int close = find(at + 2, (byte) '*', (byte) '/');
            if (close < 0) {
                unlexable = true;
                return;
            }
            if (mark == '+' && mentionsSetVar(at + 3, close)) {
                out.put(SET_VAR_HINT);
            }
            if (HintText.isHint(in, at + 2, close)) {
                keepHint(at + 2, close);
            }
            at = close + 2;
        }
    }

    private void keepHint(int from, int to) {
        int size = Math.min(to - from, hints.length - hintLength);
        System.arraycopy(in, from, hints, hintLength, size);
        hintLength += size;
        if (hintLength < hints.length) {
            hints[hintLength++] = ' ';
        }
    }

    /** A version of five or six digits may follow; both readings are judged, so its value does not matter. */
    private void openExecutable(int start) {
        int p = digits(start);
        int count = p - start;
        if (count > 6
                || (count == 6 && p < end && SqlBytes.isWord(in[p]))) { // Servers differ in how many digits they take.
            unlexable = true;
            return;
        }
        at = count >= 5 ? p : start;
        executableStart = at;
        out.put(COMMENT_OPENS);
    }

    /** Servers that skip the comment look for its end without regard to strings: both must agree where it is. */
    private void closeExecutable() {
        int inner = find(executableStart, (byte) '/', (byte) '*');
        if (find(executableStart, (byte) '*', (byte) '/') != at || (inner >= 0 && inner < at)) {
            unlexable = true;
            return;
        }
        executableStart = -1;
        out.put(COMMENT_CLOSES);
        at += 2;
    }

    private int find(int from, byte first, byte second) {
        for (int i = from; i + 1 < end; i++) {
            if (in[i] == first && in[i + 1] == second) {
                return i;
            }
        }
        return -1;
    }

    private boolean mentionsSetVar(int from, int to) {
        for (int i = from; i + SET_VAR.length <= to; i++) {
            if (matches(i, SET_VAR)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(int start, byte[] upperCase) {
        for (int i = 0; i < upperCase.length; i++) {
            byte c = in[start + i];
            byte upper = c >= 'a' && c <= 'z' ? (byte) (c - 32) : c;
            if (upper != upperCase[i]) {
                return false;
            }
        }
        return true;
    }

    private void symbol() {
        out.put(in[at++]);
    }

    private byte peek(int ahead) {
        return at + ahead < end ? in[at + ahead] : 0;
    }
}
