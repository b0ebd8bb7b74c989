// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.protocol.codec.TextResultSet.Column;
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
    private final List<@Nullable String> values;

    private ConfigRow(Map<String, Integer> columns, List<@Nullable String> values) {
        this.columns = columns;
        this.values = values;
    }

    static List<ConfigRow> of(SqlAnswer answer) {
        Map<String, Integer> columns =
                numbered(answer.columns().stream().map(Column::name).toList());
        return answer.rows().stream().map(row -> new ConfigRow(columns, row)).toList();
    }

    /** Of rows that were not read from a table. */
    static List<ConfigRow> of(List<String> names, List<@Nullable Object[]> rows) {
        Map<String, Integer> columns = numbered(names);
        List<ConfigRow> all = new ArrayList<>(rows.size());
        for (@Nullable Object[] row : rows) {
            List<@Nullable String> values = new ArrayList<>(row.length);
            for (@Nullable Object value : row) {
                values.add(value == null ? null : value.toString());
            }
            all.add(new ConfigRow(columns, values));
        }
        return all;
    }

    private static Map<String, Integer> numbered(List<String> names) {
        Map<String, Integer> columns = new HashMap<>();
        names.forEach(name -> columns.put(name.toLowerCase(Locale.ROOT), columns.size()));
        return columns;
    }

    /** Of a column that may be NULL. */
    @Nullable
    String text(String column) {
        Integer at = columns.get(column);
        return values.get(
                at == null ? Objects.requireNonNull(columns.get(column.toLowerCase(Locale.ROOT)), column) : at);
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
        String text = text(column);
        if (text == null) {
            return null;
        }
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            problems.add(column + " is '" + text + "', write a whole number below 2^31");
            return null;
        }
    }

    int number(String column, List<String> problems) {
        Integer number = integer(column, problems);
        return number == null ? 0 : number;
    }
}
