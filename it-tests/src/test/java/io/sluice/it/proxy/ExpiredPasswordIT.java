// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accounts whose password has expired, direct and through Sluice. */
class ExpiredPasswordIT {
    /** What a driver says that can handle it. */
    private static final String ABLE = "disconnectOnExpiredPasswords=false";

    private static ReplicationTopology topology;
    private static MysqldProcess source;
    private static SluiceProcess sluice;
    private static boolean disconnecting;
    /** Another one each time: what Sluice knows of an account it knows for a second (authentication.recheck). */
    private static String user = "";

    private static int number;

    @BeforeAll
    static void start() {
        topology = Lab.newTopology("expired", 0);
        source = topology.source();
        sluice = SluiceProcess.start(SluiceSettings.of(topology), Lab.newHome("sluice"));
        disconnecting = !Lab.flavor().isMariaDb();
    }

    @AfterAll
    static void stop() {
        sluice.close();
        topology.close();
    }

    private static Endpoint endpoint(String name) {
        return name.equals("direct") ? new Endpoint(name, source.port(), Lab.flavor()) : Lab.of(sluice);
    }

    /** @param disconnects whether the server refuses who does not say that it can handle it */
    private static void expire(boolean disconnects) {
        if (Lab.flavor().isMariaDb()) {
            source.execute("SET GLOBAL disconnect_on_expired_password = " + disconnects);
        } else if (disconnects != disconnecting) {
            source.stop();
            source.start("--disconnect-on-expired-password=" + disconnects);
            disconnecting = disconnects;
            Await.until("Sluice has found the server again", Duration.ofSeconds(20), () -> {
                try (Connection open = Lab.of(sluice).connect();
                        Statement statement = open.createStatement()) {
                    return value(statement, "SELECT 1").equals("1");
                }
            });
        }
        user = "expiring" + ++number;
        source.execute(
                "CREATE USER " + user + "@'%' IDENTIFIED BY 'old' PASSWORD EXPIRE",
                "GRANT ALL ON app.* TO " + user + "@'%'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "sluice"})
    void who_can_change_it_is_let_in_to_do_so_and_then_goes_on(String name) throws SQLException {
        expire(true);
        Endpoint endpoint = endpoint(name);
        try (Connection open = connect(endpoint, "old", ABLE);
                Statement statement = open.createStatement()) {
            assertThat(refusal(statement, "SELECT 1")).isEqualTo(1820);
            assertThat(refusal(statement, "CREATE TABLE never (id INT)")).isEqualTo(1820);
            statement.execute("SET PASSWORD = " + (Lab.flavor().isMariaDb() ? "PASSWORD('new')" : "'new'"));
            assertThat(value(statement, "SELECT CONCAT(DATABASE(), ' ', CURRENT_USER())"))
                    .isEqualTo("app " + user + "@%");
        }
        assertThat(login(endpoint, "old", ABLE)).isEqualTo(1045);
        for (int i = 0; i < 3; i++) {
            assertThat(login(endpoint, "new")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "sluice"})
    void who_cannot_change_it_is_refused(String name) {
        expire(true);
        assertThat(login(endpoint(name), "old")).isEqualTo(1862);
        assertThat(login(endpoint(name), "wrong", ABLE)).isEqualTo(1045);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "sluice"})
    void who_cannot_change_it_is_let_in_where_the_server_lets_in_everybody(String name) {
        expire(false);
        assertThat(login(endpoint(name), "old"))
                .as("of the driver's first query")
                .isEqualTo(1820);
        assertThat(login(endpoint(name), "wrong")).isEqualTo(1045);
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "sluice"})
    void an_account_that_expires_while_it_is_known_is_let_in_to_change_its_password(String name) throws SQLException {
        expire(true);
        source.execute(
                "SET PASSWORD FOR " + user + "@'%' = " + (Lab.flavor().isMariaDb() ? "PASSWORD('old')" : "'old'"));
        Endpoint endpoint = endpoint(name);
        assertThat(login(endpoint, "old")).isZero();
        source.execute("ALTER USER " + user + "@'%' PASSWORD EXPIRE");
        Await.until("the proof is repeated", Duration.ofSeconds(10), () -> login(endpoint, "old") == 1862);
        try (Connection open = connect(endpoint, "old", ABLE);
                Statement statement = open.createStatement()) {
            assertThat(refusal(statement, "SELECT 1")).isEqualTo(1820);
        }
    }

    /** By MariaDB's driver before MariaDB: the other one takes it for a server that is too old for other plugins. */
    private static Connection connect(Endpoint endpoint, String password, String... properties) throws SQLException {
        if (!Lab.flavor().isMariaDb()) {
            return endpoint.connectAs(user, password, "app", properties);
        }
        String url = "jdbc:mariadb://127.0.0.1:" + endpoint.port() + "/app?allowPublicKeyRetrieval=true&"
                + String.join("&", properties);
        return DriverManager.getConnection(url, user, password);
    }

    private static int login(Endpoint endpoint, String password, String... properties) {
        try (Connection open = connect(endpoint, password, properties);
                Statement statement = open.createStatement()) {
            return value(statement, "SELECT 1").equals("1") ? 0 : -1;
        } catch (SQLException e) {
            return e.getErrorCode();
        }
    }

    private static int refusal(Statement statement, String sql) {
        return catchThrowableOfType(SQLException.class, () -> statement.execute(sql))
                .getErrorCode();
    }

    private static String value(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
