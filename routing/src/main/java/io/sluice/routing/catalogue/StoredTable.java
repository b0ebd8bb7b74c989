// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import org.jspecify.annotations.Nullable;

/**
 * A table or view as a server tells it in information_schema.TABLES.
 *
 * @param type such as {@code BASE TABLE} or {@code VIEW}
 * @param engine null for views
 * @param triggers whether it has some
 * @param definition of a view, as a query; null for tables, and if who asked may not read it
 */
public record StoredTable(
        String schema,
        String name,
        String type,
        @Nullable String engine,
        boolean triggers,
        @Nullable String definition) {}
