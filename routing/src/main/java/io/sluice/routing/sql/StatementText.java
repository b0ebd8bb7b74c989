// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.TextTokens.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A statement's text read again, for the few statements whose names and literals matter once they have succeeded: what
 * SET assigns, which temporary table, lock, handler or prepared text comes or goes. What is not understood is not
 * told, and whoever asks then assumes the worst. Characters are bytes of the text (ISO 8859-1).
 */
public final class StatementText {
    /**
     * A literal assigned to a user variable.
     *
     * @param name in lower case, without the sign
     * @param literal as written
     * @param ofCharset whether the literal means another value under another charset, collation or sql_mode
     */
    public record Assignment(String name, String literal, boolean ofCharset) {}

    private static final Set<String> SCOPES = Set.of("SESSION", "LOCAL");
    private static final Set<String> CONSTANTS = Set.of("NULL", "TRUE", "FALSE");
    private static final List<String> CHARSETS = List.of(
            "character_set_client", "character_set_results", "character_set_connection", "collation_connection");

    private final TextTokens tokens;
    private final int count;

    private StatementText(TextTokens tokens) {
        this.tokens = tokens;
        this.count = tokens.isSymbol(tokens.count() - 1, ";") ? tokens.count() - 1 : tokens.count();
    }

    /** Null if the text cannot be read with certainty, or is more than one statement. */
    public static @Nullable StatementText read(byte[] sql, int from, int length, LexContext context) {
        TextTokens tokens = TextTokens.read(sql, from, length, context);
        if (tokens == null) {
            return null;
        }
        StatementText text = new StatementText(tokens);
        for (int i = 0; i < text.count; i++) {
            if (tokens.isSymbol(i, ";")) {
                return null;
            }
        }
        return text;
    }

    // ---- SET

    /** What a SET assigns to user variables; null if something else than a literal is among it. */
    public @Nullable List<Assignment> literals() {
        List<Assignment> all = new ArrayList<>();
        for (int at = 1; at < count; at = endOfItem(at) + 1) {
            if (tokens.isSymbol(at, "@")) {
                Assignment one = literal(at, endOfItem(at));
                if (one == null) {
                    return null;
                }
                all.add(one);
            }
        }
        return tokens.isWord(0, "SET") ? all : null;
    }

    private @Nullable Assignment literal(int at, int end) {
        boolean named = tokens.isName(at + 1) && (tokens.isSymbol(at + 2, "=") || tokens.isSymbol(at + 2, ":="));
        if (!named) {
            return null;
        }
        StringBuilder literal = new StringBuilder();
        int value = at + 3;
        boolean signed = tokens.isSymbol(value, "-") || tokens.isSymbol(value, "+");
        if (signed) {
            literal.append(tokens.get(value++).text());
        }
        boolean introduced = tokens.kind(value) == Kind.WORD
                && tokens.kind(value + 1) == Kind.STRING
                && (tokens.get(value).text().startsWith("_") || tokens.isWord(value, "N"));
        if (introduced) {
            literal.append(tokens.get(value++).text());
        }
        boolean string = tokens.kind(value) == Kind.STRING;
        boolean constant = string
                || tokens.kind(value) == Kind.NUMBER
                || (tokens.kind(value) == Kind.WORD && CONSTANTS.contains(tokens.upper(value)));
        if (!constant || value + 1 != end) {
            return null;
        }
        literal.append(tokens.get(value).text());
        return new Assignment(tokens.get(at + 1).text().toLowerCase(Locale.ROOT), literal.toString(), string);
    }

    /** What follows SET ROLE, as written: names alone, so that it may be said again; null if not understood. */
    public @Nullable String role() {
        StringBuilder roles = new StringBuilder();
        for (int i = 2; i < count; i++) {
            String text = tokens.get(i).text();
            switch (tokens.kind(i)) {
                case WORD ->
                    roles.append(tokens.isSymbol(i - 1, "@") ? "" : " ").append(text);
                case QUOTED -> roles.append('`').append(text.replace("`", "``")).append('`');
                case STRING, NUMBER -> roles.append(text);
                case SYMBOL -> {
                    if (!text.equals("@") && !text.equals(",") && !text.equals(".")) {
                        return null;
                    }
                    roles.append(text);
                }
                case END -> throw new AssertionError(i);
            }
        }
        return tokens.isWord(1, "ROLE") && roles.length() > 0 ? roles.toString().strip() : null;
    }

