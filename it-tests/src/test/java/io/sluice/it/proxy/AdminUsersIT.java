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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users who come, change and go by the admin port, before real servers. */
class AdminUsersIT {
    private static final MysqldProcess SOURCE = Lab.topology().source();

    private static SluiceProcess sluice;
    private static Endpoint admin;

    @BeforeAll
    static void start() {
        SOURCE.execute(
                "CREATE USER tabled@'%' IDENTIFIED BY 'first'",
                "GRANT ALL ON app.* TO tabled@'%'",
                "CREATE USER hashed@'%' IDENTIFIED BY 'first'",
                "GRANT ALL ON app.* TO hashed@'%'");
        Lab.topology().awaitCaughtUp();
        SluiceSettings settings = Lab.settings(Lab.topology()).admin("admin", "admin");
        sluice = SluiceProcess.start(settings, Lab.newHome("admin-users"));
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
    }

    @AfterAll
    static void stop() {
        sluice.close();
        SOURCE.execute("DROP USER tabled@'%'", "DROP USER hashed@'%'");
    }

    @Test
    void a_user_comes_changes_and_is_shut_out_while_sessions_stay() throws SQLException {
        change("INSERT INTO mysql_users (username, password, default_schema) VALUES ('tabled', 'first', 'app')");
        change("LOAD MYSQL USERS TO RUNTIME");
        try (Connection open = connect("tabled", "first")) {
            assertThat(value(open, "SELECT DATABASE()")).isEqualTo("app");
            SOURCE.execute("ALTER USER tabled@'%' IDENTIFIED BY 'second'");
            Lab.topology().awaitCaughtUp();
            change("UPDATE mysql_users SET password = 'second' WHERE username = 'tabled'");
            change("LOAD MYSQL USERS TO RUNTIME");
            assertThatThrownBy(() -> connect("tabled", "first")).hasMessageContaining("Access denied");
            try (Connection late = connect("tabled", "second")) {
                assertThat(value(late, "SELECT CURRENT_USER()")).isEqualTo("tabled@%");
            }
            // More connections than there were: they are opened with the new password.
            try (Connection other = connect("tabled", "second")) {
                value(other, "SELECT 1 FOR UPDATE");
                assertThat(value(open, "SELECT 1 FOR UPDATE")).isEqualTo("1");
            }
            change("UPDATE mysql_users SET active = 0 WHERE username = 'tabled'");
            change("LOAD MYSQL USERS TO RUNTIME");
            assertThatThrownBy(() -> connect("tabled", "second")).hasMessageContaining("Access denied");
            assertThat(value(open, "SELECT 1")).isEqualTo("1");
            assertThatThrownBy(() -> connect("tabled", "wrong")).hasMessageContaining("Access denied");
        }
        change("DELETE FROM mysql_users WHERE username = 'tabled'");
        change("LOAD MYSQL USERS TO RUNTIME");
        connect("tabled", "second").close(); // the servers know it, and may say so
        assertThat(sluice.log())
                .contains("event=users_changed")
                .contains("event=admin_audit admin=admin client=127.0.0.1:")
                .doesNotContain("second'");
    }

    @Test
    void a_hash_is_enough() throws SQLException {
        change("INSERT INTO mysql_users (username, password) VALUES ('hashed',"
                + " '*9BDE81F857CBD7E27CAED548ED36F57CE4307F0B')");
        change("LOAD MYSQL USERS TO RUNTIME");
        assertThatThrownBy(() -> connect("hashed", "wrong")).hasMessageContaining("Access denied");
        try (Connection open = connect("hashed", "first")) {
            assertThat(value(open, "SELECT CURRENT_USER()")).isEqualTo("hashed@%");
        }
        change("DELETE FROM mysql_users WHERE username = 'hashed'");
        change("LOAD MYSQL USERS TO RUNTIME");
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

    private static void change(String sql) throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
