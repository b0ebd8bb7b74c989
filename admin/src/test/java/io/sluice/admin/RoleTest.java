// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each role may do on the admin port. */
class RoleTest {
    private static final List<String> LOOKS = List.of(
            "SET NAMES utf8mb4",
            "SELECT @@version_comment",
            "SELECT * FROM mysql_servers",
            "SELECT * FROM stats_mysql_users",
            "SHOW CREATE TABLE mysql_users",
            "SHOW TABLES",
            "SLUICE DIFF",
            "SELECT * FROM global_variables",
            "SHOW VARIABLES",
            "SELECT @@mysql-max_connections",
            "SELECT * FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'main' AND TABLE_NAME = 'mysql_users'",
            "SELECT * FROM information_schema.TABLES WHERE TABLE_NAME IN ('mysql_servers', 'mysql_users')"
                    + " OR TABLE_NAME LIKE 'mysql_users%' OR TABLE_NAME <> 'stats_mysql_query_digest_reset'",
            "HELP");
    private static final List<String> OPERATIONS = List.of(
            "SLUICE DRAIN 'db2:3306'", "SELECT * FROM stats_mysql_query_digest_reset", "PROXYSQL PAUSE", "KILL 7");
    private static final List<String> CHANGES = List.of(
            "UPDATE mysql_servers SET weight = 2",
            "/* x */ delete from mysql_query_rules",
            "LOAD MYSQL QUERY RULES TO RUNTIME",
            "LOAD CONFIG",
            "PROXYSQL SHUTDOWN",
            "SLUICE KILL",
            "SET mysql-max_connections = 5",
            "SET GLOBAL `sluice-failover_hold` = 5",
            "SELECT sluice_monitor_password('guess')",
            "SLUICE LOAD CONFIG",
            "SAVE MYSQL QUERY RULES FROM RUNTIME",
            "SELECT password FROM main.mysql_users",
            "SELECT ' # ', password FROM mysql_users",
            "SELECT * FROM 'mysql_users'",
            "SELECT password FROM mysql_servers AS \"=\", 'mysql_users'",
            "SELECT password FROM mysql_servers JOIN 'mysql_users' WHERE username IN ('x', 'mysql_users')",
            "SELECT password FROM (SELECT 'a') \"in\", 'mysql_users' WHERE password <> 'mysql_users'",
            "SELECT 1 -- \n FROM \"mysql_users\"",
            "WITH u AS (SELECT * FROM \"runtime_mysql_users\") SELECT * FROM u");

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture();
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void an_admin_may_do_everything() throws SQLException {
        allowed("admin", LOOKS);
        allowed("admin", OPERATIONS);
        allowed("admin", CHANGES);
    }

    @Test
    void an_operator_may_not_change_the_configuration() throws SQLException {
        allowed("operator", LOOKS);
        allowed("operator", OPERATIONS);
        refused("operator", CHANGES, "this needs the role admin, and operator has operator");
        assertThat(port.query("SELECT outcome LIKE 'refused: %role admin%' FROM audit WHERE statement = 'LOAD CONFIG'"))
                .containsExactly(List.of("1"));
    }

    @Test
    void a_watcher_may_look_and_needs_only_a_hash() throws SQLException {
        allowed("watcher", LOOKS);
        refused("watcher", OPERATIONS, "this needs the role operator, and watcher has read_only");
        refused("watcher", CHANGES, "this needs the role admin");
        assertThatThrownBy(() -> port.connect("", "watcher", "wrong")).hasMessageContaining("Access denied");
        assertThat(port.query("SELECT mysql_native_password('secret')"))
                .containsExactly(List.of("*14E65567ABDB5135D0CFD9A70B3032C179A49EE7"));
    }

    private void allowed(String user, List<String> statements) throws SQLException {
        try (Connection connection = port.connect("", user, "secret");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private void refused(String user, List<String> statements, String why) throws SQLException {
        try (Connection connection = port.connect("", user, "secret");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).hasMessageContaining(why);
            }
        }
    }
}
