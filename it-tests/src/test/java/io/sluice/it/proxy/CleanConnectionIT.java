// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With one connection for all: whatever a session does to it, the next one sees a connection as new. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CleanConnectionIT {
    /** Of the moment, or of one connection. */
    private static final Set<String> NOT_COMPARED = Set.of(
            "statement_id", "timestamp", "pseudo_thread_id", "rand_seed1", "rand_seed2", "gtid_executed", "last_gtid");

    private static final List<List<String>> WAYS = List.of(
            List.of("SET @a = 1, @b = 'x'"),
            List.of("SET @a = 1, @b = @a + 1"),
            List.of("SELECT 1 INTO @a"),
            List.of("SET sql_mode = 'ANSI', time_zone = '+05:00', autocommit = 0, sql_safe_updates = 1"),
            List.of("SET NAMES latin1", "SET character_set_results = NULL", "SET collation_connection = latin1_bin"),
            List.of("SET wait_timeout = 5, net_read_timeout = 5, session_track_schema = 0"),
            List.of("SET session_track_system_variables = ''", "SET sql_safe_updates = 1"),
            List.of("SET sql_log_bin = 0"),
            List.of("SET timestamp = 1", "SET insert_id = 7", "SET last_insert_id = 7"),
            List.of("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"),
            List.of("SET TRANSACTION READ ONLY"),
            List.of("SET SESSION TRANSACTION READ ONLY"),
            List.of("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"),
            List.of("CREATE TEMPORARY TABLE dirt (id INT)", "INSERT INTO dirt VALUES (1)"),
            List.of("CREATE TEMPORARY TABLE dirt SELECT 1 AS id", "DO 0"),
            List.of("LOCK TABLES clean WRITE"),
            List.of("LOCK TABLES clean READ", "BEGIN"),
            List.of("FLUSH TABLES WITH READ LOCK"),
            List.of("SELECT GET_LOCK('dirt', 5)"),
            List.of("DO GET_LOCK(CONCAT('di', 'rt'), 5)"),
            List.of("HANDLER clean OPEN AS dirt"),
            List.of("PREPARE dirt FROM 'SELECT 1'"),
            List.of("PREPARE dirt FROM 'SET @a = 1'", "EXECUTE dirt", "DEALLOCATE PREPARE dirt"),
            List.of("BEGIN", "INSERT INTO clean VALUES (1)"),
            List.of("SET autocommit = 0", "INSERT INTO clean VALUES (1)"),
            List.of("XA START 'dirt'", "INSERT INTO clean VALUES (1)"),
            List.of("INSERT INTO clean_ids (a) VALUES (1), (2)"),
            List.of("SELECT SQL_CALC_FOUND_ROWS * FROM clean_ids LIMIT 1"),
            List.of("DROP TABLE IF EXISTS not_there"),
            List.of("CALL dirty()"),
            List.of("SET ROLE NONE"),
            List.of("SET ROLE dirt"),
            List.of("SET profiling = 1", "SELECT 1"),
            List.of("USE mysql"));

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeAll
    void start() throws SQLException {
        topology = Lab.newTopology("clean", 0);
        try (Connection connection = direct().connect()) {
            run(
                    connection,
                    "CREATE TABLE clean (id INT)",
                    "CREATE TABLE clean_ids (id INT AUTO_INCREMENT PRIMARY KEY, a INT)",
                    "CREATE PROCEDURE dirty() BEGIN SET @a = 1; SET SESSION sql_safe_updates = 1;"
                            + " CREATE TEMPORARY TABLE dirt SELECT 1 AS id; DO GET_LOCK('dirt', 5); END",
                    "CREATE ROLE dirt",
                    "GRANT dirt TO app");
        }
        sluice =
                SluiceProcess.start(Lab.settings(topology).set("pool.max_connections", 1), Lab.newHome("clean-sluice"));
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    private Endpoint direct() {
        return new Endpoint("direct", topology.source().port(), Lab.flavor());
    }

    @Test
    void the_next_session_sees_nothing_of_the_one_before() throws SQLException {
        List<String> expected;
        try (Connection fresh = direct().connect()) {
            expected = sights(fresh);
        }
        for (List<String> way : WAYS) {
            try (Connection dirty = Lab.of(sluice).connect()) {
                for (String sql : way) {
                    attempt(dirty, sql);
                }
            }
            try (Connection next = Lab.of(sluice).connect()) {
                assertThat(sights(next)).as("after " + way).isEqualTo(expected);
            }
        }
    }

    /** All that a session can see of its connection. */
    private static List<String> sights(Connection connection) throws SQLException {
        List<String> seen = new ArrayList<>();
        for (String sql : List.of(
                "SELECT LAST_INSERT_ID()",
                "SELECT @a, @b",
                "SELECT DATABASE(), CURRENT_ROLE()",
                "SELECT COUNT(*) FROM dirt",
                "SELECT IS_FREE_LOCK('dirt')",
                "HANDLER dirt READ FIRST",
                "EXECUTE dirt",
                "SELECT COUNT(*) FROM clean",
                "INSERT INTO clean VALUES (2)",
                "DELETE FROM clean WHERE id = 2",
                "SELECT COLLATION('a')")) {
            seen.add(sql + ": " + attempt(connection, sql));
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SESSION VARIABLES")) {
            while (rows.next()) {
                String name = rows.getString(1);
                if (!NOT_COMPARED.contains(name) && !name.startsWith("gtid_")) {
                    seen.add(name + "=" + rows.getString(2));
                }
            }
        }
        return seen;
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first row, the number of rows changed, or the error. */
    private static String attempt(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return String.valueOf(statement.getUpdateCount());
            }
            ResultSet rows = statement.getResultSet();
            List<String> row = new ArrayList<>();
            int columns = rows.next() ? rows.getMetaData().getColumnCount() : 0;
            for (int i = 1; i <= columns; i++) {
                row.add(rows.getString(i));
            }
            return row.toString();
        } catch (SQLException e) {
            return "error " + e.getErrorCode();
        }
    }
}
