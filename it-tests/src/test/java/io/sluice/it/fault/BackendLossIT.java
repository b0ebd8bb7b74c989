// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import io.sluice.it.WireClient;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections to a server die, and clients vanish: what costs nobody anything, what is told, what is undone at once. */
class BackendLossIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeEach
    void start() {
        topology = Lab.newTopology("loss", 0);
        topology.source()
                .execute(
                        "CREATE TABLE app.loss (id INT PRIMARY KEY, n INT)",
                        "INSERT INTO app.loss VALUES (1, 0), (2, 0), (3, 0)");
        sluice = SluiceProcess.start(Lab.settings(topology), Lab.newHome("loss-sluice"));
    }

    @AfterEach
    void end() {
        sluice.close();
        topology.close();
    }

    @Test
    void idle_connections_that_are_killed_cost_no_client_anything() throws SQLException {
        List<Connection> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                clients.add(Lab.of(sluice).connect());
            }
            for (int round = 0; round < 5; round++) {
                killConnections();
                for (Connection client : clients) {
                    update(client, "UPDATE loss SET n = n + 1 WHERE id = 1");
                    assertThat(value(client, "SELECT COUNT(*) FROM loss")).isEqualTo(3);
                }
            }
            assertThat(value(clients.get(0), "SELECT n FROM loss WHERE id = 1")).isEqualTo(25);
        } finally {
            for (Connection client : clients) {
                client.close();
            }
        }
    }

    @Test
    void idle_connections_that_the_server_times_out_cost_no_client_anything() throws SQLException {
        topology.source().execute("SET GLOBAL wait_timeout = 1");
        try (Connection client = Lab.of(sluice).connect()) {
            for (int round = 1; round <= 3; round++) {
                update(client, "UPDATE loss SET n = n + 1 WHERE id = 1");
                Await.until(
                        "the server ended what was idle",
                        LIMIT,
                        () -> connections().isEmpty() && noticed());
                assertThat(value(client, "SELECT n FROM loss WHERE id = 1")).isEqualTo(round);
                Await.until(
                        "the server ended what was idle",
                        LIMIT,
                        () -> connections().isEmpty() && noticed());
            }
        }
    }

    @Test
    void a_restart_of_the_server_costs_a_session_without_state_nothing() throws SQLException {
        MysqldProcess source = topology.source();
        try (Connection client = Lab.of(sluice).connect()) {
            update(client, "UPDATE loss SET n = 5 WHERE id = 1");
            source.stop();
            source.start();
            Await.until("Sluice sees the source again", LIMIT, () -> sluice.metric("sluice_source_known") == 1);
            assertThat(value(client, "SELECT n FROM loss WHERE id = 1")).isEqualTo(5);
            update(client, "UPDATE loss SET n = 6 WHERE id = 1");
        }
    }

    @Test
    void a_connection_lost_within_a_transaction_is_an_error_and_the_session_goes_on() throws SQLException {
        try (Connection client = Lab.of(sluice).connect()) {
            client.setAutoCommit(false);
            update(client, "UPDATE loss SET n = 9 WHERE id = 2");
            killConnections();
            SQLException lost = catchThrowableOfType(SQLException.class, () -> value(client, "SELECT n FROM loss"));
            assertThat(lost.getErrorCode()).isEqualTo(9502);
            assertThat(lost.getSQLState()).isEqualTo("40000");
            client.rollback();
            assertThat(value(client, "SELECT n FROM loss WHERE id = 2")).isZero();
            update(client, "UPDATE loss SET n = 1 WHERE id = 2");
            client.commit();
            assertThat(value(client, "SELECT n FROM loss WHERE id = 2")).isEqualTo(1);
        }
    }

    @Test
    void a_client_that_vanishes_between_commands_leaves_no_lock() throws Exception {
        WireClient vanishing = WireClient.loggedIn(sluice.port());
        ask(vanishing, "BEGIN");
        ask(vanishing, "UPDATE loss SET n = 7 WHERE id = 3");
        vanishing.close();
        assertLockIsFree();
    }

    @Test
    void a_client_that_vanishes_while_its_statement_runs_leaves_no_lock() throws Exception {
        WireClient vanishing = WireClient.loggedIn(sluice.port());
        ask(vanishing, "BEGIN");
        ask(vanishing, "UPDATE loss SET n = 7 WHERE id = 3");
        // No sleep, which the server itself would break off, but work that looks at the connection only at its end.
        vanishing.query("SELECT BENCHMARK(1000000000, SHA2('x', 512))");
        Await.until("the statement runs", LIMIT, () -> running("BENCHMARK%") == 1);
        vanishing.close();
        assertLockIsFree();
        assertThat(running("BENCHMARK%")).isZero();
    }

    private void assertLockIsFree() throws SQLException {
        try (Connection other = Lab.of(sluice).connect()) {
            update(other, "SET innodb_lock_wait_timeout = 10");
            update(other, "UPDATE loss SET n = n + 1 WHERE id = 3");
            assertThat(value(other, "SELECT n FROM loss WHERE id = 3"))
                    .as("the transaction was rolled back")
                    .isEqualTo(1);
        }
        Await.until("nothing in use", LIMIT, () -> sluice.metric("sluice_pool_leased") == 0);
    }

    private static void ask(WireClient client, String sql) throws Exception {
        client.query(sql);
        assertThat(WireClient.errorCode(client.readPacket())).isZero();
    }

    private List<Long> connections() throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (Connection connection = topology.source().connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT id FROM information_schema.processlist WHERE user = 'app'"
                                + " AND command <> 'Killed'")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }

    /** Kills what the pool holds, and what it was just opening too: that one shows up a moment later. */
    private void killConnections() {
        Await.until("they are gone", LIMIT, () -> {
            List<Long> ids = connections();
            for (long id : ids) {
                kill(id);
            }
            return ids.isEmpty() && noticed();
        });
    }

    /** A server's list is shorter before its sockets are closed, and Sluice has read the end of them. */
    private boolean noticed() {
        return sluice.metric("sluice_pool_open", "server=") == 0;
    }

    private void kill(long id) {
        try {
            topology.source().execute("KILL " + id);
        } catch (ServerFailure e) {
            assertThat(e).as("it may have ended by itself").hasMessageContaining("Unknown thread id");
        }
    }

    private int running(String text) throws SQLException {
        String sql =
                "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'app' AND info LIKE '%" + text + "'";
        return Integer.parseInt(topology.source().query(sql));
    }

    private static void update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static int value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
