// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.monitor.GlobalGrants;
import io.sluice.core.session.TableShape;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a table looks like, as long as its rows go in without any effect beside. For one thread. */
final class TableInspector {
    /** Who lacks them is told that there are no triggers, or columns. */
    private static final Set<String> NEEDED = Set.of("SELECT", "TRIGGER");

    private static final String TABLE =
            "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                    + " AND TABLE_TYPE = 'BASE TABLE' AND ENGINE = 'InnoDB' AND CREATE_TIME < NOW() - INTERVAL ? SECOND"
                    + " AND @@GLOBAL.lc_messages LIKE 'en%'";
    private static final String TRIGGERS =
            "SELECT 1 FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?";
    private static final String COLUMNS = "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, CHARACTER_MAXIMUM_LENGTH,"
            + " CHARACTER_SET_NAME, IS_NULLABLE, COLUMN_DEFAULT, EXTRA FROM information_schema.COLUMNS"
            + " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";
    /** Else the key that MySQL adds to tables without one, an AUTO_INCREMENT, may not be shown. */
    private static final String SHOWS_ADDED_KEYS = "SELECT @@SESSION.show_gipk_in_create_table_and_information_schema";

    private static final Pattern NOW = Pattern.compile("(?i)current_timestamp(\\(\\d?\\))?");
    private static final Pattern UPDATED_NOW =
            Pattern.compile("(?i)(default_generated)? ?(on update current_timestamp(\\(\\d?\\))?)?");
    /** MariaDB shows expressions, too, and quotes texts. */
    private static final Pattern CONSTANT = Pattern.compile("NULL|-?\\d+(\\.\\d+)?|'[^']*'");

    private final JdbcSession session;
    private final boolean mariadb;

    TableInspector(JdbcSession session, boolean mariadb) {
        this.session = session;
        this.mariadb = mariadb;
    }

    /** Null if it has triggers, generated columns and the like, is no table, or was changed since. */
    @Nullable
    TableShape inspect(String schema, String table, Duration unchangedFor) throws SQLException {
        try (Statement statement = session.statement()) {
            if (!GlobalGrants.missing(statement, NEEDED).isEmpty()) {
                return null;
            }
        }
        if (!mariadb && !session.one(SHOWS_ADDED_KEYS).equals("1")) {
            return null;
        }
        // Both ends of the time are whole seconds.
        if (!exists(TABLE, schema, table, unchangedFor.toSeconds() + 2) || exists(TRIGGERS, schema, table, null)) {
            return null;
        }
        List<TableShape.Column> columns = new ArrayList<>();
        try (PreparedStatement statement = session.prepare(COLUMNS)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    TableShape.Column column = column(row);
                    if (column == null) {
                        return null;
                    }
                    columns.add(column);
                }
            }
        }
        return columns.isEmpty() ? null : new TableShape(columns);
    }

    private boolean exists(String sql, String schema, String table, @Nullable Long seconds) throws SQLException {
        try (PreparedStatement statement = session.prepare(sql)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            if (seconds != null) {
                statement.setLong(3, seconds);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private TableShape.@Nullable Column column(ResultSet row) throws SQLException {
        String extra = String.valueOf(row.getString("EXTRA")).strip();
        String initial = row.getString("COLUMN_DEFAULT");
        boolean now = initial != null && NOW.matcher(initial).matches();
        boolean generated = extra.toLowerCase(Locale.ROOT).startsWith("default_generated");
        if (!UPDATED_NOW.matcher(extra).matches() || (generated && !now)) {
            return null; // AUTO_INCREMENT, GENERATED, INVISIBLE, an expression
        }
        boolean nullable = row.getString("IS_NULLABLE").equals("YES");
        boolean constant = initial == null
                ? nullable
                : now || !mariadb || CONSTANT.matcher(initial).matches();
        String charset = row.getString("CHARACTER_SET_NAME");
        return new TableShape.Column(
                row.getString("COLUMN_NAME"),
                row.getString("DATA_TYPE").toLowerCase(Locale.ROOT),
                row.getString("COLUMN_TYPE").toLowerCase(Locale.ROOT).contains("unsigned"),
                row.getLong("CHARACTER_MAXIMUM_LENGTH"),
                charset == null ? "" : charset.toLowerCase(Locale.ROOT),
                nullable,
                constant);
    }
}
