// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.mysql.cj.jdbc.JdbcConnection;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the configuration can say of a user: a Sluice of its own, with users of every kind. */
class ListedUserIT {
    private static final MysqldProcess SOURCE = Lab.topology().source();

    private static SluiceProcess sluice;

    @BeforeAll
    static void start() throws SQLException {
        SluiceSettings settings = new SluiceSettings();
        Lab.topology().servers().forEach(server -> settings.server(server.address()));
        settings.user("rotating", Map.of("password", "new", "old_password", "old"));
        Map<String, Object> behind = Map.of("backend_user", "behind", "backend_password", "unknown to clients");
        settings.user("front", with(behind, "password", "front")).user("facade", with(behind, "password", "facade"));
        create("hashed", "hushed");
        settings.user("hashed", Map.of("password_hash", storedHash("hashed")));
        settings.user(
                "mask",
                with(
                        Map.of("backend_user", "behind", "backend_password", "unknown to clients"),
                        "password_hash",
                        "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"));
        settings.user("careful", with(behind, "password", "careful", "require_tls", true));
        settings.user("near", with(behind, "password", "near", "from", List.of("10.0.0.0/8", "localhost")));
        settings.user("far", with(behind, "password", "far", "from", "10.0.0.0/8"));
        settings.admin("admin", "admin");
        create("behind", "unknown to clients");
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
    }

    @AfterAll
    static void stop() {
        sluice.close();
        SOURCE.execute("DROP USER IF EXISTS rotating@'%', behind@'%', hashed@'%'");
    }

    private static Map<String, Object> with(Map<String, Object> keys, Object... more) {
        Map<String, Object> all = new LinkedHashMap<>(keys);
        for (int i = 0; i < more.length; i += 2) {
            all.put((String) more[i], more[i + 1]);
        }
        return all;
    }

    @Test
    void a_password_is_changed_at_the_server_with_clients_that_know_either_and_none_notices() throws SQLException {
        create("rotating", "old");
        try (Connection open = connect("rotating", "new")) {
            bothPasswordsServe(open);
            changeRotating("IDENTIFIED BY 'new'");
            bothPasswordsServe(open);
            changeRotating("IDENTIFIED BY 'old'");
            bothPasswordsServe(open);
        }
        refused("rotating", "neither");
        refused("rotating", "");
    }

    @Test
    void a_password_is_changed_with_the_servers_own_second_password() throws SQLException {
        assumeFalse(Lab.flavor().isMariaDb(), "MariaDB has no second password");
        create("rotating", "old");
        try (Connection open = connect("rotating", "old")) {
            bothPasswordsServe(open);
            changeRotating("IDENTIFIED BY 'new' RETAIN CURRENT PASSWORD");
            bothPasswordsServe(open);
            changeRotating("DISCARD OLD PASSWORD");
            bothPasswordsServe(open);
        }
    }

    @Test
    void a_user_is_known_to_servers_by_another_name_and_to_people_by_the_own() throws SQLException {
        refused("front", "unknown to clients");
        refused("front", "facade");
        try (Connection front = connect("front", "front")) {
            assertThat(value(front, "SELECT CURRENT_USER()")).isEqualTo("behind@%");
            assertThat(sessionsOf("front")).isEqualTo(1);
            assertThat(sessionsOf("behind")).isZero();
            SQLException error = catchThrowableOfType(
                    SQLException.class,
                    () -> Lab.of(sluice).connectAs("front", "front", "mysql").close());
            assertThat(error.getErrorCode()).isEqualTo(1044);
            assertThat(error.getMessage()).contains("user 'front'@'%' to database 'mysql'");
        }
    }

    @Test
    void users_of_one_name_at_the_servers_kill_their_own_sessions_only() throws SQLException {
        try (Connection front = connect("front", "front");
                Connection other = connect("front", "front");
                Connection facade = connect("facade", "facade");
                Statement kill = facade.createStatement();
                Statement killOwn = other.createStatement()) {
            String id = value(front, "SELECT CONNECTION_ID()");
            SQLException error = catchThrowableOfType(SQLException.class, () -> kill.execute("KILL " + id));
            assertThat(error.getErrorCode()).isEqualTo(1095);
            assertThat(error.getMessage()).contains("You are not owner of thread " + id);
            assertThat(value(front, "SELECT 1")).isEqualTo("1");
            killOwn.execute("KILL " + id);
            assertThat(catchThrowableOfType(SQLException.class, () -> value(front, "SELECT 1"))
                            .getSQLState())
                    .startsWith("08");
        }
    }

    @Test
    void a_client_changes_to_a_user_known_by_another_name() throws SQLException {
        create("rotating", "new");
        try (Connection connection = connect("rotating", "new")) {
            assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("rotating@%");
            JdbcConnection mysql = connection.unwrap(JdbcConnection.class);
            mysql.changeUser("front", "front");
            assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("behind@%");
            assertThat(sessionsOf("front")).isEqualTo(1);
            mysql.changeUser("rotating", "old");
            assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("rotating@%");
            assertThat(sessionsOf("front")).isZero();
        }
    }

