// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.JdbcConnection;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The binary protocol: COM_STMT_PREPARE, EXECUTE, FETCH, SEND_LONG_DATA, RESET, CLOSE. */
abstract class PreparedStatementTests extends Area {
    private static final String SERVER_SIDE = "useServerPrepStmts=true";

    @Test
    void one_statement_runs_many_times() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE)) {
            table(connection, "prep_many", "id INT PRIMARY KEY, v VARCHAR(20)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO prep_many VALUES (?, ?)");
                    PreparedStatement select = connection.prepareStatement("SELECT v FROM prep_many WHERE id = ?")) {
                for (int i = 0; i < 50; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "v" + i);
                    assertThat(insert.executeUpdate()).isEqualTo(1);
                    select.setInt(1, i);
                    try (ResultSet rows = select.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString(1)).isEqualTo("v" + i);
                    }
                }
            }
        }
    }

    @Test
    void many_statements_are_open_side_by_side() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE)) {
            table(connection, "prep_side", "id INT PRIMARY KEY");
            run(connection, "INSERT INTO prep_side VALUES (1)");
            List<PreparedStatement> statements = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                statements.add(connection.prepareStatement("SELECT id + " + i + " + ? FROM prep_side"));
            }
            for (int i = statements.size() - 1; i >= 0; i--) {
                statements.get(i).setInt(1, 1000);
                try (ResultSet rows = statements.get(i).executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(1001 + i);
                }
            }
            for (PreparedStatement statement : statements) {
                statement.close();
            }
        }
    }

    @Test
    void every_type_goes_in_and_comes_out() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE)) {
            table(connection, "prep_types", TypeSamples.COLUMNS);
            run(
                    connection,
                    "INSERT INTO prep_types VALUES " + TypeSamples.ROW,
                    "INSERT INTO prep_types (id) VALUES (2)");
            try (PreparedStatement select = connection.prepareStatement("SELECT * FROM prep_types ORDER BY id");
                    ResultSet rows = select.executeQuery()) {
                TypeSamples.assertRows(rows);
            }
        }
    }

    @Test
    void parameters_change_their_types_between_executions() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE)) {
            table(connection, "prep_param", "id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(100)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO prep_param (v) VALUES (?)")) {
                insert.setInt(1, 42);
                insert.executeUpdate();
                insert.setString(1, "text");
                insert.executeUpdate();
                insert.setNull(1, Types.VARCHAR);
                insert.executeUpdate();
                insert.setBigDecimal(1, new BigDecimal("1.50"));
                insert.executeUpdate();
                insert.setDate(1, Date.valueOf("2024-02-29"));
                insert.executeUpdate();
                insert.setBytes(1, new byte[] {'b'});
                insert.executeUpdate();
            }
            assertThat(column(connection, "SELECT v FROM prep_param ORDER BY id"))
                    .isEqualTo(List.of("42", "text", "NULL", "1.50", "2024-02-29", "b"));
        }
    }

    @Test
    void long_data_is_sent_in_pieces() throws SQLException {
        byte[] lump = new byte[300_000];
        new Random(7).nextBytes(lump);
        try (Connection connection = endpoint().connect(SERVER_SIDE, "blobSendChunkSize=8192")) {
            table(connection, "prep_long", "id INT PRIMARY KEY, lump LONGBLOB");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO prep_long VALUES (?, ?)")) {
                for (int i = 0; i < 3; i++) {
                    insert.setInt(1, i);
                    insert.setBinaryStream(2, new ByteArrayInputStream(lump), lump.length);
                    insert.executeUpdate();
                    insert.clearParameters();
                }
            }
            try (PreparedStatement select = connection.prepareStatement("SELECT lump FROM prep_long ORDER BY id");
                    ResultSet rows = select.executeQuery()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getBytes(1)).isEqualTo(lump);
                }
            }
        }
    }

    @Test
    void cursors_fetch_in_portions() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE, "useCursorFetch=true")) {
            table(connection, "prep_cursor", "id INT AUTO_INCREMENT PRIMARY KEY");
            run(connection, "INSERT INTO prep_cursor VALUES (1), (2), (3), (4), (5), (6), (7)");
            run(
                    connection,
                    "INSERT INTO prep_cursor (id) SELECT a.id * 100 + b.id * 10 + 8 FROM prep_cursor a, prep_cursor b");
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT id FROM prep_cursor WHERE id > ? ORDER BY id")) {
                for (int round = 0; round < 3; round++) {
                    select.setFetchSize(5);
                    select.setInt(1, 0);
                    int count = 0;
                    try (ResultSet rows = select.executeQuery()) {
                        while (rows.next()) {
                            count++;
                        }
                    }
                    assertThat(count).isEqualTo(56);
                }
            }
        }
    }

    @Test
    void a_cursor_is_left_before_its_end() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE, "useCursorFetch=true")) {
            table(connection, "prep_left", "id INT PRIMARY KEY");
            run(connection, "INSERT INTO prep_left VALUES (1), (2), (3), (4), (5), (6)");
            try (PreparedStatement select = connection.prepareStatement("SELECT id FROM prep_left")) {
                select.setFetchSize(2);
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                }
            }
            assertThat(value(connection, "SELECT COUNT(*) FROM prep_left")).isEqualTo("6");
        }
    }

    @Test
    void a_statement_survives_a_change_of_its_table() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE)) {
            table(connection, "prep_alter", "id INT PRIMARY KEY");
            run(connection, "INSERT INTO prep_alter VALUES (1)");
            try (PreparedStatement select = connection.prepareStatement("SELECT * FROM prep_alter")) {
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getLong(1)).isEqualTo(1);
                }
                run(connection, "ALTER TABLE prep_alter MODIFY id BIGINT", "UPDATE prep_alter SET id = 5000000000");
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getLong(1)).isEqualTo(5_000_000_000L);
                }
            }
        }
    }

    @Test
    void errors_of_preparing_and_executing_are_reported() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE)) {
            table(connection, "prep_errors", "id INT PRIMARY KEY");
            SQLException missing = error(() -> connection
                    .unwrap(JdbcConnection.class)
                    .serverPrepareStatement("SELECT * FROM no_such_table WHERE id = ?"));
            assertThat(missing.getErrorCode()).isEqualTo(1146);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO prep_errors VALUES (?)")) {
                insert.setInt(1, 1);
                insert.executeUpdate();
                SQLException duplicate = error(insert::executeUpdate);
                assertThat(duplicate.getErrorCode()).isEqualTo(1062);
                insert.setInt(1, 2);
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
        }
    }

    @Test
    void prepared_statements_take_part_in_transactions() throws SQLException {
        try (Connection connection = endpoint().connect(SERVER_SIDE)) {
            table(connection, "prep_trx", "id INT PRIMARY KEY");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO prep_trx VALUES (?)");
                    PreparedStatement count = connection.prepareStatement("SELECT COUNT(*) FROM prep_trx")) {
                insert.setInt(1, 1);
                insert.executeUpdate();
                try (ResultSet rows = count.executeQuery()) {
                    rows.next();
                    assertThat(rows.getInt(1)).isEqualTo(1);
                }
                connection.rollback();
                try (ResultSet rows = count.executeQuery()) {
                    rows.next();
                    assertThat(rows.getInt(1)).isZero();
                }
            }
            connection.rollback();
        }
    }

    @Test
    void prepared_by_text_stays_prepared() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "prep_text", "id INT PRIMARY KEY");
            run(
                    connection,
                    "INSERT INTO prep_text VALUES (1), (2)",
                    "PREPARE s FROM 'SELECT id FROM prep_text WHERE id = ?'");
            run(connection, "SET @which = 2");
            assertThat(value(connection, "EXECUTE s USING @which")).isEqualTo("2");
            assertThat(value(connection, "SELECT COUNT(*) FROM prep_text")).isEqualTo("2");
            assertThat(value(connection, "EXECUTE s USING @which")).isEqualTo("2");
            run(connection, "DEALLOCATE PREPARE s");
            assertThat(error(() -> value(connection, "EXECUTE s USING @which")).getErrorCode())
                    .isEqualTo(1243);
        }
    }
}
