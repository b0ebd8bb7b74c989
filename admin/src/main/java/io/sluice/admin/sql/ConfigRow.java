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
    private final Map<String, @Nullable String> values;

    private ConfigRow(Map<String, @Nullable String> values) {
        this.values = values;
    }

    static List<ConfigRow> of(SqlAnswer answer) {
        List<ConfigRow> rows = new ArrayList<>();
        for (List<@Nullable String> row : answer.rows()) {
            Map<String, @Nullable String> values = new HashMap<>();
            for (int i = 0; i < row.size(); i++) {
                values.put(answer.columns().get(i).name().toLowerCase(Locale.ROOT), row.get(i));
            }
            rows.add(new ConfigRow(values));
        }
        return rows;
    }

    /** Of a column that may be NULL. */
    @Nullable
    String text(String column) {
        return values.get(column.toLowerCase(Locale.ROOT));
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
