// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.TextTokens.Kind;
import io.sluice.routing.sql.TextTokens.Token;
import io.sluice.routing.sql.parse.TableName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL)}: rows of literals and nothing else, so that what the server
 * answers follows from the text and the table.
 *
 * @param columns as written; empty: all of them, in the table's order
 * @param rows each with as many values as every other
 */
public record PlainInsert(TableName table, List<String> columns, List<List<Value>> rows) {
    private static final int MAX_DIGITS = 18;

    /** A literal whose meaning depends on no setting. */
    public sealed interface Value {
        /** A whole number. */
        record Whole(long number) implements Value {}

        /** Printable ASCII of so many characters. */
        record Text(int length) implements Value {}

        /** NULL. */
        record Null() implements Value {}
    }

    /** Null if it is anything else. */
    static @Nullable PlainInsert of(TextTokens tokens, int count) {
        return new Reader(tokens, count).read();
    }

    private static final class Reader {
        private final TextTokens tokens;
        private final int count;
        private int at;

        Reader(TextTokens tokens, int count) {
            this.tokens = tokens;
            this.count = count;
        }

        @Nullable
        PlainInsert read() {
            if (!word("INSERT")) {
                return null;
            }
            boolean into = word("INTO");
            TableName table = table(into);
            if (table == null) {
                return null;
            }
            List<String> columns = List.of();
            if (tokens.isSymbol(at, "(")) {
                columns = columns();
                if (columns.isEmpty()) {
                    return null;
                }
            }
            if (!word("VALUES") && !word("VALUE")) {
                return null;
            }
            List<List<Value>> rows = new ArrayList<>();
            do {
                List<Value> row = row();
                int width = rows.isEmpty() ? columns.size() : rows.get(0).size();
                if (row.isEmpty() || (width != 0 && row.size() != width)) {
                    return null;
                }
                rows.add(row);
            } while (symbol(","));
            return at == count ? new PlainInsert(table, List.copyOf(columns), List.copyOf(rows)) : null;
        }

        private boolean word(String upperCase) {
            boolean there = at < count && tokens.isWord(at, upperCase);
            at += there ? 1 : 0;
            return there;
        }

        private boolean symbol(String sign) {
            boolean there = at < count && tokens.isSymbol(at, sign);
            at += there ? 1 : 0;
            return there;
        }

        /** Without INTO, a bare word may be LOW_PRIORITY or IGNORE. */
        private @Nullable TableName table(boolean into) {
            if (!into && tokens.kind(at) != Kind.QUOTED) {
                return null;
            }
            String first = name();
            if (first == null) {
                return null;
            }
            if (!symbol(".")) {
                return new TableName(null, first);
            }
            String second = name();
            return second == null ? null : new TableName(first, second);
        }

        /** Null if there is none, or one that is not ASCII. */
        private @Nullable String name() {
            if (at >= count || !tokens.isName(at)) {
                return null;
            }
            String name = tokens.get(at++).text();
            return !name.isEmpty() && name.chars().allMatch(c -> c < 0x80) ? name : null;
        }

        private List<String> columns() {
            List<String> names = new ArrayList<>();
            at++;
            do {
                String name = name();
                if (name == null) {
                    return List.of();
                }
                names.add(name);
            } while (symbol(","));
            return symbol(")") ? names : List.of();
        }

        private List<Value> row() {
            List<Value> values = new ArrayList<>();
            if (!symbol("(")) {
                return List.of();
            }
            do {
                Value value = value();
                if (value == null) {
                    return List.of();
                }
                values.add(value);
            } while (symbol(","));
            return symbol(")") ? List.copyOf(values) : List.of();
        }

        private @Nullable Value value() {
            if (word("NULL")) {
                return new Value.Null();
            }
            boolean minus = symbol("-");
            if (at >= count) {
                return null;
            }
            Token token = tokens.get(at++);
            if (token.kind() == Kind.NUMBER && token.text().matches("[0-9]{1," + MAX_DIGITS + "}")) {
                long number = Long.parseLong(token.text());
                return new Value.Whole(minus ? -number : number);
            }
            return !minus && token.kind() == Kind.STRING ? text(token.text()) : null;
        }

        /** With its quotes; nothing in it that could be an escape or another character than it looks like. */
        private static @Nullable Value text(String literal) {
            char quote = literal.charAt(0);
            String inner = literal.substring(1, literal.length() - 1);
            boolean simple = inner.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '\\' && c != quote);
            return simple ? new Value.Text(inner.length()) : null;
        }
    }

    /** How many values each row has. */
    public int width() {
        return rows.get(0).size();
    }
}
