// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.util.Arrays;

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

    /** Longer normal forms are cut off as not lexable; no sane statement has one. */
    static final int NORMAL_LENGTH_MAX = 256 << 10;

    private static final int LENGTH_USUAL = 4096;

    /** How much of a word is copied before room is asked for again. */
    private static final int WORD_ROOM = 256;

    /** Deeper parentheses are lexed as well, but their rows do not collapse. */
    private static final int DEPTH_MAX = 64;

    private static final byte[] SET_VAR = {'S', 'E', 'T', '_', 'V', 'A', 'R'};
    private static final byte[] NULL = {'N', 'U', 'L', 'L'};
    private static final byte[] SET = {'S', 'E', 'T'};

    private byte[] in = {};
    private int at;
    private int end;
    private boolean ansiQuotes;
    private boolean backslashEscapes;

    private byte[] out = new byte[LENGTH_USUAL];
    private int length;
    private boolean unlexable;
    /** Where the last unquoted word of the input ended: a dot there separates identifiers. */
    private int wordEnd;
    /** Where the content of the executable comment that is open begins, or -1. */
    private int executableStart;
    /** The next word is the verb. */
    private boolean verbExpected;
    /** Digits 0 and 1 are told in SET, where they mean off and on. */
    private boolean inSet;

    private final int[] parentheses = new int[DEPTH_MAX];
    private int depth;

    byte[] normal() {
        return out;
    }

    int length() {
        return length;
    }

    /** Never throws, whatever the bytes are. */
    void normalise(byte[] sql, int offset, int count, LexContext context) {
        if (out.length > NORMAL_LENGTH_MAX) {
            out = new byte[LENGTH_USUAL]; // A giant passed by: do not keep its room.
        }
        in = sql;
        at = offset;
        end = offset + count;
        ansiQuotes = context.ansiQuotes();
        backslashEscapes = !context.noBackslashEscapes();
        length = 0;
        wordEnd = -1;
        executableStart = -1;
        verbExpected = true;
        inSet = false;
        depth = 0;
        unlexable = false;
        if (count > 0 && in[end - 1] == 0) {
            end--; // Some clients send the terminator of their C string, too.
        }
        boolean cut = context.multiByteUnsafe() && cutAtFirstHighByte();
        while (at < end && !unlexable) {
            byte c = in[at];
            int kind = KINDS[c & 0xff];
            if (c == ' ') { // This and words are the most; the rest is left to a method too large to be inlined.
                at++;
            } else if ((kind & (WORD | DIGIT)) == WORD) {
                word();
            } else if ((kind & DIGIT) != 0) {
                number();
            } else {
                sign(c);
            }
        }
        if (unlexable || cut || executableStart >= 0) {
            unlexable = true;
            put(UNLEXABLE);
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
            case '(' -> open();
            case ')' -> close();
            case '?' -> {
                at++;
                literal();
            }
            case ';' -> {
                verbExpected = true;
                inSet = false;
                symbol();
            }
            case '-' -> {
                if (peek(1) == '-' && (at + 2 >= end || in[at + 2] >= 0 && in[at + 2] <= ' ' || in[at + 2] == 0x7f)) {
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
                    literal();
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
        int before = length;
        copyWord();
        int size = at - start;
        if (size > NULL.length && !verbExpected) {
            return;
        }
        if (size == 1 && at < end && in[at] == '\'' && isStringPrefix(first)) {
            length = before;
            wordEnd = -1;
            string((byte) '\'');
        } else if (verbExpected) {
            verbExpected = false;
            inSet = size == SET.length && matches(start, SET);
        } else if (size == NULL.length && before > 0 && isValuePosition(out[before - 1]) && matches(start, NULL)) {
            length = before;
            literal();
        }
    }

    /** Copies the word that begins here. Reads and writes in one loop over local variables: words are most of SQL. */
    private void copyWord() {
        separate();
        int p = at;
        while (true) {
            ensure(WORD_ROOM);
            byte[] source = in;
            byte[] target = out;
            int n = length;
            int stop = Math.min(end, p + WORD_ROOM);
            while (p < stop && (KINDS[source[p] & 0xff] & WORD) != 0) {
                target[n++] = source[p++];
            }
            length = n;
            if (p < stop || p == end || unlexable) {
                break;
            }
        }
        at = p;
        wordEnd = p;
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
            while (p < end && isHexDigit(in[p])) {
                p++;
            }
            if (p > at + 2 && (p == end || !isWord(in[p]))) {
                at = p;
                literal();
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
            literal();
        } else if (p < end && isWord(in[p])) { // An identifier may begin with digits.
            verbExpected = false;
            copyWord();
        } else {
            at = p;
            if (inSet && p == start + 1 && in[start] <= '1') {
                separate();
                put(in[start]);
            } else {
                literal();
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
        literal();
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
        while (p < end && isDigit(in[p])) {
            p++;
        }
        return p;
    }

    private void dot() {
        byte next = peek(1);
        if (wordEnd == at) {
            symbol();
            if (isWord(next)) { // After an identifier and a dot even digits begin an identifier.
                copyWord();
            }
        } else if (isDigit(next)) {
            if (at > 0 && length > 0 && out[length - 1] == '`') { // Servers differ after a quoted identifier.
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
        int start = at;
        while (at < end && (isWord(in[at]) || in[at] == '.')) {
            at++;
        }
        if (at - start > NORMAL_LENGTH_MAX) {
            unlexable = true;
            return;
        }
        ensure(at - start);
        System.arraycopy(in, start, out, length, at - start);
        length += at - start;
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
                literal();
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
            if (!isHexDigit(in[i])) {
                return false;
            }
        }
        return true;
    }

    /** Copies what is quoted, in backticks; nothing is escaped but the quote, by doubling it. */
    private void identifier(byte quote) {
        verbExpected = false;
        if (length == 0 || out[length - 1] != '@') {
            separate();
        }
        put((byte) '`');
        int p = at + 1;
        boolean escapes = backslashEscapes && quote == '\'' || backslashEscapes && quote == '"' && !ansiQuotes;
        while (p < end && !unlexable) {
            byte c = in[p++];
            if (c == quote) {
                if (p >= end || in[p] != quote) {
                    put((byte) '`');
                    at = p;
                    return;
                }
                p++;
            } else if (c == '\\' && escapes || c == 0) {
                break;
            }
            if (c == '`') {
                put((byte) '`');
            }
            put(c);
        }
        unlexable = true;
        put((byte) '`');
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
                put(SET_VAR_HINT);
            }
            at = close + 2;
        }
    }

    /** A version of five or six digits may follow; both readings are judged, so its value does not matter. */
    private void openExecutable(int start) {
        int p = digits(start);
        int count = p - start;
        if (count > 6 || count == 6 && p < end && isWord(in[p])) { // Servers differ in how many digits they take.
            unlexable = true;
            return;
        }
        at = count >= 5 ? p : start;
        executableStart = at;
        put(COMMENT_OPENS);
    }

    /** Servers that skip the comment look for its end without regard to strings: both must agree where it is. */
    private void closeExecutable() {
        int inner = find(executableStart, (byte) '/', (byte) '*');
        if (find(executableStart, (byte) '*', (byte) '/') != at || inner >= 0 && inner < at) {
            unlexable = true;
            return;
        }
        executableStart = -1;
        put(COMMENT_CLOSES);
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

    private void open() {
        if (depth < DEPTH_MAX) {
            parentheses[depth] = length;
        }
        depth++;
        symbol();
    }

    /** Of equal rows in a list one is kept: what it tells, the others do not add to. */
    private void close() {
        symbol();
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
                && out[start - 1] == ','
                && out[previous] == '('
                && Arrays.equals(out, previous, previous + size, out, start, length)) {
            length = start - 1;
        }
    }

    private void symbol() {
        put(in[at++]);
    }

    /** Writes a question mark; one for several in a row, and none for the sign before it. */
    private void literal() {
        int n = length;
        if (n >= 2 && (out[n - 1] == '-' || out[n - 1] == '+') && isValuePosition(out[n - 2])) {
            length = --n;
        }
        if (n >= 2 && out[n - 1] == ',' && out[n - 2] == '?') {
            length = n - 1;
            return;
        }
        separate();
        put((byte) '?');
    }

    private static boolean isValuePosition(byte before) {
        return before == '(' || before == ',' || before == '=';
    }

    /** Puts a blank between two words; needed nowhere else. */
    private void separate() {
        if (length > 0) {
            byte last = out[length - 1];
            if (isWord(last) || last == '?' || last == '`') {
                put((byte) ' ');
            }
        }
    }

    private void put(byte b) {
        ensure(1);
        out[length++] = b;
    }

    /** Makes room for {@code size} bytes and a few more, which the hash reads as padding. */
    private void ensure(int size) {
        if (length + size + Long.BYTES <= out.length) {
            return;
        }
        if (length > NORMAL_LENGTH_MAX) {
            unlexable = true;
        }
        out = Arrays.copyOf(out, Math.max(out.length * 2, length + size + Long.BYTES));
    }

    private byte peek(int ahead) {
        return at + ahead < end ? in[at + ahead] : 0;
    }

    private static final byte DIGIT = 1;
    private static final byte WORD = 2;
    private static final byte HEX_DIGIT = 4;
    private static final byte[] KINDS = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            boolean digit = c >= '0' && c <= '9';
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            boolean hexLetter = c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
            int kind = digit ? DIGIT | WORD | HEX_DIGIT : letter || c == '_' || c == '$' || c >= 0x80 ? WORD : 0;
            KINDS[c] = (byte) (hexLetter ? kind | HEX_DIGIT : kind);
        }
    }

    static boolean isWord(byte c) {
        return (KINDS[c & 0xff] & WORD) != 0;
    }

    private static boolean isDigit(byte c) {
        return (KINDS[c & 0xff] & DIGIT) != 0;
    }

    private static boolean isHexDigit(byte c) {
        return (KINDS[c & 0xff] & HEX_DIGIT) != 0;
    }
}
