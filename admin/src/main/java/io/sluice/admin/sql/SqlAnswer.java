// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.protocol.codec.TextResultSet.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement has led to.
 *
 * @param columns empty if it has no result set
 * @param rows each as long as {@code columns}; null is NULL
 * @param changed rows that it has changed
 * @param note what it has done, for the audit; may be empty
 */
public record SqlAnswer(List<Column> columns, List<List<@Nullable String>> rows, long changed, String note) {

    SqlAnswer(List<Column> columns, List<List<@Nullable String>> rows) {
        this(columns, rows, 0, "");
    }

    static SqlAnswer ofChange(long rows) {
        return new SqlAnswer(List.of(), List.of(), rows, rows == 1 ? "1 row" : rows + " rows");
    }

    static SqlAnswer of(String note) {
        return new SqlAnswer(List.of(), List.of(), 0, note);
    }

    public boolean hasRows() {
        return !columns.isEmpty();
    }
}
