// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.admin.sql.MaskedSql;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every change is kept with who made it and what came of it. */
class AuditTest {
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
    void changes_are_kept_with_who_and_what_came_of_them() throws SQLException {
        port.query("SELECT * FROM mysql_users");
        port.query("SET NAMES utf8mb4");
        port.query("insert into mysql_users (username, password) values ('web', 'topsecret'), ('app', '')");
        port.query("UPDATE mysql_users SET password = 'topsecret', active = 0 WHERE username = 'web'");
        port.query("LOAD MYSQL USERS TO RUNTIME");
        port.query("DELETE FROM mysql_users WHERE username = 'app'; -- topsecret");
        port.query("LOAD MYSQL USERS TO RUN");
        port.query("SLUICE DRAIN 'db2:3306'");
        refused("SAVE MYSQL USERS TO DISK");
        refused("INSERT INTO mysql_users (username, password) VALUES ('web', 'topsecret' 'topsecret')");
        port.query("SET mysql-monitor_password = 'topsecret'");
        assertThatThrownBy(() -> port.connect("", "admin", "topsecret")).isInstanceOf(SQLException.class);
        List<List<String>> rows = port.query("SELECT statement, outcome FROM stats.audit");
        assertThat(rows.toString()).doesNotContain("topsecret");
        assertThat(rows)
                .startsWith(
                        List.of(
                                "insert into mysql_users (username, password) values ('***', '***'), ('***', '***')",
                                "ok: 2 rows"),
                        List.of(
                                "UPDATE mysql_users SET password = '***', active = *** WHERE username = 'web'",
                                "ok: 1 row"),
                        List.of("LOAD MYSQL USERS TO RUNTIME", "ok: added web, app"),
                        List.of("DELETE FROM mysql_users WHERE username = 'app';", "ok: 1 row"),
                        List.of("LOAD MYSQL USERS TO RUN", "ok: removed app"),
                        List.of("SLUICE DRAIN 'db2:3306'", "ok"))
                .hasSize(10);
        assertThat(rows.get(6).get(1)).contains("refused: ").contains("set admin.database");
        assertThat(rows.get(9).get(0)).isEqualTo("login");
        assertThat(rows.get(9).get(1)).contains("Access denied for user 'admin'");
        assertThat(port.query("SELECT DISTINCT admin, client LIKE '127.0.0.1:%', time LIKE '2%Z' FROM audit"
                        + " WHERE statement <> 'login'"))
                .containsExactly(List.of("admin", "1", "1"));
    }

    @Test
    void many_edits_leave_the_rest_where_it_is() throws SQLException {
        port.query("LOAD MYSQL USERS TO RUNTIME");
        try (var connection = port.connect();
                var statement = connection.createStatement()) {
            for (int i = 0; i < 1100; i++) {
                statement.execute("UPDATE mysql_users SET active = 0");
            }
        }
        assertThat(port.query("SELECT statement LIKE 'LOAD%', count(*) FROM audit GROUP BY 1 ORDER BY 1"))
                .containsExactly(List.of("0", "1000"), List.of("1", "1"));
    }

    @Test
    void a_long_statement_is_cut() {
        assertThat(new MaskedSql("SELECT '" + "x".repeat(5000) + "'").text()).hasSizeLessThan(2010);
        assertThat(new MaskedSql("LOAD\n MYSQL /* secret */ USERS").text()).isEqualTo("LOAD MYSQL USERS");
    }

    private void refused(String sql) {
        assertThatThrownBy(() -> port.query(sql)).isInstanceOf(SQLException.class);
    }
}
