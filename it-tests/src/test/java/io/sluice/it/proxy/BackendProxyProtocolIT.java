// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Servers that are told by the PROXY protocol where clients are: MariaDB's. Clients claim to be elsewhere, since Sluice,
 * too, listens to a load balancer.
 */
class BackendProxyProtocolIT {
    private static final String NEAR = "203.0.113.7";
    private static final String FAR = "198.51.100.9";

    private static SluiceProcess sluice;

    @BeforeAll
    static void start() {
        assumeTrue(Lab.flavor().isMariaDb(), "MySQL's servers do not know the PROXY protocol");
        Lab.topology()
                .source()
                .execute(
                        "CREATE USER roamer@'203.0.113.%' IDENTIFIED BY 'near'",
                        "GRANT ALL ON app.* TO roamer@'203.0.113.%'",
                        "CREATE USER roamer@'198.51.100.%' IDENTIFIED BY 'far'",
                        "GRANT SELECT ON app.* TO roamer@'198.51.100.%'",
                        "CREATE USER roamer@'2001:db8::%' IDENTIFIED BY 'six'",
                        "GRANT SELECT ON app.* TO roamer@'2001:db8::%'");
        Lab.topology().awaitCaughtUp();
        Lab.topology().servers().forEach(server -> server.execute("SET GLOBAL proxy_protocol_networks = '127.0.0.1'"));
        SluiceSettings settings = Lab.settings(Lab.topology())
                .set("mysql.proxy_protocol_networks", "127.0.0.1")
                .set("backend.proxy_protocol", true);
        sluice = SluiceProcess.start(settings, Lab.newHome("backend-proxy-protocol"));
    }

    @AfterAll
    static void stop() {
        if (Lab.flavor().isMariaDb()) {
            sluice.close();
            Lab.topology().servers().forEach(server -> server.execute("SET GLOBAL proxy_protocol_networks = ''"));
            Lab.topology()
                    .source()
                    .execute("DROP USER roamer@'203.0.113.%', roamer@'198.51.100.%', roamer@'2001:db8::%'");
        }
    }

    @Test
    void the_account_is_that_of_the_clients_address() throws Exception {
        try (LoadBalancer near = from(NEAR);
                LoadBalancer far = from(FAR);
                LoadBalancer six = from("2001:db8::7");
                Connection one = connect(near, "roamer", "near");
                Connection other = connect(far, "roamer", "far");
                Connection third = connect(six, "roamer", "six")) {
            for (int round = 0; round < 3; round++) {
                assertThat(who(one)).isEqualTo("roamer@203.0.113.% roamer@" + NEAR);
                assertThat(who(other)).isEqualTo("roamer@198.51.100.% roamer@" + FAR);
                assertThat(who(third)).isEqualTo("roamer@2001:db8::% roamer@2001:db8::7");
            }
            run(one, "CREATE OR REPLACE TABLE app.roamed (id INT)");
            run(one, "DROP TABLE app.roamed");
            SQLException refusal =
                    catchThrowableOfType(SQLException.class, () -> run(other, "CREATE TABLE app.roamed (id INT)"));
            assertThat((Throwable) refusal).hasMessageContaining("denied").hasMessageContaining(FAR);
        }
    }

    @Test
    void a_password_is_good_for_its_accounts_hosts_alone() throws Exception {
        try (LoadBalancer near = from(NEAR);
                LoadBalancer far = from(FAR);
                LoadBalancer elsewhere = from("192.0.2.1");
                Connection one = connect(near, "roamer", "near")) {
            for (LoadBalancer wrong : List.of(far, elsewhere)) {
                SQLException refusal = catchThrowableOfType(
                        SQLException.class,
                        () -> connect(wrong, "roamer", "near").close());
                assertThat((Throwable) refusal)
                        .hasMessageContaining("Access denied for user 'roamer'@'" + (wrong == far ? FAR : "192.0.2.1"));
            }
            assertThat(who(one)).startsWith("roamer@203.0.113.%");
        }
    }

    @Test
    void listed_users_have_the_clients_address_on_source_and_replicas() throws Exception {
        try (LoadBalancer near = from(NEAR);
                Connection connection = connect(near, "app", "app")) {
            run(connection, "BEGIN");
            assertThat(value(connection, "SELECT USER()")).isEqualTo("app@" + NEAR);
            run(connection, "COMMIT");
            for (int i = 0; i < 10; i++) {
                assertThat(value(connection, "SELECT USER()")).isEqualTo("app@" + NEAR);
            }
            long served = Lab.topology().servers().stream()
                    .filter(server -> processes(server).contains(NEAR))
                    .count();
            assertThat(served).as("servers with a connection for that address").isGreaterThan(1);
        }
    }

    @Test
    void clients_of_this_machine_are_sluice() throws Exception {
        try (LoadBalancer balancer = new LoadBalancer(sluice.port(), LoadBalancer.local());
                Connection connection = connect(balancer, "app", "app")) {
            assertThat(value(connection, "SELECT USER()")).isIn("app@localhost", "app@127.0.0.1");
        }
    }

    @Test
    void a_statement_of_a_client_elsewhere_can_be_killed() throws Exception {
        try (LoadBalancer near = from(NEAR);
                Connection victim = connect(near, "app", "app");
                Connection killer = connect(near, "app", "app")) {
            String id = value(victim, "SELECT CONNECTION_ID()");
            run(victim, "BEGIN");
            run(killer, "KILL " + id);
            SQLException end = catchThrowableOfType(SQLException.class, () -> value(victim, "SELECT 1"));
            assertThat((Throwable) end).isNotNull();
        }
    }

    private static LoadBalancer from(String client) throws Exception {
        return new LoadBalancer(sluice.port(), LoadBalancer.versionTwo(client));
    }

    private static Connection connect(LoadBalancer balancer, String user, String password) throws SQLException {
        String url = "jdbc:mariadb://127.0.0.1:" + balancer.endpoint().port()
                + "/app?allowPublicKeyRetrieval=true&socketTimeout=60000";
        return DriverManager.getConnection(url, user, password);
    }

    private static String who(Connection connection) throws SQLException {
        return value(connection, "SELECT CONCAT(CURRENT_USER(), ' ', USER())");
    }

    private static String processes(MysqldProcess server) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT GROUP_CONCAT(host) FROM information_schema.processlist")) {
            return rows.next() ? rows.getString(1) : "";
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
