// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A table that is filled whenever it is read, and never changed by a statement.
 *
 * @param columns their definitions as CREATE TABLE has them
 * @param rows makes its rows, on the database's thread; each has a value for every column: a text, a number or null
 * @param of what the rows are made of: as long as it is the same object, so are they; null if that is not known
 * @param once whether reading takes the rows away, so that a statement must be right before they are made
 */
record ShownTable(
        Schema schema,
        String name,
        String columns,
        Supplier<List<@Nullable Object[]>> rows,
        Supplier<@Nullable Object> of,
        boolean once) {

    static ShownTable of(Schema schema, String name, String columns, Supplier<List<@Nullable Object[]>> rows) {
        return new ShownTable(schema, name, columns, rows, () -> null, false);
    }

    ShownTable madeOf(Supplier<@Nullable Object> origin) {
        return new ShownTable(schema, name, columns, rows, origin, once);
    }

    String path() {
        return schema.sql() + "." + name;
    }

    /** Whether a statement with these words may read it. */
    boolean isNamedIn(Set<String> lowerCaseWords) {
        return lowerCaseWords.contains(name);
    }
}
