// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import io.sluice.it.server.Await;
import io.sluice.it.server.MysqldProcess;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accounts whose password has expired, direct and through Sluice. */
class ExpiredPasswordIT {
    private static final MysqldProcess SOURCE = Lab.topology().source();

    /** What a driver says that can handle it. */
    private static final String ABLE = "disconnectOnExpiredPasswords=false";

    private static Endpoint endpoint(String name) {
        return name.equals("direct") ? Lab.direct() : Lab.throughSluice();
    }

    private static void expire(boolean disconnects) {
        SOURCE.execute(
                "SET GLOBAL disconnect_on_expired_password = " + disconnects,
                "DROP USER IF EXISTS expiring@'%'",
                "CREATE USER expiring@'%' IDENTIFIED BY 'old' PASSWORD EXPIRE",
                "GRANT ALL ON app.* TO expiring@'%'");
        Lab.topology().awaitCaughtUp();
    }

    @AfterEach
    void drop() {
        SOURCE.execute(
                "SET GLOBAL disconnect_on_expired_password = " + !Lab.flavor().isMariaDb(),
                "DROP USER IF EXISTS expiring@'%'");
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
                    .isEqualTo("app expiring@%");
        }
        Lab.topology().awaitCaughtUp();
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
        SOURCE.execute("SET PASSWORD FOR expiring@'%' = " + (Lab.flavor().isMariaDb() ? "PASSWORD('old')" : "'old'"));
        Lab.topology().awaitCaughtUp();
        Endpoint endpoint = endpoint(name);
        assertThat(login(endpoint, "old")).isZero();
        SOURCE.execute("ALTER USER expiring@'%' PASSWORD EXPIRE");
        Lab.topology().awaitCaughtUp();
        Await.until("the proof is repeated", Duration.ofSeconds(10), () -> login(endpoint, "old") == 1862);
        try (Connection open = connect(endpoint, "old", ABLE);
                Statement statement = open.createStatement()) {
            assertThat(refusal(statement, "SELECT 1")).isEqualTo(1820);
        }
    }

    /** By MariaDB's driver before MariaDB: the other one takes it for a server that is too old for other plugins. */
    private static Connection connect(Endpoint endpoint, String password, String... properties) throws SQLException {
        if (!Lab.flavor().isMariaDb()) {
            return endpoint.connectAs("expiring", password, "app", properties);
        }
        String url = "jdbc:mariadb://127.0.0.1:" + endpoint.port() + "/app?allowPublicKeyRetrieval=true&"
                + String.join("&", properties);
        return DriverManager.getConnection(url, "expiring", password);
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