    @Test
    void a_password_is_checked_by_the_hash_that_the_server_stores() throws SQLException {
        refused("hashed", "wrong");
        for (String tls : List.of("sslMode=DISABLED", "sslMode=REQUIRED", "sslMode=REQUIRED")) {
            try (Connection connection = connect("hashed", "hushed", tls)) {
                assertThat(value(connection, "SELECT CURRENT_USER() FOR UPDATE"))
                        .isEqualTo("hashed@%");
            }
            refused("hashed", "wrong");
        }
        refused("hashed", "");
    }

    @Test
    void a_hash_of_the_native_plugin_is_enough_where_servers_get_another_password() throws SQLException {
        List<String> plugins = Lab.flavor().isMariaDb()
                ? List.of("mysql_native_password")
                : List.of("mysql_native_password", "caching_sha2_password");
        for (String plugin : plugins) {
            try (Connection connection = connect("mask", "password", "defaultAuthenticationPlugin=" + plugin)) {
                assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("behind@%");
            }
        }
        refused("mask", "passwort");
        refused("mask", "unknown to clients");
    }

    /** As it is in mysql.user, in a form that any hash can be written in. */
    private static String storedHash(String user) throws SQLException {
        String where = " FROM mysql.user WHERE user = '" + user + "'";
        return Lab.flavor().isMariaDb()
                ? SOURCE.query("SELECT authentication_string" + where)
                : "0x" + SOURCE.query("SELECT HEX(authentication_string)" + where);
    }

    @Test
    void a_user_that_must_use_tls_is_refused_without() throws SQLException {
        refused("careful", "careful", "sslMode=DISABLED");
        try (Connection connection = connect("careful", "careful", "sslMode=REQUIRED")) {
            assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("behind@%");
        }
        refused("careful", "careless", "sslMode=REQUIRED");
    }

    @Test
    void a_user_is_refused_from_elsewhere() throws SQLException {
        try (Connection connection = connect("near", "near")) {
            assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("behind@%");
        }
        refused("far", "far");
    }

    @Test
    void who_guesses_passwords_is_slowed_and_who_knows_one_is_not() throws SQLException {
        connect("front", "front").close(); // forgets what other tests have done
        long begin = System.nanoTime();
        for (int i = 0; i < 9; i++) {
            refused("front", "guess " + i);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("100, 200, 400 and 800 ms after the fifth")
                .isGreaterThan(Duration.ofMillis(1_500));
        assertThat(sluice.metric("sluice_logins_delayed_total")).isGreaterThanOrEqualTo(4);
        begin = System.nanoTime();
        connect("front", "front").close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1_500));
    }

    private static int sessionsOf(String user) throws SQLException {
        int sessions = 0;
        try (Connection admin = DriverManager.getConnection(
                        "jdbc:mysql://127.0.0.1:" + sluice.settings().adminPort() + "/?allowPublicKeyRetrieval=true",
                        "admin",
                        "admin");
                Statement statement = admin.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SESSIONS")) {
            while (rows.next()) {
                sessions += rows.getString("user").equals(user) ? 1 : 0;
            }
        }
        return sessions;
    }

    /** Also on connections that are made now, to the source and to a replica. */
    private static void bothPasswordsServe(Connection open) throws SQLException {
        endServerConnections("rotating");
        for (String password : new String[] {"new", "old"}) {
            try (Connection connection = connect("rotating", password)) {
                assertThat(value(connection, "SELECT CURRENT_USER() FOR UPDATE"))
                        .isEqualTo("rotating@%");
                assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("rotating@%");
            }
        }
        assertThat(value(open, "SELECT CURRENT_USER() FOR UPDATE")).isEqualTo("rotating@%");
        assertThat(value(open, "SELECT CURRENT_USER()")).isEqualTo("rotating@%");
    }

    private static void changeRotating(String change) {
        SOURCE.execute("ALTER USER rotating@'%' " + change);
        Lab.topology().awaitCaughtUp();
    }

    private static void create(String user, String password) {
        SOURCE.execute(
                "DROP USER IF EXISTS " + user + "@'%'",
                "CREATE USER " + user + "@'%' IDENTIFIED BY '" + password + "'",
                "GRANT ALL ON app.* TO " + user + "@'%'");
        Lab.topology().awaitCaughtUp();
    }

    /** So that Sluice has to log in again. */
    private static void endServerConnections(String user) throws SQLException {
        for (MysqldProcess server : Lab.topology().servers()) {
            String ids = server.query("SELECT COALESCE(GROUP_CONCAT(id), '') FROM information_schema.processlist"
                    + " WHERE user = '" + user + "'");
            for (String id : ids.isEmpty() ? new String[0] : ids.split(",")) {
                server.execute("KILL " + id);
            }
        }
    }

    private static void refused(String user, String password, String... properties) {
        SQLException error = catchThrowableOfType(
                SQLException.class, () -> connect(user, password, properties).close());
        assertThat(error.getErrorCode()).isEqualTo(1045);
        assertThat(error.getMessage()).contains("Access denied for user '" + user + "'@'localhost'");
    }

    private static Connection connect(String user, String password, String... properties) throws SQLException {
        return Lab.of(sluice).connectAs(user, password, "app", properties);
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
