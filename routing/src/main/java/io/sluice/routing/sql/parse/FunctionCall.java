// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import org.jspecify.annotations.Nullable;

/**
 * A function, or a procedure, that the statement calls.
 *
 * @param schema null if it is not named
 * @param quoted the name was in backticks: no built-in function is called so
 */
public record FunctionCall(@Nullable String schema, String name, boolean quoted) {
    @Override
    public String toString() {
        return schema == null ? name : schema + "." + name;
    }
}
