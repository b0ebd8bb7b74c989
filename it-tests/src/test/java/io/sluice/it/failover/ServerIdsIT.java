// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import io.sluice.it.fault.NetworkRelay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Writes of MariaDB's sessions under server ids that no server has: when they are used, and what they prove. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerIdsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long FIRST = 4_200_000_001L;

    private ReplicationTopology topology;
    private NetworkRelay network;
    private SluiceProcess sluice;

    @BeforeAll
    void begin() throws IOException {
        assumeTrue(Lab.flavor().isMariaDb(), "MySQL has tags");
        topology = Lab.newTopology("server-ids", 1);
        topology.source()
                .execute(
                        "CREATE TABLE app.once (n INT)",
                        "GRANT CONNECTION ADMIN ON *.* TO monitor@'%'",
                        "CREATE USER plain@'%' IDENTIFIED BY 'plain'",
                        "GRANT ALL ON app.* TO plain@'%'");
        topology.awaitCaughtUp();
        network = new NetworkRelay(topology.source().port());
        SluiceSettings settings = new SluiceSettings().user("app", "app").user("plain", "plain");
        settings.server(network.address());
        settings.server(topology.server(1).address());
        settings.set("monitor.interval", "100ms").set("failover.verify_writes", true);
        sluice = SluiceProcess.start(settings, Lab.newHome("server-ids-sluice"));
    }

    @AfterAll
    void end() throws IOException {
        if (topology != null) {
            sluice.close();
            network.close();
            topology.close();
        }
    }

    @Test
    void are_given_to_those_that_write_and_the_servers_number_follows_a_reset() throws Exception {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            awaitMarked(statement);
            assertThat(topology.source().query("SELECT @@gtid_binlog_state")).contains("-" + FIRST);
            topology.awaitCaughtUp();
            assertThat(topology.server(1).query("SELECT @@gtid_binlog_state")).contains("-" + FIRST);
        }
    }

    @Test
    void tell_that_a_write_was_not_executed_when_its_connection_was_cut() throws Exception {
        interrupted(false);
    }

    @Test
    void wait_for_the_server_to_let_go_of_it_before_they_tell() throws Exception {
        interrupted(true);
    }

    /** A write waits for a lock when its way to the server is cut; the lock may be freed while Sluice is away. */
    private void interrupted(boolean freed) throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement();
                Connection other = topology.source().connect();
                Statement lock = other.createStatement()) {
            awaitMarked(statement);
            statement.execute("DELETE FROM once");
            lock.execute("LOCK TABLES app.once WRITE");
            Future<Integer> write = threads.submit(() -> statement.executeUpdate("INSERT INTO once VALUES (1)"));
            Await.until("the write waits", LIMIT, () -> !waiting().isEmpty());
            String first = waiting();
            if (freed) {
                lock.execute("UNLOCK TABLES");
            }
            network.drop();
            if (!freed) {
                Await.until(
                        "it was ended there and sent again",
                        LIMIT,
                        () -> !waiting().isEmpty() && !waiting().contains(first));
                lock.execute("UNLOCK TABLES");
            }
            try {
                assertThat(write.get(60, TimeUnit.SECONDS)).isEqualTo(1);
            } catch (ExecutionException e) {
                assertThat(freed).isTrue();
                assertThat(((SQLException) e.getCause()).getErrorCode()).isEqualTo(9515);
            }
            assertThat(topology.source().query("SELECT COUNT(*) FROM app.once")).isEqualTo("1");
        } finally {
            threads.shutdownNow();
        }
    }

    /** The session that waits for the lock; empty if none does. */
    private String waiting() throws SQLException {
        return topology.source()
                .query(
                        "SELECT GROUP_CONCAT(id) FROM information_schema.processlist WHERE info LIKE 'INSERT INTO once%'");
    }

    @Test
    void are_not_for_a_source_that_replicates_itself() throws Exception {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            awaitMarked(statement);
            topology.source().execute("CHANGE MASTER 'ring' TO MASTER_HOST='127.0.0.1', MASTER_PORT=1");
            Await.until("the server's own id is back", LIMIT, () -> !isMarked(statement));
            topology.source().execute("RESET SLAVE 'ring' ALL");
            awaitMarked(statement);
        }
        assertThat(sluice.log()).contains("event=writes_not_verified", "RESET SLAVE ALL");
    }

    @Test
    void need_a_privilege_which_the_log_names() throws Exception {
        try (Connection marked = Lab.of(sluice).connect();
                Statement statement = marked.createStatement();
                Connection connection = Lab.of(sluice).connectAs("plain", "plain", "app");
                Statement plain = connection.createStatement()) {
            awaitMarked(statement);
            plain.executeUpdate("INSERT INTO once VALUES (2)");
        }
        assertThat(sluice.log()).contains("GRANT BINLOG REPLAY ON *.*");
    }

    private void awaitMarked(Statement statement) {
        Await.until("writes are marked", LIMIT, () -> isMarked(statement));
    }

    /** The id of the writing session, as the row that it writes has it. */
    private static boolean isMarked(Statement statement) throws SQLException {
        statement.execute("BEGIN");
        statement.executeUpdate("INSERT INTO once VALUES (3)");
        try (ResultSet row = statement.executeQuery("SELECT @@server_id")) {
            row.next();
            return row.getLong(1) >= FIRST;
        } finally {
            statement.execute("COMMIT");
        }
    }
}
