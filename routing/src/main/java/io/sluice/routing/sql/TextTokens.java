// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words, signs and literals of one short text, literals included. Gives up on what needs more than a glance:
 * executable comments, charsets in which a letter may look like a quote, whatever does not end.
 */
final class TextTokens {
    enum Kind {
        WORD,
        QUOTED,
        STRING,
        NUMBER,
        SYMBOL,
        END
    }

    /** @param text of a word as written, of a quoted name without its quotes, of a literal all of it */
    record Token(Kind kind, String text) {}

    private static final Token END = new Token(Kind.END, "");

    private final byte[] sql;
    private final int end;
    private final LexContext context;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private TextTokens(byte[] sql, int from, int length, LexContext context) {
        this.sql = sql;
        this.at = from;
        this.end = from + length;
        this.context = context;
    }

    /** Returns the tokens, each character of a literal one byte of the text; null if it is better not to tell. */
    static @Nullable TextTokens read(byte[] sql, int from, int length, LexContext context) {
        TextTokens read = new TextTokens(sql, from, length, context);
        return !context.multiByteUnsafe() && read.all() ? read : null;
    }

    private boolean all() {
        while (skipBlanks()) {
            if (at == end) {
                return true;
            }
            if (!one()) {
                return false;
            }
        }
        return false;
    }

    private boolean one() {
        byte b = sql[at];
        byte next = peek(1);
        if (b == '`') {
            return quoted(Kind.QUOTED, '`', false);
        }
        if (b == '\'') {
            return quoted(Kind.STRING, '\'', !context.noBackslashEscapes());
        }
        if (b == '"') {
            return context.ansiQuotes()
                    ? quoted(Kind.QUOTED, '"', false)
                    : quoted(Kind.STRING, '"', !context.noBackslashEscapes());
        }
        boolean prefixed = next == '\'' && (b == 'x' || b == 'X' || b == 'b' || b == 'B');
        if (prefixed) {
            int start = at++;
            boolean ended = quoted(Kind.STRING, '\'', false);
            if (ended) {
                tokens.set(tokens.size() - 1, new Token(Kind.NUMBER, text(start, at)));
            }
            return ended;
        }
        if (isDigit(b) || (b == '.' && isDigit(next) && !afterName())) {
            number();
        } else if (SqlBytes.isWord(b)) {
            int start = at;
            while (at < end && SqlBytes.isWord(sql[at])) {
                at++;
            }
            tokens.add(new Token(Kind.WORD, text(start, at)));
        } else {
            boolean two = (b == '@' && next == '@') || (b == ':' && next == '=');
            tokens.add(new Token(Kind.SYMBOL, text(at, at + (two ? 2 : 1))));
            at += two ? 2 : 1;
        }
        return true;
    }

    private boolean afterName() {
        Token last = tokens.isEmpty() ? END : tokens.get(tokens.size() - 1);
        return last.kind == Kind.WORD || last.kind == Kind.QUOTED;
    }

    /** Digits, or a word that begins with one; {@code 1e-5} is one token too. */
    private void number() {
        int start = at;
        while (at < end && (SqlBytes.isWord(sql[at]) || sql[at] == '.' || isExponentsSign(start))) {
            at++;
        }
        String text = text(start, at);
        boolean literal = text.matches("0[xX][0-9a-fA-F]+|0b[01]+|[0-9]*\\.?[0-9]*([eE][-+]?[0-9]+)?");
        tokens.add(new Token(literal ? Kind.NUMBER : Kind.WORD, text));
    }

    private boolean isExponentsSign(int start) {
        boolean sign = sql[at] == '-' || sql[at] == '+';
        return sign && at > start && (sql[at - 1] | 0x20) == 'e' && sql[start] != '0' && isDigit(peek(1));
    }

    private boolean quoted(Kind kind, char quote, boolean backslash) {
        int start = at++;
        while (at < end) {
            if (backslash && sql[at] == '\\') {
                at += 2;
            } else if (sql[at] != quote) {
                at++;
            } else if (peek(1) == quote) {
                at += 2;
            } else {
                at++;
                String text = text(start, at);
                String doubled = "" + quote + quote;
                tokens.add(new Token(
                        kind,
                        kind == Kind.STRING
                                ? text
                                : text.substring(1, text.length() - 1).replace(doubled, "" + quote)));
                return true;
            }
        }
        return false;
    }

    /** Blanks and comments; false if one is executable or does not end. */
    private boolean skipBlanks() {
        while (at < end) {
            byte b = sql[at];
            if (b == '#' || (b == '-' && peek(1) == '-' && (at + 2 == end || (peek(2) & 0xff) <= ' '))) {
                while (at < end && sql[at] != '\n') {
                    at++;
                }
            } else if (b == '/' && peek(1) == '*') {
                if (peek(2) == '!' || peek(2) == 'M' || peek(2) == '+') {
                    return false;
                }
                at += 2;
                while (at < end && !(sql[at] == '*' && peek(1) == '/')) {
                    at++;
                }
                if (at == end) {
                    return false;
                }
                at += 2;
            } else if ((b & 0xff) > ' ') {
                return true;
            } else {
                at++;
            }
        }
        return true;
    }

    private byte peek(int ahead) {
        return at + ahead < end ? sql[at + ahead] : 0;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private String text(int from, int to) {
        return new String(sql, from, to - from, StandardCharsets.ISO_8859_1);
    }

    // ---- asked by index

    int count() {
        return tokens.size();
    }

    Token get(int index) {
        return index >= 0 && index < tokens.size() ? tokens.get(index) : END;
    }

    Kind kind(int index) {
        return get(index).kind;
    }

    boolean isSymbol(int index, String sign) {
        return kind(index) == Kind.SYMBOL && get(index).text.equals(sign);
    }

    /** Whether a bare word stands there, in any case. */
    boolean isWord(int index, String upperCase) {
        return kind(index) == Kind.WORD && get(index).text.equalsIgnoreCase(upperCase);
    }

    boolean isName(int index) {
        return kind(index) == Kind.WORD || kind(index) == Kind.QUOTED;
    }

    String upper(int index) {
        return SqlBytes.upper(get(index).text);
    }
}
