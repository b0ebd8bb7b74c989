// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The text that names a statement to people, and its number. Two texts that have the same STATEMENT_DIGEST() on a
 * server have the same here: keywords and built-in functions are in upper case, names that need no quotes have none.
 * As there, an unquoted name that is also a keyword loses its case, which may merge tables: a digest is a name only.
 */
final class DigestText {
    /** What is kept of a long text; its number covers all of it. */
    private static final int LENGTH_MAX = 1024;

    private static final String TABLE = "keywords.txt";
    private static final Set<String> KEYWORDS = load();

    private DigestText() {}

    static String of(Tokens tokens) {
        StringBuilder text = new StringBuilder();
        int comment = 0;
        int end = end(tokens);
        int signsEnd = 0; // of the run of signs that was met last, and whether they belong to a literal
        boolean ofLiteral = false;
        for (int i = 0; i < tokens.count(); i++) {
            if (tokens.comment(i) != comment) {
                text.append(comment == 0 ? "" : " */");
                comment = tokens.comment(i);
                text.append(comment == 0 ? "" : text.length() == 0 ? "/*!" : " /*!");
            }
            if (i >= signsEnd && isSign(tokens, i)) {
                signsEnd = afterSigns(tokens, i);
                ofLiteral = isLiteral(tokens, signsEnd) && !endsOperand(tokens, i);
            }
            if (i < end && !(i < signsEnd && ofLiteral)) {
                append(tokens, i, text);
            }
        }
        if (comment != 0) {
            text.append(" */");
        }
        return tokens.isUnlexable() ? text.append(" ...").toString() : text.toString();
    }

    private static void append(Tokens tokens, int i, StringBuilder text) {
        if (i > 0 && wantsBlank(tokens, i)) {
            text.append(' ');
        }
        switch (tokens.kind(i)) {
            case WORD -> {
                if (tokens.isWord(i, "NULL") && !tokens.isWord(i - 1, "IS") && !tokens.isWord(i - 1, "NOT")) {
                    value(text);
                } else if (tokens.text(i).startsWith("_") && isLiteral(tokens, i + 1)) {
                    text.append("_charset"); // whichever it is
                } else {
                    text.append(isKeyword(tokens, i) || i == 0 ? tokens.text(i) : tokens.spelling(i));
                }
            }
            case QUOTED -> {
                String name = tokens.text(i);
                if (needsQuotes(tokens, i, name)) {
                    quoted(name, text);
                } else {
                    text.append(name);
                }
            }
            case LITERAL -> value(text);
            case USER_VARIABLE -> text.append("@?");
            case SYMBOL -> {
                text.append(tokens.text(i));
                if (endsWith(text, "(?), (?)")) {
                    text.setLength(text.length() - ", (?)".length());
                }
            }
        }
    }

    /** Several in a row are one. */
    private static void value(StringBuilder text) {
        if (endsWith(text, "?, ")) {
            text.setLength(text.length() - "?, ".length());
        }
        text.append('?');
    }

    private static boolean endsWith(StringBuilder text, String end) {
        return text.length() >= end.length() && text.indexOf(end, text.length() - end.length()) >= 0;
    }

    /** The index after a run of signs. */
    private static int afterSigns(Tokens tokens, int first) {
        int at = first;
        while (isSign(tokens, at)) {
            at++;
        }
        return at;
    }

    /** Whether an operand ends before this token, so that a sign there is an operator. */
    private static boolean endsOperand(Tokens tokens, int i) {
        return i == 0
                || tokens.isSymbol(i - 1, ")")
                || (tokens.kind(i - 1) != Kind.SYMBOL && !isKeyword(tokens, i - 1));
    }

    private static boolean isLiteral(Tokens tokens, int i) {
        return i < tokens.count() && tokens.kind(i) == Kind.LITERAL;
    }

    private static boolean isSign(Tokens tokens, int i) {
        return tokens.isSymbol(i, "-") || tokens.isSymbol(i, "+");
    }

    /** Where the text ends, but for semicolons. */
    private static int end(Tokens tokens) {
        int end = tokens.count();
        while (tokens.isSymbol(end - 1, ";")) {
            end--;
        }
        return end;
    }

    private static boolean isKeyword(Tokens tokens, int i) {
        if (!tokens.isWord(i)) {
            return false;
        }
        String word = tokens.text(i);
        boolean call = tokens.isSymbol(i + 1, "(") && BuiltinFunctions.has(word, null);
        return (call || KEYWORDS.contains(word)) && !isPart(tokens, i);
    }

    private static boolean needsQuotes(Tokens tokens, int i, String name) {
        String word = SqlBytes.upper(name);
        boolean call = tokens.isSymbol(i + 1, "(") && BuiltinFunctions.has(word, null);
        return !isName(name) || (!isPart(tokens, i) && (call || KEYWORDS.contains(word)));
    }

    /** Beside a dot any word is a name, but for the scope of a system variable. */
    private static boolean isPart(Tokens tokens, int i) {
        return tokens.isSymbol(i - 1, ".") || (tokens.isSymbol(i + 1, ".") && !tokens.isSymbol(i - 1, "@@"));
    }

    /** Whether it would be read as the same name without quotes, if it is no keyword. */
    private static boolean isName(String text) {
        return !text.isEmpty()
                && !Character.isDigit(text.charAt(0))
                && text.chars().allMatch(c -> c >= 0x80 || SqlBytes.isWord((byte) c));
    }

    private static Set<String> load() {
        try (InputStream stream = DigestText.class.getResourceAsStream(TABLE)) {
            if (stream == null) {
                throw new AssertionError(TABLE + " is missing");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void quoted(String name, StringBuilder text) {
        text.append('`').append(name.replace("`", "``")).append('`');
    }

    /** Blanks around words and operators, none beside parentheses, dots and before commas. */
    private static boolean wantsBlank(Tokens tokens, int i) {
        boolean glued = (tokens.kind(i) == Kind.SYMBOL && ".,();".contains(tokens.text(i)))
                || (tokens.kind(i - 1) == Kind.SYMBOL
                        && (tokens.isSymbol(i - 1, ".")
                                || tokens.isSymbol(i - 1, "(")
                                || tokens.isSymbol(i - 1, "@@")
                                || tokens.isSymbol(i - 1, "@")));
        boolean operators = tokens.kind(i) == Kind.SYMBOL
                && tokens.kind(i - 1) == Kind.SYMBOL
                && !"@@".equals(tokens.text(i))
                && !tokens.isSymbol(i - 1, ")")
                && !tokens.isSymbol(i - 1, ",");
        boolean clause =
                tokens.isSymbol(i, "(") && tokens.isWord(i - 1) && !FunctionRules.isCallable(tokens.text(i - 1));
        return clause || (!glued && !operators);
    }

    /** FNV-1a over the characters, finished by a mix: stable across processes and versions. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        return hash;
    }

    static String shortened(String text) {
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
    }
}
