// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.load;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** What a client writes: each its own number, and that of the row. */
public record Row(int writer, int n) {

    /** The columns that a table needs for it. No key is unique, so that a row written twice is there twice. */
    public static final String COLUMNS = "writer INT NOT NULL, n INT NOT NULL, KEY (writer, n)";

    /** How often each row is in the table. */
    public static Map<Row, Integer> count(Connection connection, String table) throws SQLException {
        Map<Row, Integer> rows = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT /* sluice:source */ writer, n FROM " + table)) {
            while (result.next()) {
                rows.merge(new Row(result.getInt(1), result.getInt(2)), 1, Integer::sum);
            }
        }
        return rows;
    }

    String inserted(String table) {
        return "INSERT INTO " + table + " (writer, n) VALUES (" + writer + ", " + n + ")";
    }

    String counted(String table) {
        return "SELECT COUNT(*) FROM " + table + " WHERE writer = " + writer + " AND n = " + n;
    }
}
