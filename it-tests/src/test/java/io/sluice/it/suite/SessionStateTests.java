// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a session has set holds for each later statement, whichever server answers it, and for no other session. */
abstract class SessionStateTests extends Area {
    private static final int REPEATS = 8;

    @BeforeEach
    void make_table() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "state", "id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(20)");
            run(connection, "INSERT INTO state (a) VALUES ('one'), ('two'), ('three')");
        }
        awaitReplicas();
    }

    /** Asks again and again, with reads and writes between, so that several servers have to answer. */
    private static void assertStays(Connection connection, String sql, String expected) throws SQLException {
        for (int i = 0; i < REPEATS; i++) {
            assertThat(value(connection, sql)).as("round %d of %s", i, sql).isEqualTo(expected);
            assertThat(value(connection, "SELECT a FROM state WHERE id = 1")).isEqualTo("one");
            if (i % 3 == 2) {
                run(connection, "UPDATE state SET a = 'two' WHERE id = 2");
            }
        }
    }

    @Test
    void variables_hold() throws SQLException {
        try (Connection connection = endpoint().connect();
                Connection other = endpoint().connect()) {
            run(connection, "SET SESSION group_concat_max_len = 4, div_precision_increment = 2");
            assertStays(connection, "SELECT @@group_concat_max_len", "4");
            assertStays(connection, "SELECT GROUP_CONCAT(a ORDER BY id) FROM state", "one,");
            assertStays(connection, "SELECT 1 / 3 FROM state LIMIT 1", "0.33");
            assertStays(other, "SELECT GROUP_CONCAT(a ORDER BY id) FROM state", "one,two,three");
        }
    }

    @Test
    void sql_mode_holds() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "SET sql_mode = 'ANSI_QUOTES'");
            assertStays(connection, "SELECT \"a\" FROM state WHERE id = 3", "three");
            run(connection, "SET sql_mode = 'PIPES_AS_CONCAT'");
            assertStays(connection, "SELECT 'x' || a FROM state WHERE id = 1", "xone");
            run(connection, "SET sql_mode = DEFAULT");
            assertStays(connection, "SELECT \"a\" FROM state WHERE id = 3", "a");
        }
    }

    @Test
    void time_zone_holds() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "SET time_zone = '+05:00'");
            assertStays(connection, "SELECT CAST(FROM_UNIXTIME(1) AS CHAR) FROM state LIMIT 1", "1970-01-01 05:00:01");
        }
    }

    @Test
    void user_variables_hold() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "SET @a = 42, @b = 'x'");
            assertStays(connection, "SELECT CONCAT(@a, @b) FROM state LIMIT 1", "42x");
            assertThat(value(connection, "SELECT @a := @a + 1")).isEqualTo("43");
            assertThat(value(connection, "SELECT id FROM state WHERE id = 1 AND @a = 43"))
                    .isEqualTo("1");
            run(connection, "SELECT a INTO @c FROM state WHERE id = 2");
            assertStays(connection, "SELECT @c", "two");
        }
    }

    @Test
    void temporary_tables_stay() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "CREATE TEMPORARY TABLE mine (id INT)", "INSERT INTO mine VALUES (1), (2)");
            assertStays(connection, "SELECT COUNT(*) FROM mine", "2");
            run(connection, "DROP TEMPORARY TABLE mine");
            assertThat(error(() -> value(connection, "SELECT COUNT(*) FROM mine"))
                            .getErrorCode())
                    .isEqualTo(1146);
        }
    }

    @Test
    void lock_tables_hold() throws SQLException {
        try (Connection connection = endpoint().connect();
                Connection other = endpoint().connect()) {
            run(connection, "LOCK TABLES state WRITE");
            run(connection, "UPDATE state SET a = 'locked' WHERE id = 3");
            assertThat(value(connection, "SELECT a FROM state WHERE id = 3")).isEqualTo("locked");
            run(other, "SET lock_wait_timeout = 1");
            assertThat(error(() -> run(other, "UPDATE state SET a = 'x' WHERE id = 3"))
                            .getErrorCode())
                    .isEqualTo(1205);
            run(connection, "UNLOCK TABLES");
            run(other, "UPDATE state SET a = 'x' WHERE id = 3");
        }
    }

    @Test
    void named_locks_hold() throws SQLException {
        try (Connection connection = endpoint().connect();
                Connection other = endpoint().connect()) {
            assertThat(value(connection, "SELECT GET_LOCK('mine', 1)")).isEqualTo("1");
            assertStays(connection, "SELECT IS_USED_LOCK('mine') = CONNECTION_ID()", "1");
            assertThat(value(other, "SELECT GET_LOCK('mine', 0)")).isEqualTo("0");
            assertThat(value(connection, "SELECT RELEASE_LOCK('mine')")).isEqualTo("1");
            assertThat(value(other, "SELECT GET_LOCK('mine', 1)")).isEqualTo("1");
        }
    }

    @Test
    void named_locks_end_with_the_connection() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            assertThat(value(connection, "SELECT GET_LOCK('left', 1)")).isEqualTo("1");
        }
        try (Connection other = endpoint().connect()) {
            assertThat(value(other, "SELECT GET_LOCK('left', 10)")).isEqualTo("1");
        }
    }

    @Test
    void the_schema_changes() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "CREATE DATABASE IF NOT EXISTS app_other", "USE app_other");
            run(connection, "CREATE TABLE IF NOT EXISTS only_here (id INT)");
            for (int i = 0; i < REPEATS; i++) {
                assertThat(value(connection, "SELECT COUNT(*) FROM only_here")).isEqualTo("0");
            }
            connection.setCatalog("app");
            assertStays(connection, "SELECT DATABASE()", "app");
            assertThat(error(() -> value(connection, "SELECT COUNT(*) FROM only_here"))
                            .getErrorCode())
                    .isEqualTo(1146);
            run(connection, "DROP DATABASE app_other");
        }
    }

    @Test
    void last_insert_id_is_that_of_the_session() throws SQLException {
        try (Connection connection = endpoint().connect();
                Connection other = endpoint().connect()) {
            run(connection, "INSERT INTO state (a) VALUES ('mine')");
            run(other, "INSERT INTO state (a) VALUES ('theirs')");
            assertThat(value(connection, "SELECT LAST_INSERT_ID()")).isEqualTo("4");
            assertThat(value(connection, "SELECT a FROM state WHERE id = LAST_INSERT_ID()"))
                    .isEqualTo("mine");
            assertThat(value(other, "SELECT LAST_INSERT_ID()")).isEqualTo("5");
            // The other's row may not be on every server yet.
            assertThat(value(connection, "SELECT COUNT(*) FROM state WHERE id < 5"))
                    .isEqualTo("4");
            assertThat(value(connection, "SELECT LAST_INSERT_ID()")).isEqualTo("4");
        }
    }

    @Test
    void row_count_and_found_rows_are_those_of_the_statement_before() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "UPDATE state SET a = 'new'");
            assertThat(value(connection, "SELECT ROW_COUNT()")).isEqualTo("3");
            for (int i = 0; i < REPEATS; i++) {
                assertThat(value(connection, "SELECT SQL_CALC_FOUND_ROWS id FROM state ORDER BY id LIMIT 1"))
                        .isEqualTo("1");
                assertThat(value(connection, "SELECT FOUND_ROWS()")).isEqualTo("3");
            }
        }
    }

    @Test
    void warnings_are_those_of_the_statement_before() throws SQLException {
        try (Connection connection = endpoint().connect("sendFractionalSeconds=true")) {
            for (int i = 0; i < REPEATS; i++) {
                assertThat(column(connection, "SELECT CAST(CONCAT(a, 'x') AS SIGNED) FROM state WHERE id < 3"))
                        .hasSize(2);
                assertThat(column(connection, "SHOW WARNINGS")).hasSize(2);
                run(connection, "DROP TABLE IF EXISTS not_there");
                assertThat(value(connection, "SHOW COUNT(*) WARNINGS")).isEqualTo("1");
            }
            error(() -> run(connection, "INSERT INTO state (id) VALUES (1)"));
            assertThat(column(connection, "SHOW ERRORS")).isNotEmpty();
        }
    }

    @Test
    void the_connection_id_is_one() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            String id = value(connection, "SELECT CONNECTION_ID()");
            run(connection, "BEGIN");
            assertThat(value(connection, "SELECT CONNECTION_ID()")).isEqualTo(id);
            assertThat(value(connection, "SELECT CONNECTION_ID()")).isEqualTo(id);
            run(connection, "COMMIT");
        }
    }

    @Test
    void handlers_stay_open() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "HANDLER state OPEN");
            assertThat(value(connection, "HANDLER state READ FIRST")).isEqualTo("1");
            assertThat(value(connection, "SELECT COUNT(*) FROM state")).isEqualTo("3");
            assertThat(value(connection, "HANDLER state READ NEXT")).isEqualTo("2");
            run(connection, "HANDLER state CLOSE");
        }
    }
}
