// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.sql.PlainInsert;
import io.sluice.routing.sql.PlainInsert.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The columns of a base table of InnoDB without triggers, AUTO_INCREMENT and generated columns: what decides whether
 * rows go in as they are, without a warning, and without an insert id.
 */
public record TableShape(List<Column> columns) {
    /**
     * One of them, in the table's order.
     *
     * @param type in lower case, without size, such as varchar
     * @param maxLength of texts, in characters (of text types: in bytes)
     * @param charset in lower case; empty for numbers
     * @param hasDefault whether rows need not name it, NULL being a default as well
     */
    public record Column(
            String name,
            String type,
            boolean unsigned,
            long maxLength,
            String charset,
            boolean nullable,
            boolean hasDefault) {}

    /** Bits of whole numbers. */
    private static final Map<String, Integer> WHOLE =
            Map.of("tinyint", 8, "smallint", 16, "mediumint", 24, "int", 32, "bigint", 64);

    private static final Set<String> SIZED = Set.of("char", "varchar");
    private static final Set<String> TEXTS = Set.of("tinytext", "text", "mediumtext", "longtext");
    /** They have every character that a byte of printable ASCII stands for in any charset of a client. */
    private static final Set<String> CHARSETS = Set.of("utf8mb4", "utf8mb3", "utf8", "latin1");

    private static final int MOST_BYTES_PER_CHARACTER = 4;

    public TableShape {
        columns = List.copyOf(columns);
    }

    /** Whether every row goes in without a warning, whatever the sql_mode. */
    boolean takes(PlainInsert insert) {
        List<Column> named = insert.columns().isEmpty() ? columns : named(insert.columns());
        if (named.size() != insert.width()) {
            return false;
        }
        Set<Column> others = new HashSet<>(columns);
        named.forEach(others::remove);
        if (!others.stream().allMatch(Column::hasDefault)) {
            return false;
        }
        for (List<Value> row : insert.rows()) {
            for (int i = 0; i < row.size(); i++) {
                if (!fits(row.get(i), named.get(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Fewer than names if one is not there, or twice. */
    private List<Column> named(List<String> names) {
        return names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .distinct()
                .flatMap(name -> columns.stream()
                        .filter(column -> column.name().toLowerCase(Locale.ROOT).equals(name)))
                .toList();
    }

    private static boolean fits(Value value, Column column) {
        boolean text = SIZED.contains(column.type) || TEXTS.contains(column.type);
        Integer bits = WHOLE.get(column.type);
        if (value instanceof Value.Null) {
            return column.nullable && (text || bits != null);
        }
        if (value instanceof Value.Whole whole) {
            return bits != null && fits(whole.number(), bits, column.unsigned);
        }
        long length = ((Value.Text) value).length();
        long room = TEXTS.contains(column.type) ? column.maxLength / MOST_BYTES_PER_CHARACTER : column.maxLength;
        return text && CHARSETS.contains(column.charset) && length <= room;
    }

    /** Numbers here have 18 digits at most, which any bigint takes. */
    private static boolean fits(long number, int bits, boolean unsigned) {
        if (unsigned) {
            return number >= 0 && (bits == Long.SIZE || number < 1L << bits);
        }
        return bits == Long.SIZE || (number >= -(1L << (bits - 1)) && number < 1L << (bits - 1));
    }
}
