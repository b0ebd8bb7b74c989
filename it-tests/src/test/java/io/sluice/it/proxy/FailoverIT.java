// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Counters;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The source dies, a replica takes over, and the clients' connections live on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeAll
    void start() {
        topology = Lab.newTopology("failover", 2);
        topology.source().execute("CREATE TABLE app.failover (id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
        topology.awaitCaughtUp();
        sluice = SluiceProcess.start(Lab.settings(topology), Lab.newHome("failover-sluice"));
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    @BeforeEach
    void writes_work() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect()) {
            Await.until("a write through Sluice", LIMIT, () -> insert(connection, 0) == 1);
        }
    }

    @AfterEach
    void bring_dead_servers_back() {
        if (!topology.source().isAlive()) {
            topology.source().start(); // a test failed before it had promoted another
        }
        for (int n = 0; n < topology.servers().size(); n++) {
            if (!topology.server(n).isAlive()) {
                topology.rejoin(n);
            }
        }
        topology.awaitCaughtUp();
    }

    @Test
    void an_idle_session_writes_on_after_the_failover() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect()) {
            assertThat(insert(connection, 1)).isEqualTo(1);
            failOver();
            assertThat(insert(connection, 1)).isEqualTo(1);
            assertThat(count(connection, 1)).isEqualTo(2);
        }
    }

    @Test
    void a_write_waits_for_the_new_source() throws Exception {
        try (Connection connection = Lab.of(sluice).connect()) {
            topology.awaitCaughtUp();
            topology.source().kill();
            CompletableFuture<Integer> write = CompletableFuture.supplyAsync(() -> {
                try {
                    return insert(connection, 2);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThatThrownBy(() -> write.get(700, TimeUnit.MILLISECONDS))
                    .as("the write has no source to go to")
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            topology.promote((topology.sourceNumber() + 1) % 3);
            assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(count(connection, 2)).isEqualTo(1);
        }
    }

    @Test
    void reads_go_on_without_a_source() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect()) {
            count(connection, 0);
            topology.awaitCaughtUp(); // or what is not on a replica yet keeps the old source from following
            topology.source().kill();
            for (int i = 0; i < 50; i++) {
                assertThat(count(connection, 0)).isPositive();
            }
            topology.promote((topology.sourceNumber() + 1) % 3);
        }
    }

    @Test
    void a_transaction_that_loses_its_server_is_told_so_and_can_begin_again() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            insert(connection, 3);
            failOver();
            assertThatThrownBy(() -> insert(connection, 3)).isInstanceOf(SQLException.class);
            statement.execute("ROLLBACK");
            statement.execute("BEGIN");
            assertThat(insert(connection, 3)).isEqualTo(1);
            statement.execute("COMMIT");
            assertThat(count(connection, 3)).isEqualTo(1);
        }
    }

    @Test
    void a_source_that_hangs_is_replaced() throws SQLException {
        int hung = topology.sourceNumber();
        try (Connection connection = Lab.of(sluice).connect()) {
            topology.awaitCaughtUp();
            topology.source().pause();
            topology.promote((hung + 1) % 3);
            Await.until("a write on the new source", LIMIT, () -> insert(connection, 4) == 1);
        } finally {
            topology.server(hung).kill();
        }
    }

    @Test
    void the_old_source_that_comes_back_writable_gets_no_writes() throws SQLException {
        int old = topology.sourceNumber();
        try (Connection connection = Lab.of(sluice).connect()) {
            failOver();
            Await.until("a write on the new source", LIMIT, () -> insert(connection, 5) == 1);
            topology.server(old).start();
            long before = Counters.inserts(topology.server(old));
            for (int i = 0; i < 100; i++) {
                insert(connection, 5);
            }
            assertThat(Counters.inserts(topology.server(old))).isEqualTo(before);
            assertThat(count(connection, 5)).isEqualTo(101);
        } finally {
            topology.follow(old, topology.sourceNumber());
        }
    }

    private void failOver() {
        topology.awaitCaughtUp();
        int next = (topology.sourceNumber() + 1) % topology.servers().size();
        topology.source().kill();
        topology.promote(next);
    }

    private static int insert(Connection connection, int v) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("INSERT INTO failover (v) VALUES (" + v + ")");
        }
    }

    private static int count(Connection connection, int v) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM failover WHERE v = " + v)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
