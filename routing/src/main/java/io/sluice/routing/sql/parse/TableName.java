// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import org.jspecify.annotations.Nullable;

/**
 * A table as the statement names it, in the statement's case.
 *
 * @param schema null: the session's
 */
public record TableName(@Nullable String schema, String name) {
    @Override
    public String toString() {
        return schema == null ? name : schema + "." + name;
    }
}
