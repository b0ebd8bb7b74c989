// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a text with their places in it, for the few statements whose text is to be changed. Gives up on what
 * needs more than a glance: executable comments, charsets in which a letter may look like a quote, what does not end.
 */
final class PlacedTokens {
    enum Kind {
        WORD,
        QUOTED,
        LITERAL,
        SYMBOL
    }

    /** @param upper of a word or quoted name, in upper case and without quotes; else as written */
    record Token(Kind kind, String upper, int start, int end) {}

    private final byte[] sql;
    private final LexContext context;
    private final int end;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private PlacedTokens(byte[] sql, int length, LexContext context) {
        this.sql = sql;
        this.end = length;
        this.context = context;
    }

    /** Null if the text had better be left alone. */
    static @Nullable List<Token> read(byte[] sql, int length, LexContext context) {
        if (context.multiByteUnsafe()) {
            for (int i = 0; i < length; i++) {
                if (sql[i] < 0) {
                    return null;
                }
            }
        }
        PlacedTokens placed = new PlacedTokens(sql, length, context);
        while (placed.skipBlanks()) {
            if (placed.at >= placed.end) {
                return placed.tokens;
            }
            if (!placed.one()) {
                return null;
            }
        }
        return null;
    }

    /** Where the first so many tokens end; -1 if that cannot be said. */
    static int endOf(int count, byte[] sql, int length, LexContext context) {
        PlacedTokens placed = new PlacedTokens(sql, length, context);
        for (int i = 0; i < count; i++) {
            if (!placed.skipBlanks() || placed.at >= placed.end || !placed.one()) {
                return -1;
            }
        }
        return placed.at;
    }

    private boolean one() {
        byte b = sql[at];
        if (b == '`') {
            return quoted(Kind.QUOTED, false);
        }
        if (b == '\'' || b == '"') {
            boolean name = b == '"' && context.ansiQuotes();
            return quoted(name ? Kind.QUOTED : Kind.LITERAL, !name && !context.noBackslashEscapes());
        }
        int start = at;
        if (SqlBytes.isWord(b)) {
            while (at < end && SqlBytes.isWord(sql[at])) {
                at++;
            }
            add(SqlBytes.isDigit(b) ? Kind.LITERAL : Kind.WORD, start, start, at);
        } else {
            at++;
            add(Kind.SYMBOL, start, start, at);
        }
        return true;
    }

    private boolean quoted(Kind kind, boolean backslash) {
        int start = at;
        byte quote = sql[at++];
        while (at < end) {
            if (backslash && sql[at] == '\\') {
                at += 2;
            } else if (sql[at] != quote) {
                at++;
            } else if (peek(1) == quote) {
                at += 2;
            } else {
                at++;
                add(kind, start, start + 1, at - 1);
                return true;
            }
        }
        return false;
    }

    private void add(Kind kind, int start, int textStart, int textEnd) {
        String text = new String(sql, textStart, textEnd - textStart, StandardCharsets.ISO_8859_1);
        tokens.add(new Token(kind, SqlBytes.upper(text), start, at));
    }

    /** Blanks and comments; false if one is executable or does not end. */
    private boolean skipBlanks() {
        while (at < end) {
            byte b = sql[at];
            if (b == '#' || (b == '-' && peek(1) == '-' && (at + 2 >= end || (peek(2) & 0xff) <= ' '))) {
                while (at < end && sql[at] != '\n') {
                    at++;
                }
            } else if (b == '/' && peek(1) == '*') {
                if (peek(2) == '!' || ((peek(2) | 0x20) == 'm' && peek(3) == '!') || !skipComment()) {
                    return false;
                }
            } else if ((b & 0xff) > ' ') {
                return true;
            } else {
                at++;
            }
        }
        return true;
    }

    private boolean skipComment() {
        at += 2;
        while (at + 1 < end) {
            if (sql[at] == '*' && sql[at + 1] == '/') {
                at += 2;
                return true;
            }
            at++;
        }
        return false;
    }

    private byte peek(int ahead) {
        return at + ahead < end ? sql[at + ahead] : 0;
    }
}
