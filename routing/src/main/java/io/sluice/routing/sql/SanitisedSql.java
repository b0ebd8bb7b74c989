// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * One statement as the text that the parser takes. All literals are {@code ?}; every word that is not a keyword where
 * it stands is in backticks, so that the grammar needs no notion of reserved words; words that only mean something
 * together are joined by underscores. Comments are gone since the lexer.
 *
 * @param quotedNames columns, from 1, where a name begins that the client had in backticks
 */
record SanitisedSql(String text, BitSet quotedNames) {
    /** Beyond these the parser is not asked: they bound its time, its memory and the depth of its stack. */
    static final int LENGTH_MAX = 32 << 10;

    static final int TOKENS_MAX = 4096;
    static final int DEPTH_MAX = 64;

    /** Each makes the tree one level deeper, and the parser joins them in quadratic time. */
    static final int SET_OPERATIONS_MAX = 256;

    /** Null if the statement is beyond a limit, or begins with a word that no statement begins with. */
    static @Nullable SanitisedSql of(Tokens tokens) {
        if (tokens.count() > TOKENS_MAX
                || tokens.isUnlexable()
                || depth(tokens) > DEPTH_MAX
                || setOperations(tokens) > SET_OPERATIONS_MAX) {
            return null;
        }
        Writer writer = new Writer(tokens);
        int start = 0;
        do {
            Opening opening = Opening.of(start == 0 ? tokens : tokens.slice(start, tokens.count()));
            if (opening == null) {
                return null;
            }
            writer.text.append(opening.words());
            int next = start + opening.next();
            start = opening.prefixesAnother() ? tokens.outsideParentheses(next, "FOR") : tokens.count();
            writer.write(next, start);
            if (start < tokens.count()) {
                writer.text.append(" FOR ");
                start++;
            }
        } while (start < tokens.count());
        return writer.text.length() > LENGTH_MAX ? null : new SanitisedSql(writer.text.toString(), writer.quotedNames);
    }

    /** How deep parentheses and CASE nest; INTERVAL counts when nothing closes it. */
    private static int depth(Tokens tokens) {
        int depth = 0;
        int cases = 0;
        int intervals = 0;
        int deepest = 0;
        for (int i = 0; i < tokens.count(); i++) {
            if (tokens.isSymbol(i, "(") || tokens.isSymbol(i, "{")) {
                depth++;
            } else if (tokens.isSymbol(i, ")") || tokens.isSymbol(i, "}")) {
                depth--;
            } else if (tokens.isWord(i, "CASE")) {
                cases++;
            } else if (tokens.isWord(i, "END") && cases > 0) {
                cases--;
            } else if (tokens.isWord(i, "INTERVAL")) {
                intervals++;
            }
            deepest = Math.max(deepest, depth + cases + Math.max(0, intervals - DEPTH_MAX));
        }
        return deepest;
    }

    private static int setOperations(Tokens tokens) {
        int count = 0;
        for (int i = 0; i < tokens.count(); i++) {
            if (tokens.isWord(i, "UNION") || tokens.isWord(i, "EXCEPT") || tokens.isWord(i, "INTERSECT")) {
                count++;
            }
        }
        return count;
    }

    /** Writes token after token. */
    private static final class Writer {
        private final Tokens tokens;
        private final Keywords keywords;
        private final StringBuilder text = new StringBuilder();
        private final BitSet quotedNames = new BitSet();

        Writer(Tokens tokens) {
            this.tokens = tokens;
            this.keywords = new Keywords(tokens);
        }

        void write(int from, int to) {
            int i = from;
            while (i < to && text.length() <= LENGTH_MAX) {
                i = token(i);
            }
        }

        private int token(int i) {
            blank(i);
            switch (tokens.kind(i)) {
                case LITERAL -> text.append('?');
                case QUOTED -> {
                    quotedNames.set(text.length() + 1);
                    name(tokens.text(i));
                }
                case USER_VARIABLE -> {
                    text.append('@');
                    name(tokens.text(i));
                }
                case WORD -> {
                    return word(i);
                }
                case SYMBOL -> text.append(tokens.text(i));
            }
            return i + 1;
        }

        private int word(int i) {
            if (tokens.isSymbol(i - 1, ".") || tokens.isSymbol(i + 1, ".")) {
                name(tokens.spelling(i));
                return i + 1;
            }
            Keywords.Reading reading = keywords.at(i);
            if (reading == null) {
                name(tokens.spelling(i));
                return i + 1;
            }
            text.append(reading.words());
            return i + reading.count();
        }

        /** Signs that touched are one operator if there is such a one; all others are kept apart. */
        private void blank(int i) {
            if (text.length() == 0) {
                return;
            }
            if (tokens.kind(i) == Kind.SYMBOL && tokens.kind(i - 1) == Kind.SYMBOL) {
                String before = tokens.text(i - 1);
                String sign = tokens.text(i);
                char last = text.charAt(text.length() - 1);
                boolean glued = switch (sign) {
                    case "=" -> "<>!".contains(before);
                    case ">" -> "<>-=".contains(before);
                    case "<", "|", "&" -> before.equals(sign);
                    default -> false;
                };
                if (glued && last != ' ') {
                    return;
                }
            }
            text.append(' ');
        }

        private void name(String latin1) {
            String name = new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            text.append('`')
                    .append(
                            name.isEmpty()
                                    ? " "
                                    : name.replace("`", "``").replace('\n', ' ').replace('\r', ' '))
                    .append('`');
        }
    }
}
