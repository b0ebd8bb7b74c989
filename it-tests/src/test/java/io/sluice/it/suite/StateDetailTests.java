// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Session state in its corners: what is set for one transaction, read back as set, let go by name, asked afterwards. */
abstract class StateDetailTests extends Area {
    @BeforeEach
    void make_table() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "detail", "id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20)");
            run(connection, "INSERT INTO detail (a) VALUES ('one'), ('two'), ('three')");
        }
        awaitReplicas();
    }

    private static void read(Connection connection) throws SQLException {
        assertThat(value(connection, "SELECT a FROM detail WHERE id = 1")).isEqualTo("one");
    }

    @Test
    void a_bad_set_fails_at_once_and_changes_nothing() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "SET time_zone = '+03:00'");
            assertThat(error(() -> run(connection, "SET time_zone = 'nowhere'")).getErrorCode())
                    .isEqualTo(1298);
            assertThat(error(() -> run(connection, "SET no_such_variable = 1")).getErrorCode())
                    .isEqualTo(1193);
            read(connection);
            assertThat(value(connection, "SELECT @@time_zone")).isEqualTo("+03:00");
        }
    }

    @Test
    void timeouts_and_trackers_read_back_as_set() throws SQLException {
        try (Connection connection = endpoint().connect();
                Connection other = endpoint().connect()) {
            String before = value(other, "SELECT @@net_write_timeout");
            run(connection, "SET net_write_timeout = 77, wait_timeout = 1234, div_precision_increment = 2");
            read(connection);
            assertThat(value(connection, "SELECT CONCAT(@@net_write_timeout, ' ', @@wait_timeout)"))
                    .isEqualTo("77 1234");
            assertThat(value(connection, "SELECT 1 / 3 FROM detail LIMIT 1")).isEqualTo("0.33");
            assertThat(value(other, "SELECT @@net_write_timeout")).isEqualTo(before);
            run(connection, "SET session_track_schema = OFF, session_track_system_variables = 'time_zone'");
            read(connection);
            assertThat(value(connection, "SELECT @@session_track_schema")).isEqualTo("0");
            assertThat(value(connection, "SELECT @@session.session_track_system_variables"))
                    .isEqualTo("time_zone");
            run(connection, "SET sql_safe_updates = 1");
            assertThat(value(connection, "SELECT @@sql_safe_updates FROM detail LIMIT 1"))
                    .isEqualTo("1");
            assertThat(value(other, "SELECT @@session_track_schema")).isEqualTo("1");
        }
    }

    @Test
    void literals_of_user_variables_keep_their_type() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "SET @n = -1.50, @s = 'it''s', @x = X'4142', @none = NULL");
            for (int i = 0; i < 3; i++) {
                read(connection);
                assertThat(value(
                                connection,
                                "SELECT CONCAT_WS('|', @n, @s, CHARSET(@x), @none IS NULL) FROM detail LIMIT 1"))
                        .isEqualTo("-1.50|it's|binary|1");
            }
            run(connection, "SET @n = @n + 1");
            assertThat(value(connection, "SELECT @n")).isEqualTo("-0.50");
        }
    }

    @Test
    void set_transaction_holds_for_the_next_transaction_only() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "SET TRANSACTION READ ONLY");
            run(connection, "BEGIN");
            assertThat(error(() -> run(connection, "UPDATE detail SET a = 'x' WHERE id = 2"))
                            .getErrorCode())
                    .isEqualTo(1792);
            run(connection, "ROLLBACK", "UPDATE detail SET a = 'x' WHERE id = 2");
            run(connection, "SET TRANSACTION READ ONLY");
            read(connection);
            run(connection, "UPDATE detail SET a = 'y' WHERE id = 2");
        }
    }

    @Test
    void what_was_taken_by_name_can_be_given_back_and_taken_again() throws SQLException {
        try (Connection connection = endpoint().connect();
                Connection other = endpoint().connect()) {
            for (int i = 0; i < 3; i++) {
                run(connection, "CREATE TEMPORARY TABLE once SELECT id FROM detail");
                assertThat(value(connection, "SELECT COUNT(*) FROM once")).isEqualTo("3");
                run(connection, "DROP TEMPORARY TABLE once");
                assertThat(value(connection, "SELECT GET_LOCK('once', 5)")).isEqualTo("1");
                assertThat(value(connection, "SELECT RELEASE_LOCK('once')")).isEqualTo("1");
                assertThat(value(other, "SELECT IS_FREE_LOCK('once')")).isEqualTo("1");
                run(connection, "PREPARE once FROM 'SELECT ? + 1'", "SET @one = 1");
                assertThat(value(connection, "EXECUTE once USING @one")).isEqualTo("2");
                run(connection, "DEALLOCATE PREPARE once");
                assertThat(error(() -> run(connection, "EXECUTE once USING @one"))
                                .getErrorCode())
                        .isEqualTo(1243);
            }
        }
    }

    @Test
    void found_rows_is_told_after_a_plain_read() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            assertThat(column(connection, "SELECT a FROM detail")).hasSize(3);
            assertThat(value(connection, "SELECT FOUND_ROWS()")).isEqualTo("3");
            assertThat(column(connection, "SELECT a FROM detail LIMIT 2")).hasSize(2);
            assertThat(value(connection, "SELECT ROW_COUNT()")).isEqualTo("-1");
        }
    }

    @Test
    void an_explicit_value_is_no_last_insert_id() throws SQLException {
        try (Connection other = endpoint().connect();
                Connection connection = endpoint().connect()) {
            run(other, "INSERT INTO detail (a) VALUES ('other')");
            assertThat(value(other, "SELECT LAST_INSERT_ID()")).isEqualTo("4");
            run(connection, "INSERT INTO detail (id, a) VALUES (100, 'explicit')");
            assertThat(value(connection, "SELECT LAST_INSERT_ID()")).isEqualTo("0");
            run(connection, "INSERT INTO detail (a) VALUES ('mine')");
            run(connection, "INSERT INTO detail (id, a) VALUES (LAST_INSERT_ID() + 100, 'by it')");
            assertThat(value(connection, "SELECT MAX(id) FROM detail FOR UPDATE"))
                    .isEqualTo("201");
            run(connection, "BEGIN");
            assertThat(value(connection, "SELECT LAST_INSERT_ID()")).isEqualTo("101");
            run(connection, "COMMIT");
        }
    }

    @Test
    void the_collation_of_set_names_holds() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "SET CHARACTER SET utf8mb4", "SET NAMES utf8mb4 COLLATE utf8mb4_bin");
            for (int i = 0; i < 3; i++) {
                read(connection);
                assertThat(value(connection, "SELECT COLLATION('a')")).isEqualTo("utf8mb4_bin");
            }
            run(connection, "SET NAMES latin1");
            assertThat(value(connection, "SELECT COLLATION('a')")).isEqualTo("latin1_swedish_ci");
        }
    }
}
