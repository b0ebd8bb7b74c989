// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.sql.Schema;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.TextResultSet;
import io.sluice.protocol.codec.TextResultSet.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a statement on the admin port is answered with. */
sealed interface AdminReply {

    AdminReply DONE = new Done("");

    /**
     * An OK packet.
     *
     * @param info for people who look at it; may be empty
     */
    record Done(String info) implements AdminReply {}

    /**
     * An OK packet that says how many rows were changed.
     *
     * @param note what was done, for the audit
     */
    record Changed(long rows, String note) implements AdminReply {}

    /** An OK packet; from now on it is the connection's schema. */
    record Entered(Schema schema) implements AdminReply {}

    /** A text and nothing else, as COM_STATISTICS is answered. */
    record Text(String text) implements AdminReply {}

    /** An ERR packet. */
    record Refused(SqlError error) implements AdminReply {}

    /** Not known yet; the future always ends with a reply. */
    record Later(CompletableFuture<AdminReply> reply) implements AdminReply {}

    /** A result set; null in a row is NULL. */
    record Table(List<Column> columns, List<List<@Nullable String>> rows) implements AdminReply {

        static Table of(String... columns) {
            List<Column> strings = Arrays.stream(columns)
                    .map(name -> new Column(name, TextResultSet.Type.STRING))
                    .toList();
            return new Table(strings, new ArrayList<>());
        }

        Table with(@Nullable Object... values) {
            if (values.length != columns.size()) {
                throw new IllegalArgumentException(values.length + " values for " + columns);
            }
            List<@Nullable String> row = new ArrayList<>(values.length);
            for (@Nullable Object value : values) {
                row.add(value == null ? null : value.toString());
            }
            rows.add(Collections.unmodifiableList(row));
            return this;
        }

        @Override
        public String toString() {
            return columns + " " + Arrays.toString(rows.toArray());
        }
    }
}
