// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A session reads its own writes, however far the replicas are behind, and comes back to them when it may. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CausalReadIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeAll
    void start() {
        topology = Lab.newTopology("causal", 2);
        topology.source()
                .execute(
                        "CREATE TABLE app.causal (id INT PRIMARY KEY, v INT)",
                        "INSERT INTO app.causal VALUES (1, 0)",
                        "CREATE USER second@'%' IDENTIFIED BY 'second password'",
                        "GRANT ALL ON app.* TO second@'%'");
        topology.awaitCaughtUp();
        sluice = SluiceProcess.start(Lab.settings(topology), Lab.newHome("causal-sluice"));
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    @Test
    void no_read_misses_the_sessions_own_write_though_replicas_lag() throws SQLException {
        topology.lag(1, 2);
        topology.lag(2, 2);
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            for (int i = 1; i <= 300; i++) {
                statement.executeUpdate("UPDATE causal SET v = " + i + " WHERE id = 1");
                assertThat(read(statement)).isEqualTo(i);
            }
            connection.setAutoCommit(false);
            statement.executeUpdate("UPDATE causal SET v = -1 WHERE id = 1");
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(read(statement)).as("after a transaction").isEqualTo(-1);
            statement.execute("SET @v = -2");
            statement.executeUpdate("UPDATE causal SET v = @v WHERE id = 1");
            assertThat(read(statement)).isEqualTo(-2);
        } finally {
            topology.lag(1, 0);
            topology.lag(2, 0);
        }
        topology.awaitCaughtUp();
    }

    @Test
    void a_session_that_wrote_reads_from_replicas_again_once_they_have_its_write() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE causal SET v = 77 WHERE id = 1");
            long before = readsOfReplicas();
            Await.until("reads on the replicas", Duration.ofSeconds(20), () -> {
                assertThat(read(statement)).isEqualTo(77);
                return readsOfReplicas() > before;
            });
        }
    }

    @Test
    void reads_stay_on_the_replicas_though_the_session_writes_all_the_time() throws SQLException {
        int rounds = 200;
        try (SluiceProcess patient = SluiceProcess.start(
                        Lab.settings(topology).set("routing.causal_wait", "5s"), Lab.newHome("causal-patient"));
                Connection connection = Lab.of(patient).connect();
                Statement statement = connection.createStatement()) {
            long before = readsOfReplicas();
            for (int i = 1; i <= rounds; i++) {
                statement.executeUpdate("UPDATE causal SET v = " + i + " WHERE id = 1");
                assertThat(read(statement)).isEqualTo(i);
            }
            // Each takes two: the wait and the read. The source serves the first ones, before it knows the replicas.
            assertThat(readsOfReplicas() - before).isGreaterThan(rounds * 2 * 9 / 10);
        }
    }

    @Test
    void reads_of_other_sessions_see_a_write_at_once_where_that_is_asked_for() throws SQLException {
        topology.lag(1, 2);
        topology.lag(2, 2);
        try {
            // That the test would show stale reads is shown first, where it must.
            withAnother("session", "app", other -> Await.until("a stale read", LIMIT, other::missesAWrite));
            withAnother("user", "second", other -> Await.until("a stale read", LIMIT, other::missesAWrite));
            withAnother("user", "app", CausalReadIT::seesEveryWrite);
            withAnother("global", "second", CausalReadIT::seesEveryWrite);
        } finally {
            topology.lag(1, 0);
            topology.lag(2, 0);
        }
        topology.awaitCaughtUp();
    }

    /** A session that reads, and another one that writes. */
    private record Another(Statement write, Statement read) {
        boolean missesAWrite() throws SQLException {
            write.executeUpdate("UPDATE causal SET v = v + 1 WHERE id = 1");
            int written = CausalReadIT.read(write);
            return CausalReadIT.read(read) < written;
        }
    }

    /** What to do with two sessions. */
    private interface Check {
        void of(Another other) throws SQLException;
    }

    private static void seesEveryWrite(Another other) throws SQLException {
        for (int i = 0; i < 100; i++) {
            assertThat(other.missesAWrite()).as("a stale read, round " + i).isFalse();
        }
    }

    private void withAnother(String mode, String reader, Check check) throws SQLException {
        try (SluiceProcess causal = SluiceProcess.start(
                        Lab.settings(topology).set("routing.causal_reads", mode), Lab.newHome("causal-" + mode));
                Connection writing = Lab.of(causal).connect();
                Statement write = writing.createStatement();
                Connection reading = reader.equals("app") ? Lab.of(causal).connect() : second(causal);
                Statement read = reading.createStatement()) {
            check.of(new Another(write, read));
        }
    }

    private static Connection second(SluiceProcess sluice) throws SQLException {
        return Lab.of(sluice).connectAs("second", "second password", "app");
    }

    private long readsOfReplicas() throws SQLException {
        return Counters.selects(topology.server(1)) + Counters.selects(topology.server(2));
    }

    @Test
    void a_replica_that_lags_too_far_is_left_out() throws SQLException {
        topology.lag(1, 30);
        try (Connection writer = Lab.of(sluice).connect();
                Statement write = writer.createStatement();
                Connection reader = Lab.of(sluice).connect();
                Statement read = reader.createStatement()) {
            // The source writes on, so that the delay can be seen; the limit is 10 s.
            Await.until("replica 1 gets no reads", Duration.ofSeconds(60), () -> {
                write.executeUpdate("UPDATE causal SET v = v + 1 WHERE id = 1");
                long before = Counters.selects(topology.server(1));
                for (int i = 0; i < 20; i++) {
                    read(read);
                }
                return Counters.selects(topology.server(1)) == before;
            });
        } finally {
            topology.lag(1, 0);
        }
        topology.awaitCaughtUp();
    }

    private static int read(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT v FROM causal WHERE id = 1")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
