// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import org.jspecify.annotations.Nullable;

/**
 * A stored function as a server tells it in information_schema.ROUTINES.
 *
 * @param definition from CREATE to its end; null: not to be read by who asked
 * @param inSql whether the body is in SQL, and not in another language
 * @param access what it declares of its access to data, as in {@code READS SQL DATA}
 * @param sqlMode under which it was created, and is run
 * @param recent whether it was created or changed so lately that some replica that serves reads may not have it yet
 */
public record StoredFunction(
        String schema,
        String name,
        @Nullable String definition,
        boolean inSql,
        String access,
        String sqlMode,
        boolean recent) {

    /** The same once its definition is known. */
    public StoredFunction withDefinition(@Nullable String known) {
        return new StoredFunction(schema, name, known, inSql, access, sqlMode, recent);
    }

    /** Without what passes with time: a function that differs in nothing else is the same. */
    boolean isSameAs(StoredFunction other) {
        return withRecent(false).equals(other.withRecent(false));
    }

    private StoredFunction withRecent(boolean now) {
        return new StoredFunction(schema, name, definition, inSql, access, sqlMode, now);
    }
}
