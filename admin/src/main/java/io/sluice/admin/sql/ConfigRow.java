// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A row of a table of the configuration, which has kept the checks of its columns. */
final class ConfigRow {
    private final Map<String, Integer> columns;
    private final @Nullable Object[] values;

    private ConfigRow(Map<String, Integer> columns, @Nullable Object[] values) {
        this.columns = columns;
        this.values = values;
    }

    /** @param rows texts, numbers or null, one for each name; they are not copied */
    static List<ConfigRow> of(List<String> names, List<@Nullable Object[]> rows) {
        Map<String, Integer> columns = numbered(names);
        List<ConfigRow> all = new ArrayList<>(rows.size());
        for (@Nullable Object[] row : rows) {
            all.add(new ConfigRow(columns, row));
        }
        return all;
    }

    private static Map<String, Integer> numbered(List<String> names) {
        Map<String, Integer> columns = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            columns.put(names.get(i), i);
            columns.put(names.get(i).toLowerCase(Locale.ROOT), i);
        }
        return columns;
    }

    private @Nullable Object value(String column) {
        Integer at = columns.get(column);
        return values[at == null ? Objects.requireNonNull(columns.get(column.toLowerCase(Locale.ROOT)), column) : at];
    }

    /** Of a column that may be NULL. */
    @Nullable
    String text(String column) {
        Object value = value(column);
        return value == null ? null : value.toString();
    }

    /** Whether another row, of whatever origin, has the same there. */
    boolean hasSame(String column, ConfigRow other) {
        return isSame(value(column), other.value(column));
    }

    /** Whether it has that text or number there. */
    boolean has(String column, Object wanted) {
        return isSame(value(column), wanted);
    }

    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        return Objects.equals(one, other)
                || (one != null && other != null && one.toString().equals(other.toString()));
    }

    List<@Nullable String> values(List<String> some) {
        List<@Nullable String> texts = new ArrayList<>(some.size());
        some.forEach(column -> texts.add(text(column)));
        return texts;
    }

    /** Of a column that is NOT NULL. */
    String required(String column) {
        return Objects.requireNonNull(text(column), column);
    }

    /** Of a column that may be NULL and else is an integer; what is none is a problem. */
    @Nullable
    Integer integer(String column, List<String> problems) {
        Object value = value(column);
        if (value == null || value instanceof Integer) {
            return (Integer) value;
        }
        try {
            return Integer.valueOf(value.toString());
        } catch (NumberFormatException e) {
            problems.add(column + " is '" + value + "', write a whole number below 2^31");
            return null;
        }
    }

    int number(String column, List<String> problems) {
        Integer number = integer(column, problems);
        return number == null ? 0 : number;
    }
}
