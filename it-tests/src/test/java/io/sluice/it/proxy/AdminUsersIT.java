// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users who come, change and go by the admin port, before real servers. */
class AdminUsersIT {
    private static final MysqldProcess SOURCE = Lab.topology().source();

    private static final List<String> USERS = List.of("tabled", "shut", "gone", "hashed");

    private static SluiceProcess sluice;
    private static Endpoint admin;

    @BeforeAll
    static void start() {
        for (String user : USERS) {
            SOURCE.execute(
                    "CREATE USER " + user + "@'%' IDENTIFIED BY 'first'", "GRANT ALL ON app.* TO " + user + "@'%'");
        }
        Lab.topology().awaitCaughtUp();
        SluiceSettings settings = Lab.settings(Lab.topology()).admin("admin", "admin");
        sluice = SluiceProcess.start(settings, Lab.newHome("admin-users"));
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
    }

    @AfterAll
    static void stop() {
        sluice.close();
        USERS.forEach(user -> SOURCE.execute("DROP USER " + user + "@'%'"));
    }

    @Test
    void a_user_comes_and_another_password_is_for_new_clients_and_for_all_new_connections() throws SQLException {
        load("INSERT INTO mysql_users (username, password, default_schema) VALUES ('tabled', 'first', 'app')");
        try (Connection open = connect("tabled", "first")) {
            assertThat(value(open, "SELECT DATABASE()")).isEqualTo("app");
            SOURCE.execute("ALTER USER tabled@'%' IDENTIFIED BY 'second'");
            Lab.topology().awaitCaughtUp();
            load("UPDATE mysql_users SET password = 'second' WHERE username = 'tabled'");
            assertThatThrownBy(() -> connect("tabled", "first")).hasMessageContaining("Access denied");
            try (Connection late = connect("tabled", "second")) {
                assertThat(value(late, "SELECT CURRENT_USER()")).isEqualTo("tabled@%");
            }
            // More connections than there were: they are opened with the new password.
            try (Connection other = connect("tabled", "second")) {
                value(other, "SELECT 1 FOR UPDATE");
                assertThat(value(open, "SELECT 1 FOR UPDATE")).isEqualTo("1");
            }
        }
        assertThat(sluice.log())
                .contains("event=users_changed")
                .contains("event=admin_audit admin=admin client=127.0.0.1:")
                .doesNotContain("'second'");
    }

    @Test
    void a_user_is_shut_out_while_sessions_stay() throws SQLException {
        load("INSERT INTO mysql_users (username, password) VALUES ('shut', 'first')");
        try (Connection open = connect("shut", "first")) {
            load("UPDATE mysql_users SET active = 0 WHERE username = 'shut'");
            assertThatThrownBy(() -> connect("shut", "first")).hasMessageContaining("Access denied");
            assertThat(value(open, "SELECT 1")).isEqualTo("1");
            assertThatThrownBy(() -> connect("shut", "wrong")).hasMessageContaining("Access denied");
        }
    }

    @Test
    void a_user_that_is_not_listed_any_more_is_the_servers_to_judge() throws SQLException {
        load("INSERT INTO mysql_users (username, password, active) VALUES ('gone', 'first', 0)");
        assertThatThrownBy(() -> connect("gone", "first")).hasMessageContaining("Access denied");
        load("DELETE FROM mysql_users WHERE username = 'gone'");
        connect("gone", "first").close();
    }

    @Test
    void a_hash_is_enough() throws SQLException {
        load("INSERT INTO mysql_users (username, password) VALUES ('hashed',"
                + " '*9BDE81F857CBD7E27CAED548ED36F57CE4307F0B')");
        assertThatThrownBy(() -> connect("hashed", "wrong")).hasMessageContaining("Access denied");
        try (Connection open = connect("hashed", "first")) {
            assertThat(value(open, "SELECT CURRENT_USER()")).isEqualTo("hashed@%");
        }
    }

    private static Connection connect(String user, String password) throws SQLException {
        return Lab.of(sluice).connectAs(user, password, "");
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void load(String change) throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement()) {
            statement.execute(change);
            statement.execute("LOAD MYSQL USERS TO RUNTIME");
        }
    }
}
