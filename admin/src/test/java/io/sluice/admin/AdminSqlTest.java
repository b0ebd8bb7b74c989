// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.view.SessionView;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SQL on the admin port, as a client sees it. */
class AdminSqlTest {
    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture();
        port.view.topology = new Topology(
                7,
                List.of(
                        FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("db2", Role.REPLICA, true, Duration.ofMillis(30), ""),
                        FakeView.member("db3", Role.REPLICA, false, null, "it's gone")),
                "");
        session(42, "app", "db1:3306");
        session(43, "app", "db2:3306");
        session(44, "report", "");
    }

    private void session(int id, String user, String server) {
        port.view.sessions.add(new SessionView(
                id, user, "10.0.0.1:5000", "shop", "Idle", "", server, server.isEmpty() ? 0 : 17, "", Duration.ZERO));
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void selects_joins_groups_and_limits() throws SQLException {
        assertThat(port.query("SELECT t.role, count(s.id) AS sessions FROM stats.topology t LEFT JOIN stats.sessions s"
                        + " ON s.server = t.server GROUP BY t.server ORDER BY t.server LIMIT 2"))
                .containsExactly(List.of("source", "1"), List.of("replica", "1"));
        assertThat(port.query("select upper(user), `note` from \"sessions\", topology where id = 44 and note <> ''"))
                .containsExactly(List.of("REPORT", "it's gone"));
        assertThat(port.query("WITH online AS (SELECT * FROM topology WHERE online) SELECT count(*) FROM online"))
                .containsExactly(List.of("2"));
        assertThat(port.query("SELECT id FROM sessions WHERE user LIKE 'r%'; ")).containsExactly(List.of("44"));
    }

    @Test
    void shows_what_is_at_every_look() throws SQLException {
        assertThat(port.query("SELECT count(*) FROM stats.sessions")).containsExactly(List.of("3"));
        port.view.sessions.remove(0);
        assertThat(port.query("SELECT count(*) FROM stats.sessions")).containsExactly(List.of("2"));
    }

    @Test
    void columns_have_the_types_of_their_values() throws SQLException {
        try (Connection connection = port.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT user, id, id / 2.0, lag_ms FROM sessions, topology"
                        + " WHERE topology.server = 'db3:3306' ORDER BY id")) {
            ResultSetMetaData meta = result.getMetaData();
            assertThat(List.of(meta.getColumnType(1), meta.getColumnType(2), meta.getColumnType(3)))
                    .containsExactly(Types.VARCHAR, Types.BIGINT, Types.DOUBLE);
            assertThat(result.next()).isTrue();
            assertThat(result.getObject(2)).isEqualTo(42L);
            assertThat(result.getObject(3)).isEqualTo(21.0);
            assertThat(result.getObject(4)).isNull();
            assertThat(meta.getColumnType(4)).isEqualTo(Types.BIGINT);
        }
    }

    @Test
    void lists_schemas_tables_and_columns() throws SQLException {
        assertThat(port.query("SHOW DATABASES"))
                .extracting(row -> row.get(0))
                .containsExactly("main", "disk", "stats", "monitor", "information_schema");
        assertThat(port.query("show schemas like 'st%'")).hasSize(1);
        assertThat(port.query("SHOW TABLES FROM stats")).contains(List.of("sessions"), List.of("topology"));
        assertThat(port.query("SHOW FULL TABLES IN `stats` LIKE 'topolog_'"))
                .containsExactly(List.of("topology", "BASE TABLE"));
        assertThat(port.query("SHOW CREATE TABLE stats.topology").get(0).get(1))
                .startsWith("CREATE TABLE")
                .contains("gtid_executed");
        assertThat(port.query("DESCRIBE sessions")).contains(List.of("id", "INTEGER", "NO", "PRI", "NULL", ""));
        assertThat(port.query("SHOW COLUMNS FROM topology FROM stats LIKE 'lag%'"))
                .hasSize(1);
    }

    @Test
    void a_schema_can_be_entered() throws SQLException {
        try (Connection connection = port.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("USE stats");
            assertThat(AdminPortFixture.rows(statement, "SELECT DATABASE()")).containsExactly(List.of("stats"));
            assertThat(AdminPortFixture.rows(statement, "SHOW TABLES")).contains(List.of("topology"));
            connection.setCatalog("main");
            assertThat(connection.getCatalog()).isEqualTo("main");
            assertThatThrownBy(() -> statement.execute("USE shop"))
                    .hasMessageContaining("there is no schema 'shop', only main, disk, stats, monitor");
            assertThatThrownBy(() -> connection.setCatalog("shop")).isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> port.connect("shop")).hasMessageContaining("there is no schema 'shop'");
        try (Connection connection = port.connect("stats");
                Statement statement = connection.createStatement()) {
            assertThat(AdminPortFixture.rows(statement, "SHOW TABLES")).contains(List.of("topology"));
            assertThat(connection.getCatalog()).isEqualTo("stats");
            DatabaseMetaData meta = connection.getMetaData();
            assertThat(meta.getDatabaseProductVersion()).startsWith("8.4.0-Sluice-");
        }
    }

    @Test
    void says_what_is_wrong_and_what_would_work() {
        refused("SELECT * FROM nowhere", "no such table: nowhere; SHOW TABLES FROM main");
        refused("SHOW CREATE TABLE nowhere", "no such table: nowhere");
        refused("SHOW TABLES FROM nowhere", "there is no schema 'nowhere'");
        refused("SHOW TABLES FROM stats WHERE x", "'WHERE' is not expected there; write SHOW [FULL] TABLES");
        refused("SELECT nowhere FROM topology", "no such column: nowhere; SHOW CREATE TABLE shows the columns");
        refused("SELECT * FORM topology", "syntax error; the admin port speaks the SQL of SQLite");
        refused("SELECT 1 + 1; SELECT 2 + 2", "more than one statement");
        refused("DELETE FROM stats.topology", "stats.topology cannot be changed: it shows what is");
        refused("WITH x AS (SELECT 1) DELETE FROM stats.topology", "can only read");
    }

    @Test
    void names_what_a_misspelt_name_was_probably_meant_to_be() {
        refused("SELECT * FROM mysql_sevrers", "no such table: mysql_sevrers; did you mean mysql_servers? Else, ");
        refused(
                "SELECT * FROM stats.stat_mysql_global",
                "; did you mean stats_mysql_global? Else, SHOW TABLES FROM main");
        refused("UPDATE mysql_user SET active = 0", "did you mean mysql_users?");
        refused("DELETE FROM main.mysql_queryrules", "did you mean mysql_query_rules?");
        refused("INSERT INTO mysql_users_ VALUES (1)", "did you mean mysql_users?");
        refused("SHOW CREATE TABLE runtime_mysql_server", "did you mean runtime_mysql_servers?");
        refused("DESCRIBE stats.topologies", "did you mean topology?");
        refused("LOAD MYSQL SERVER TO RUNTIME", "did you mean MYSQL SERVERS?");
        refused("SAVE MYSQL QEURY RULES TO DISK", "did you mean MYSQL QUERY RULES?");
    }

    @Test
    void sqlite_is_shut_in() {
        refused("ATTACH DATABASE '/tmp/x' AS x", "ATTACH is not allowed here");
        refused("PRAGMA journal_mode = DELETE", "PRAGMA is not allowed here");
        refused("VACUUM INTO '/tmp/x'", "VACUUM is not allowed here");
        refused("CREATE TABLE t (a)", "CREATE is not allowed here");
        refused("BACKUP main TO '/tmp/x'", "BACKUP is not allowed here");
        refused("/* a comment */ DETACH stats", "DETACH is not allowed here");
        refused("SELECT load_extension('x')", "not authorized");
        refused("SELECT writefile('/tmp/x', 'y')", "no such function: writefile");
        refused("SELECT readfile('/etc/passwd')", "no such function: readfile");
    }

    @Test
    void a_statement_that_would_not_end_is_ended() throws SQLException {
        String endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT ";
        refused(endless + "count(*) FROM n", "ran longer than 10000 ms");
        refused(endless + "'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz' FROM n", "the answer is longer than");
        refused("SELECT length(zeroblob(1000000000))", "no value may be longer");
        assertThat(port.query("SELECT count(*) FROM topology")).containsExactly(List.of("3"));
    }

    private void refused(String sql, String why) {
        assertThatThrownBy(() -> port.query(sql))
                .as(sql)
                .hasMessageContaining("Sluice: ")
                .hasMessageContaining(why);
    }
}
