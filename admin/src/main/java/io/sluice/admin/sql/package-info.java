// SPDX-License-Identifier: Apache-2.0
/**
 * SQL on the admin port: an embedded SQLite whose tables show and configure Sluice. {@link
 * io.sluice.admin.sql.AdminDatabase} runs statements on a thread of its own, {@link io.sluice.admin.sql.Sqlite} is what
 * keeps SQLite shut in, and the tables are lists of columns with a function that makes the rows.
 */
@NullMarked
package io.sluice.admin.sql;

import org.jspecify.annotations.NullMarked;
