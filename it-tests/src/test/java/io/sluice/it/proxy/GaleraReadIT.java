// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.GaleraCluster;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Counters;
import io.sluice.it.Lab;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a session reads in a Galera cluster, whose nodes apply what others have committed in their own time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GaleraReadIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Pattern SERVER = Pattern.compile("sluice_server_up\\{server=\"[^\"]*:([0-9]+)\"} (\\S+)");

    private GaleraCluster cluster;

    @BeforeAll
    void start() {
        Assumptions.assumeTrue(Lab.flavor() == ServerFlavor.MARIADB, "Debian's galera-4 is for its MariaDB 10.11");
        Path home = Lab.newHome("galera-read");
        String obstacle = GaleraCluster.obstacle(home).orElse("");
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
        cluster = GaleraCluster.start(Lab.binaries(), home, 3);
        cluster.node(0)
                .execute(
                        "CREATE TABLE app.causal (id INT PRIMARY KEY, v INT)",
                        "INSERT INTO app.causal VALUES (1, 0)",
                        "GRANT REPLICATION MASTER ADMIN ON *.* TO monitor@'%'");
    }

    @BeforeEach
    void reset() {
        cluster.node(0).execute("UPDATE app.causal SET v = 0 WHERE id = 1");
        cluster.nodes()
                .forEach(node -> Await.until(
                        "nothing written on " + node.address(),
                        LIMIT,
                        () -> node.query("SELECT v FROM app.causal WHERE id = 1")
                                .equals("0")));
    }

    @AfterAll
    void end() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void reads_stay_on_the_other_nodes_though_the_session_writes_all_the_time() throws SQLException {
        int rounds = 200;
        try (SluiceProcess sluice = sluice(settings().set("routing.causal_wait", "5s"));
                Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            awaitReaders(statement);
            long before = readsOf(1) + readsOf(2);
            for (int i = 1; i <= rounds; i++) {
                statement.executeUpdate("UPDATE causal SET v = " + i + " WHERE id = 1");
                assertThat(read(statement)).isEqualTo(i);
            }
            long reads = readsOf(1) + readsOf(2) - before;
            System.out.printf("reads on the other nodes: %d in %d rounds%n", reads, rounds);
            assertThat(reads).isGreaterThan(rounds * 9 / 10);
        }
    }

    @Test
    void no_read_misses_the_sessions_own_write_though_the_other_nodes_apply_nothing() throws SQLException {
        try (SluiceProcess sluice = sluice(settings());
                Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement();
                Connection first = cluster.node(1).connect();
                Connection second = cluster.node(2).connect()) {
            awaitReaders(statement);
            lock(first);
            lock(second);
            for (int i = 1001; i <= 1010; i++) {
                statement.executeUpdate("UPDATE causal SET v = " + i + " WHERE id = 1");
                assertThat(valueOn(first)).as("past Sluice").isLessThan(1001);
                assertThat(read(statement)).isEqualTo(i);
            }
            unlock(first);
            unlock(second);
            Await.until("reads on other nodes again", LIMIT, () -> {
                long before = readsOf(1) + readsOf(2);
                statement.executeUpdate("UPDATE causal SET v = v + 1 WHERE id = 1");
                assertThat(read(statement)).isGreaterThan(1010);
                return readsOf(1) + readsOf(2) > before;
            });
        }
    }

    @Test
    void the_next_node_that_takes_writes_is_read_once_it_has_what_the_one_before_took() throws Exception {
        try (SluiceProcess sluice = sluice(settings());
                Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement();
                Connection next = cluster.node(1).connect()) {
            awaitReaders(statement);
            lock(next);
            statement.executeUpdate("UPDATE causal SET v = 2001 WHERE id = 1");
            cluster.node(0).execute("SET GLOBAL wsrep_desync = ON");
            Await.until(
                    "the next node takes the writes",
                    LIMIT,
                    () -> sluice.log()
                            .lines()
                            .anyMatch(line ->
                                    line.contains("to=" + cluster.node(1).address() + " ")));
            assertThat(valueOn(next)).as("past Sluice").isLessThan(2001);
            CompletableFuture<Void> unlocked = CompletableFuture.runAsync(
                    () -> unlock(next), CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
            assertThat(read(statement)).isEqualTo(2001);
            unlocked.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } finally {
            cluster.node(0).execute("SET GLOBAL wsrep_desync = OFF");
        }
    }

    @Test
    void a_donor_is_read_from_where_that_is_asked_for() throws SQLException {
        MysqldProcess donor = cluster.node(2);
        try (SluiceProcess sluice = sluice(settings().set("monitor.galera_donors", "read"));
                Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            donor.execute("SET GLOBAL wsrep_desync = ON");
            awaitReaders(statement);
            for (int i = 3001; i <= 3100; i++) {
                statement.executeUpdate("UPDATE causal SET v = " + i + " WHERE id = 1");
                assertThat(read(statement)).isEqualTo(i);
            }
        } finally {
            donor.execute("SET GLOBAL wsrep_desync = OFF");
        }
    }

    @Test
    void one_node_is_enough_to_find_the_others() throws Exception {
        SluiceSettings settings =
                new SluiceSettings().user("app", "app").server(cluster.node(1).address());
        settings.set("discovery.enabled", true).set("discovery.interval", "500ms");
        try (SluiceProcess sluice = sluice(settings)) {
            Await.until(
                    "all nodes",
                    LIMIT,
                    () -> up(sluice)
                            .equals(cluster.nodes().stream()
                                    .map(MysqldProcess::port)
                                    .collect(Collectors.toSet())));
        }
    }

    private static Set<Integer> up(SluiceProcess sluice) throws Exception {
        Matcher matcher = SERVER.matcher(sluice.http("/metrics").body());
        return matcher.results()
                .filter(server -> Double.parseDouble(server.group(2)) == 1)
                .map(server -> Integer.valueOf(server.group(1)))
                .collect(Collectors.toSet());
    }

    private SluiceSettings settings() {
        SluiceSettings settings = new SluiceSettings().user("app", "app").set("monitor.interval", "200ms");
        cluster.nodes().forEach(node -> settings.server(node.address()));
        return settings;
    }

    private static SluiceProcess sluice(SluiceSettings settings) {
        return SluiceProcess.start(settings, Lab.newHome("galera-read-sluice"));
    }

    private void awaitReaders(Statement statement) {
        for (int n : List.of(1, 2)) {
            Await.until("reads on node " + n, LIMIT, () -> {
                long before = readsOf(n);
                read(statement);
                return readsOf(n) > before;
            });
        }
    }

    private long readsOf(int n) throws SQLException {
        return Counters.selects(cluster.node(n));
    }

    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLES app.causal READ");
        }
    }

    private static void unlock(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("UNLOCK TABLES");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int valueOn(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT v FROM app.causal WHERE id = 1")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static int read(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT v FROM causal WHERE id = 1")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
