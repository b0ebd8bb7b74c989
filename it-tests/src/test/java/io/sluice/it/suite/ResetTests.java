// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** COM_RESET_CONNECTION and COM_CHANGE_USER: the session as good as new. */
abstract class ResetTests extends Area {

    @Test
    void reset_takes_all_state_away() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            JdbcConnection driver = connection.unwrap(JdbcConnection.class);
            table(connection, "reset", "id INT PRIMARY KEY");
            for (int i = 0; i < 3; i++) {
                run(
                        connection,
                        "SET @a = 1, time_zone = '+05:00'",
                        "CREATE TEMPORARY TABLE reset_mine (id INT)",
                        "BEGIN",
                        "INSERT INTO reset VALUES (1)");
                driver.resetServerState();
                assertThat(value(connection, "SELECT @a")).isEqualTo("NULL");
                assertThat(value(connection, "SELECT @@time_zone")).isEqualTo("SYSTEM");
                assertThat(value(connection, "SELECT COUNT(*) FROM reset")).isEqualTo("0");
                assertThat(error(() -> value(connection, "SELECT COUNT(*) FROM reset_mine"))
                                .getErrorCode())
                        .isEqualTo(1146);
                assertThat(value(connection, "SELECT DATABASE()")).isEqualTo("app");
            }
        }
    }

    @Test
    void the_user_changes() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            JdbcConnection driver = connection.unwrap(JdbcConnection.class);
            run(connection, "SET @a = 1");
            driver.changeUser("second", "second password");
            assertThat(value(connection, "SELECT USER()")).startsWith("second@");
            assertThat(value(connection, "SELECT CURRENT_USER()")).startsWith("second@");
            assertThat(value(connection, "SELECT @a")).isEqualTo("NULL");
            driver.changeUser("app", "app");
            assertThat(value(connection, "SELECT USER()")).startsWith("app@");
        }
    }

    @Test
    void a_change_to_a_wrong_password_is_refused_with_1045() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            JdbcConnection driver = connection.unwrap(JdbcConnection.class);
            SQLException error = error(() -> driver.changeUser("second", "wrong"));
            assertThat(error.getErrorCode()).isEqualTo(1045);
        }
    }

    @Test
    void an_open_transaction_ends_when_the_user_changes() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "reset_trx", "id INT PRIMARY KEY");
            run(connection, "BEGIN", "INSERT INTO reset_trx VALUES (1)");
            connection.unwrap(JdbcConnection.class).changeUser("app", "app");
            assertThat(value(connection, "SELECT COUNT(*) FROM reset_trx")).isEqualTo("0");
        }
    }

    @Test
    void ping_answers_in_every_state() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            assertThat(connection.isValid(5)).isTrue();
            run(connection, "BEGIN");
            assertThat(connection.isValid(5)).isTrue();
            run(connection, "ROLLBACK", "CREATE TEMPORARY TABLE pinged (id INT)");
            assertThat(connection.isValid(5)).isTrue();
            assertThat(value(connection, "SELECT COUNT(*) FROM pinged")).isEqualTo("0");
        }
    }
}
