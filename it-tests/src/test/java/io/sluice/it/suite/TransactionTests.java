// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions stay whole: on one server, until they end, however they began. */
abstract class TransactionTests extends Area {

    @BeforeEach
    void make_table() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "accounts", "id INT PRIMARY KEY, amount INT NOT NULL");
            run(connection, "INSERT INTO accounts VALUES (1, 100), (2, 0)");
        }
        awaitReplicas();
    }

    @Test
    void commits() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            connection.setAutoCommit(false);
            run(connection, "UPDATE accounts SET amount = amount - 10 WHERE id = 1");
            assertThat(value(connection, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("90");
            run(connection, "UPDATE accounts SET amount = amount + 10 WHERE id = 2");
            connection.commit();
            assertThat(value(connection, "SELECT amount FROM accounts WHERE id = 2"))
                    .isEqualTo("10");
        }
        try (Connection connection = endpoint().connect()) {
            run(connection, "UPDATE accounts SET amount = amount WHERE id = 2"); // reads on from the source
            assertThat(value(connection, "SELECT SUM(amount) FROM accounts")).isEqualTo("100");
        }
    }

    @Test
    void rolls_back() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "BEGIN", "DELETE FROM accounts");
            assertThat(value(connection, "SELECT COUNT(*) FROM accounts")).isEqualTo("0");
            run(connection, "ROLLBACK");
            assertThat(value(connection, "SELECT COUNT(*) FROM accounts FOR UPDATE"))
                    .isEqualTo("2");
        }
    }

    @Test
    void autocommit_off_holds_a_transaction_from_the_first_read_on() throws SQLException {
        try (Connection reader = endpoint().connect();
                Connection writer = endpoint().connect()) {
            run(reader, "SET autocommit = 0");
            assertThat(value(reader, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("100");
            run(writer, "UPDATE accounts SET amount = 7 WHERE id = 1");
            assertThat(value(reader, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("100");
            run(reader, "COMMIT");
            assertThat(value(reader, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("7");
        }
    }

    @Test
    void a_closed_connection_rolls_back() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "START TRANSACTION", "UPDATE accounts SET amount = 0");
        }
        try (Connection connection = endpoint().connect()) {
            assertThat(value(connection, "SELECT SUM(amount) FROM accounts FOR UPDATE"))
                    .isEqualTo("100");
        }
    }

    @Test
    void savepoints_hold() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            connection.setAutoCommit(false);
            run(connection, "UPDATE accounts SET amount = 1 WHERE id = 1");
            Savepoint savepoint = connection.setSavepoint("here");
            run(connection, "UPDATE accounts SET amount = 2 WHERE id = 1");
            connection.rollback(savepoint);
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(value(connection, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("1");
        }
    }

    @Test
    void isolation_levels_reach_the_server() throws SQLException {
        try (Connection reader = endpoint().connect();
                Connection writer = endpoint().connect()) {
            reader.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            run(reader, "START TRANSACTION");
            assertThat(value(reader, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("100");
            run(writer, "UPDATE accounts SET amount = 5 WHERE id = 1");
            assertThat(value(reader, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("5");
            run(reader, "COMMIT");

            run(reader, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION");
            assertThat(value(reader, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("5");
            run(writer, "UPDATE accounts SET amount = 6 WHERE id = 1");
            assertThat(value(reader, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("5");
            run(reader, "COMMIT");
        }
    }

    @Test
    void a_read_only_transaction_refuses_writes() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "START TRANSACTION READ ONLY");
            assertThat(value(connection, "SELECT COUNT(*) FROM accounts")).isEqualTo("2");
            SQLException error = error(() -> run(connection, "DELETE FROM accounts"));
            assertThat(error.getErrorCode()).isEqualTo(1792);
            run(connection, "ROLLBACK", "DELETE FROM accounts WHERE id = 2");
            assertThat(value(connection, "SELECT COUNT(*) FROM accounts")).isEqualTo("1");
        }
    }

    @Test
    void the_session_reads_its_own_write_at_once() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            for (int i = 0; i < 200; i++) {
                run(connection, "UPDATE accounts SET amount = " + i + " WHERE id = 1");
                assertThat(value(connection, "SELECT amount FROM accounts WHERE id = 1"))
                        .isEqualTo(Integer.toString(i));
            }
        }
    }

    @Test
    void a_statement_that_commits_implicitly_ends_the_transaction() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "BEGIN", "UPDATE accounts SET amount = 3 WHERE id = 1");
            table(connection, "accounts_other", "id INT");
            run(connection, "ROLLBACK");
            assertThat(value(connection, "SELECT amount FROM accounts WHERE id = 1"))
                    .isEqualTo("3");
        }
    }

    @Test
    void lock_waits_and_deadlocks_are_reported() throws SQLException {
        try (Connection first = endpoint().connect();
                Connection second = endpoint().connect()) {
            run(first, "BEGIN", "SELECT * FROM accounts WHERE id = 1 FOR UPDATE");
            run(second, "SET innodb_lock_wait_timeout = 1", "BEGIN");
            SQLException error = error(() -> run(second, "UPDATE accounts SET amount = 9 WHERE id = 1"));
            assertThat(error.getErrorCode()).isEqualTo(1205);
            run(second, "ROLLBACK");
            run(first, "ROLLBACK");
        }
    }
}