    /** The session variables that a SET assigns, in lower case; null if it is not that simple. */
    public @Nullable List<String> assignedVariables() {
        List<String> names = new ArrayList<>();
        for (int at = 1; at < count; at = endOfItem(at) + 1) {
            int name = at;
            if (tokens.isSymbol(at, "@@")) {
                name = tokens.isSymbol(at + 2, ".") && SCOPES.contains(tokens.upper(at + 1)) ? at + 3 : at + 1;
            } else if (SCOPES.contains(tokens.upper(at))) {
                name = at + 1;
            }
            if (tokens.isWord(at, "NAMES") || tokens.isWord(at, "CHARACTER") || tokens.isWord(at, "CHARSET")) {
                names.addAll(CHARSETS);
            } else if (tokens.isName(name) && (tokens.isSymbol(name + 1, "=") || tokens.isSymbol(name + 1, ":="))) {
                names.add(tokens.get(name).text().toLowerCase(Locale.ROOT));
            } else if (!tokens.isSymbol(at, "@")) {
                return null;
            }
        }
        return tokens.isWord(0, "SET") ? names : null;
    }

    private int endOfItem(int start) {
        int depth = 0;
        int at = start;
        while (at < count && (depth > 0 || !tokens.isSymbol(at, ","))) {
            depth += tokens.isSymbol(at, "(") ? 1 : tokens.isSymbol(at, ")") ? -1 : 0;
            at++;
        }
        return at;
    }

    // ---- what the answer follows from

    /** The rows of an INSERT that has nothing but literals; null if it is anything else. */
    public @Nullable PlainInsert plainInsert() {
        return PlainInsert.of(tokens, count);
    }

    /** Whether it defines one table, and is answered with an OK packet that says nothing. */
    public boolean isPlainDefinition() {
        return PlainDefinition.is(tokens, count);
    }

    // ---- names

    /** The tables of CREATE TEMPORARY TABLE and DROP TABLE, as written but for quotes; empty if not understood. */
    public List<String> tables() {
        boolean creates = tokens.isWord(0, "CREATE");
        int at = 1;
        if (tokens.isWord(at, "OR") && tokens.isWord(at + 1, "REPLACE")) {
            at += 2;
        }
        if (tokens.isWord(at, "TEMPORARY")) {
            at++;
        }
        if (!tokens.isWord(at, "TABLE") && !tokens.isWord(at, "TABLES")) {
            return List.of();
        }
        at++;
        if (tokens.isWord(at, "IF") && !tokens.isSymbol(at + 1, ".")) {
            at += tokens.isWord(at + 1, "NOT") ? 3 : 2;
        }
        List<String> names = new ArrayList<>();
        do {
            if (!tokens.isName(at)) {
                return List.of();
            }
            boolean qualified = tokens.isSymbol(at + 1, ".");
            String name = tokens.get(at).text();
            names.add(qualified ? name + "." + tokens.get(at + 2).text() : name);
            at += qualified ? 4 : 2;
        } while (!creates && tokens.isSymbol(at - 1, ","));
        return names;
    }

    /** The lock of a statement that does nothing but call {@code function} once, in lower case; else null. */
    public @Nullable String lock(String function) {
        boolean called = (tokens.isWord(0, "SELECT") || tokens.isWord(0, "DO"))
                && tokens.isWord(1, function)
                && tokens.isSymbol(2, "(")
                && tokens.kind(3) == Kind.STRING;
        if (!called || tokens.get(3).text().indexOf('\\') >= 0) {
            return null;
        }
        int at = 4;
        while (at < count && !tokens.isSymbol(at, ")")) {
            if (tokens.isSymbol(at, "(")) {
                return null;
            }
            at++;
        }
        int alias = tokens.isWord(at + 1, "AS") ? at + 2 : at + 1;
        boolean alone = at + 1 == count || (alias + 1 == count && tokens.kind(alias) != Kind.SYMBOL);
        return alone ? tokens.get(3).text().toLowerCase(Locale.ROOT) : null;
    }

    /** Whether HANDLER opens, rather than reads from what is open. */
    public boolean opensHandler() {
        return tokens.isWord(2, "OPEN") || tokens.isWord(4, "OPEN");
    }

    /** The name by which HANDLER opens or closes; null if not understood. */
    public @Nullable String handler() {
        int last = count - 1;
        if (tokens.isWord(last, "OPEN") || tokens.isWord(last, "CLOSE")) {
            last--;
        }
        return tokens.isName(last) ? tokens.get(last).text() : null;
    }

    /** The name of PREPARE, EXECUTE, DEALLOCATE PREPARE and DROP PREPARE, in lower case; null if not understood. */
    public @Nullable String preparedName() {
        int at = tokens.isWord(0, "DEALLOCATE") || tokens.isWord(0, "DROP") ? 2 : 1;
        return tokens.isName(at) ? tokens.get(at).text().toLowerCase(Locale.ROOT) : null;
    }

    /** What PREPARE prepares, if it says so itself; else null. */
    public byte @Nullable [] preparedText() {
        boolean told =
                tokens.isWord(0, "PREPARE") && tokens.isWord(2, "FROM") && tokens.kind(3) == Kind.STRING && count == 4;
        if (!told || tokens.get(3).text().indexOf('\\') >= 0) {
            return null;
        }
        String quoted = tokens.get(3).text();
        String quote = quoted.substring(0, 1);
        return quoted.substring(1, quoted.length() - 1)
                .replace(quote + quote, quote)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
