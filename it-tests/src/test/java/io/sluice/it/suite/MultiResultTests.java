// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several statements in one command, several results of one statement. */
abstract class MultiResultTests extends Area {

    @Test
    void several_statements_in_one_command() throws SQLException {
        try (Connection connection = endpoint().connect("allowMultiQueries=true")) {
            table(connection, "multi", "id INT PRIMARY KEY");
            assertThat(
                            outcomes(
                                    connection,
                                    "INSERT INTO multi VALUES (1); SELECT id FROM multi; UPDATE multi SET id = 2; SELECT id FROM multi"))
                    .isEqualTo(List.of("count 1", "rows 1", "count 1", "rows 2"));
        }
    }

    @Test
    void a_write_behind_a_read_is_written() throws SQLException {
        try (Connection connection = endpoint().connect("allowMultiQueries=true")) {
            table(connection, "multi_write", "id INT PRIMARY KEY");
            assertThat(outcomes(connection, "SELECT 7; INSERT INTO multi_write VALUES (1)"))
                    .isEqualTo(List.of("rows 7", "count 1"));
            assertThat(value(connection, "SELECT COUNT(*) FROM multi_write")).isEqualTo("1");
        }
    }

    @Test
    void an_error_in_the_middle_ends_the_command() throws SQLException {
        try (Connection connection = endpoint().connect("allowMultiQueries=true")) {
            table(connection, "multi_error", "id INT PRIMARY KEY");
            SQLException error = error(
                    () -> outcomes(
                            connection,
                            "INSERT INTO multi_error VALUES (1); SELECT * FROM no_such_table; INSERT INTO multi_error VALUES (2)"));
            assertThat(error.getErrorCode()).isEqualTo(1146);
            assertThat(column(connection, "SELECT id FROM multi_error")).isEqualTo(List.of("1"));
        }
    }

    @Test
    void a_transaction_in_one_command_ends_in_it() throws SQLException {
        try (Connection connection = endpoint().connect("allowMultiQueries=true")) {
            table(connection, "multi_trx", "id INT PRIMARY KEY");
            outcomes(connection, "BEGIN; INSERT INTO multi_trx VALUES (1); ROLLBACK");
            assertThat(value(connection, "SELECT COUNT(*) FROM multi_trx")).isEqualTo("0");
            outcomes(connection, "BEGIN; INSERT INTO multi_trx VALUES (1)");
            run(connection, "ROLLBACK");
            assertThat(value(connection, "SELECT COUNT(*) FROM multi_trx")).isEqualTo("0");
        }
    }

    @Test
    void several_statements_are_refused_unless_asked_for() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            SQLException error = error(() -> run(connection, "SELECT 1; SELECT 2"));
            assertThat(error.getErrorCode()).isEqualTo(1064);
            assertThat(value(connection, "SELECT 3")).isEqualTo("3");
        }
    }

    @Test
    void a_procedure_returns_several_results() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(
                    connection,
                    "DROP PROCEDURE IF EXISTS multi_proc",
                    "CREATE PROCEDURE multi_proc(IN n INT) BEGIN SELECT n; SELECT n + 1, 'x'; SELECT n FROM DUAL WHERE 1 = 0; END");
            assertThat(outcomes(connection, "CALL multi_proc(5)"))
                    .isEqualTo(List.of("rows 5", "rows 6", "rows ", "count 0"));
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_procedure_returns_out_parameters() throws SQLException {
        for (String mode : List.of("useServerPrepStmts=false", "useServerPrepStmts=true")) {
            try (Connection connection = endpoint().connect(mode)) {
                run(
                        connection,
                        "DROP PROCEDURE IF EXISTS multi_out",
                        "CREATE PROCEDURE multi_out(IN n INT, OUT twice INT) SET twice = 2 * n");
                try (CallableStatement call = connection.prepareCall("{call multi_out(?, ?)}")) {
                    call.setInt(1, 21);
                    call.registerOutParameter(2, Types.INTEGER);
                    call.execute();
                    assertThat(call.getInt(2)).isEqualTo(42);
                }
            }
        }
    }

    @Test
    void a_batch_is_rewritten_into_one_command() throws SQLException {
        try (Connection connection = endpoint().connect("rewriteBatchedStatements=true")) {
            table(connection, "multi_batch", "id INT PRIMARY KEY");
            try (Statement statement = connection.createStatement()) {
                for (int i = 0; i < 100; i++) {
                    statement.addBatch("INSERT INTO multi_batch VALUES (" + i + ")");
                }
                assertThat(statement.executeBatch()).hasSize(100).containsOnly(1);
            }
            assertThat(value(connection, "SELECT COUNT(*) FROM multi_batch")).isEqualTo("100");
        }
    }

    /** What each result of a command was: "rows " with the last row's first column, or "count ". */
    private static List<String> outcomes(Connection connection, String sql) throws SQLException {
        List<String> outcomes = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            boolean isRows = statement.execute(sql);
            while (isRows || statement.getUpdateCount() >= 0) {
                if (isRows) {
                    String last = "";
                    try (ResultSet rows = statement.getResultSet()) {
                        while (rows.next()) {
                            last = rows.getString(1);
                        }
                    }
                    outcomes.add("rows " + last);
                } else {
                    outcomes.add("count " + statement.getUpdateCount());
                }
                isRows = statement.getMoreResults();
            }
        }
        return outcomes;
    }
}
