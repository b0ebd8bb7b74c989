// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** COM_QUERY: values of every type, metadata, counts, and errors word for word. */
abstract class TextProtocolTests extends Area {

    @Test
    void returns_every_type_and_its_null() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "text_types", TypeSamples.COLUMNS);
            run(
                    connection,
                    "INSERT INTO text_types VALUES " + TypeSamples.ROW,
                    "INSERT INTO text_types (id) VALUES (2)");
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT * FROM text_types ORDER BY id")) {
                TypeSamples.assertRows(rows);
            }
        }
    }

    @Test
    void returns_the_metadata_of_columns() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "text_meta", "id INT PRIMARY KEY, price DECIMAL(10,2) NOT NULL, name VARCHAR(30)");
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT id, price AS cost, name FROM text_meta m")) {
                ResultSetMetaData meta = rows.getMetaData();
                assertThat(rows.next()).isFalse();
                assertThat(meta.getColumnCount()).isEqualTo(3);
                assertThat(meta.getColumnLabel(2)).isEqualTo("cost");
                assertThat(meta.getColumnName(2)).isEqualTo("price");
                assertThat(meta.getTableName(1)).isEqualTo("text_meta");
                assertThat(meta.getScale(2)).isEqualTo(2);
                assertThat(meta.isNullable(3)).isEqualTo(ResultSetMetaData.columnNullable);
            }
        }
    }

    @Test
    void returns_counts_keys_and_found_rows() throws SQLException {
        try (Connection connection = endpoint().connect();
                Statement statement = connection.createStatement()) {
            table(connection, "text_counts", "id INT AUTO_INCREMENT PRIMARY KEY, v INT");
            assertThat(statement.executeUpdate(
                            "INSERT INTO text_counts (v) VALUES (1), (2), (3)", Statement.RETURN_GENERATED_KEYS))
                    .isEqualTo(3);
            try (ResultSet keys = statement.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
                assertThat(keys.getInt(1)).isEqualTo(1);
            }
            // Connector/J asks for found rows, not changed rows: CLIENT_FOUND_ROWS must reach the server.
            assertThat(statement.executeUpdate("UPDATE text_counts SET v = 2 WHERE v >= 2"))
                    .isEqualTo(2);
        }
        try (Connection connection = endpoint().connect("useAffectedRows=true");
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE text_counts SET v = 2 WHERE v >= 1"))
                    .isEqualTo(1);
        }
    }

    @Test
    void passes_errors_on_word_for_word_and_goes_on() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "text_errors", "id INT PRIMARY KEY");
            run(connection, "INSERT INTO text_errors VALUES (1)");
            SQLException duplicate = error(() -> run(connection, "INSERT INTO text_errors VALUES (1)"));
            assertThat(duplicate.getErrorCode()).isEqualTo(1062);
            assertThat(duplicate.getSQLState()).isEqualTo("23000");
            assertThat(duplicate.getMessage()).startsWith("Duplicate entry '1' for key");

            SQLException missing = error(() -> value(connection, "SELECT x FROM no_such_table"));
            assertThat(missing.getErrorCode()).isEqualTo(1146);
            assertThat(missing.getSQLState()).isEqualTo("42S02");
            assertThat(missing.getMessage()).isEqualTo("Table 'app.no_such_table' doesn't exist");

            SQLException syntax = error(() -> run(connection, "SELEC 1"));
            assertThat(syntax.getErrorCode()).isEqualTo(1064);
            assertThat(syntax.getSQLState()).isEqualTo("42000");

            SQLException own = error(() -> run(connection, "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'wörtlich'"));
            assertThat(own.getErrorCode()).isEqualTo(1644);
            assertThat(own.getMessage()).isEqualTo("wörtlich");

            assertThat(value(connection, "SELECT COUNT(*) FROM text_errors")).isEqualTo("1");
        }
    }

    @Test
    void an_error_in_the_middle_of_rows_ends_the_result() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "text_mid", "id INT PRIMARY KEY, j TEXT");
            run(connection, "INSERT INTO text_mid VALUES (1, '1'), (2, '2'), (3, '3')");
            SQLException error = error(() -> column(
                    connection,
                    "SELECT IF(id < 3, id, (SELECT a.id FROM text_mid a, text_mid b)) FROM text_mid ORDER BY id"));
            assertThat(error.getErrorCode()).isEqualTo(1242);
            assertThat(value(connection, "SELECT COUNT(*) FROM text_mid")).isEqualTo("3");
        }
    }

    @Test
    void computes_exactly() throws SQLException {
        try (Connection connection = endpoint().connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT 0.1 + 0.2, 18446744073709551615, -9223372036854775808, REPEAT('x', 251), REPEAT('y', 65536)")) {
            rows.next();
            assertThat(rows.getBigDecimal(1)).isEqualTo(new BigDecimal("0.3"));
            assertThat(rows.getBigDecimal(2)).isEqualTo(new BigDecimal("18446744073709551615"));
            assertThat(rows.getLong(3)).isEqualTo(Long.MIN_VALUE);
            assertThat(rows.getString(4)).hasSize(251);
            assertThat(rows.getString(5)).hasSize(65536);
        }
    }

    @Test
    void returns_wide_and_empty_results() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            StringBuilder sql = new StringBuilder("SELECT 0");
            for (int i = 1; i < 600; i++) {
                sql.append(", ").append(i);
            }
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql.toString())) {
                assertThat(rows.getMetaData().getColumnCount()).isEqualTo(600);
                rows.next();
                assertThat(rows.getInt(600)).isEqualTo(599);
            }
            assertThat(column(connection, "SELECT 1 FROM DUAL WHERE 1 = 0")).isEmpty();
            assertThat(value(connection, "SELECT ''")).isEmpty();
        }
    }

    @Test
    void show_statements_answer() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "text_show", "id INT PRIMARY KEY");
            assertThat(column(connection, "SHOW TABLES LIKE 'text\\_show'")).isEqualTo(List.of("text_show"));
            assertThat(column(connection, "SHOW COLUMNS FROM text_show")).isEqualTo(List.of("id"));
            assertThat(column(connection, "DESCRIBE text_show")).isEqualTo(List.of("id"));
            assertThat(column(connection, "EXPLAIN SELECT * FROM text_show")).isNotEmpty();
            assertThat(column(connection, "SHOW DATABASES")).contains("app");
        }
    }
}
