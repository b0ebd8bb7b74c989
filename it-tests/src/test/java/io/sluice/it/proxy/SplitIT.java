// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.it.Counters;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads are seen on the replicas, everything else on the source: as the servers count, not as Sluice says. */
class SplitIT {
    private static final int ROUNDS = 60;

    private final ReplicationTopology topology = Lab.topology();

    @BeforeEach
    void make_table() throws SQLException {
        try (Connection connection = Lab.throughSluice().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS split");
            statement.execute("CREATE TABLE split (id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
            statement.execute("INSERT INTO split (v) VALUES (1)");
        }
        topology.awaitCaughtUp();
    }

    @Test
    void reads_go_to_both_replicas() throws SQLException {
        long[] before = selects();
        repeat("SELECT v FROM split WHERE id = 1");
        long[] after = selects();
        assertThat(after[1] - before[1]).as("reads on replica 1").isGreaterThan(ROUNDS / 10);
        assertThat(after[2] - before[2]).as("reads on replica 2").isGreaterThan(ROUNDS / 10);
        assertThat(after[0] - before[0]).as("reads on the source").isLessThan(ROUNDS / 10);
    }

    @Test
    void prepared_reads_go_to_replicas() throws SQLException {
        try (Connection connection = Lab.throughSluice().connect("useServerPrepStmts=true");
                PreparedStatement select = connection.prepareStatement("SELECT v FROM split WHERE id = ?")) {
            double before = queriesOnReplicas();
            for (int i = 0; i < ROUNDS; i++) {
                select.setInt(1, 1);
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                }
            }
            assertThat(queriesOnReplicas() - before).isGreaterThanOrEqualTo(ROUNDS * 0.9);
        }
    }

    @Test
    void hints_send_reads_to_the_source_and_writes_nowhere_else() throws SQLException {
        long[] before = selects();
        repeat("/* sluice:source */ SELECT v FROM split WHERE id = 1");
        long[] after = selects();
        assertThat(after[0] - before[0]).as("reads on the source").isGreaterThanOrEqualTo(ROUNDS);
        long source = Counters.inserts(topology.source());
        repeat("/* hostgroup=1 */ INSERT INTO split (v) VALUES (2)");
        assertThat(Counters.inserts(topology.source()) - source).isEqualTo(ROUNDS);
        // After such a burst the lag may be unknown until the replicas are next looked at.
        Await.until("replicas serve reads that may be old", Duration.ofSeconds(10), () -> {
            long reads = selects()[0];
            repeat("SELECT v FROM split WHERE id = 1 /* sluice:max_lag=1m */");
            return selects()[0] - reads < ROUNDS / 10;
        });
    }

    @Test
    void writes_go_to_the_source() throws SQLException {
        long source = Counters.inserts(topology.source());
        long replicas = Counters.inserts(topology.server(1)) + Counters.inserts(topology.server(2));
        repeat("INSERT INTO split (v) VALUES (2)");
        assertThat(Counters.inserts(topology.source()) - source).isEqualTo(ROUNDS);
        assertThat(Counters.inserts(topology.server(1)) + Counters.inserts(topology.server(2)))
                .isEqualTo(replicas);
    }

    @Test
    void locking_reads_and_transactions_stay_on_the_source() throws SQLException {
        long[] before = selects();
        repeat("SELECT v FROM split WHERE id = 1 FOR UPDATE");
        repeat("SELECT GET_LOCK('split', 0)");
        try (Connection connection = Lab.throughSluice().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < ROUNDS; i++) {
                statement.executeQuery("SELECT v FROM split WHERE id = 1").close();
            }
            connection.commit();
        }
        long[] after = selects();
        assertThat(after[0] - before[0]).isGreaterThanOrEqualTo(3 * ROUNDS);
        assertThat(after[1] - before[1] + after[2] - before[2])
                .as("on the replicas, but for what a login asks")
                .isLessThan(ROUNDS / 4);
    }

    @Test
    void read_only_transactions_run_on_the_replicas() throws SQLException {
        long[] before = selects();
        try (Connection connection = Lab.throughSluice().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION TRANSACTION READ ONLY"); // as setReadOnly(true) says to servers it knows
            connection.setAutoCommit(false);
            for (int i = 0; i < ROUNDS; i++) {
                statement.executeQuery("SELECT v FROM split WHERE id = 1").close();
                connection.commit();
            }
            connection.setAutoCommit(true);
            statement.execute("SET SESSION TRANSACTION READ WRITE");
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
            for (int i = 0; i < ROUNDS; i++) {
                statement.executeQuery("SELECT v FROM split WHERE id = 1").close();
            }
            assertThatThrownBy(() -> statement.execute("INSERT INTO split (v) VALUES (3)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo(1792));
            assertThatThrownBy(() -> statement.execute("SELECT GET_LOCK('split', 0)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo(9512));
            statement.execute("COMMIT");
            assertThat(statement.executeUpdate("INSERT INTO split (v) VALUES (3)"))
                    .isOne();
        }
        long[] after = selects();
        assertThat(after[1] - before[1] + after[2] - before[2]).isGreaterThanOrEqualTo(2 * ROUNDS);
        assertThat(after[0] - before[0])
                .as("on the source, but for what a login asks")
                .isLessThan(ROUNDS / 4);
    }

    @Test
    void a_read_behind_an_executable_comment_that_locks_stays_on_the_source() throws SQLException {
        long before = Counters.selects(topology.source());
        repeat("SELECT v FROM split WHERE id = 1 /*!50000 FOR UPDATE */");
        assertThat(Counters.selects(topology.source()) - before).isGreaterThanOrEqualTo(ROUNDS);
    }

    @Test
    void metrics_count_by_destination() throws SQLException {
        double before = queriesOnReplicas();
        repeat("SELECT v FROM split WHERE id = 1");
        assertThat(queriesOnReplicas() - before).isGreaterThanOrEqualTo(ROUNDS * 0.9);
    }

    private static double queriesOnReplicas() {
        return Lab.sluice().metric("sluice_query_duration_seconds_count", "destination=\"replica\"");
    }

    private static void repeat(String sql) throws SQLException {
        try (Connection connection = Lab.throughSluice().connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < ROUNDS; i++) {
                statement.execute(sql);
            }
        }
    }

    private long[] selects() throws SQLException {
        long[] counts = new long[3];
        for (int n = 0; n < counts.length; n++) {
            MysqldProcess server = topology.server(n);
            counts[n] = Counters.selects(server);
        }
        return counts;
    }
}
