// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.GaleraCluster;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Counters;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A Galera cluster of three behind Sluice: all nodes take writes, one gets them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GaleraIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private GaleraCluster cluster;
    private SluiceProcess sluice;
    private Endpoint admin;

    @BeforeAll
    void start() {
        Assumptions.assumeTrue(Lab.flavor() == ServerFlavor.MARIADB, "Debian's galera-4 is for its MariaDB 10.11");
        Path home = Lab.newHome("galera");
        String obstacle = GaleraCluster.obstacle(home).orElse("");
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
        cluster = GaleraCluster.start(Lab.binaries(), home, 3);
        cluster.node(0).execute("CREATE TABLE app.t (id INT AUTO_INCREMENT PRIMARY KEY, host INT)");
        SluiceSettings settings = new SluiceSettings()
                .user("app", "app")
                .admin("admin", "admin")
                .set("failover.hold", "2s")
                .set("monitor.interval", "200ms");
        cluster.nodes().forEach(node -> settings.server(node.address()));
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
        sluice = SluiceProcess.start(settings, Lab.newHome("galera-sluice"));
    }

    @AfterAll
    void end() {
        if (sluice != null) {
            sluice.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void one_node_gets_the_writes_for_as_long_as_it_can() throws SQLException {
        try (Connection writer = Lab.of(sluice).connect();
                Connection reader = Lab.of(sluice).connect()) {
            Await.until("a write on the first node", LIMIT, () -> writeAt(writer) == port(0));
            Await.until("reads on both others", LIMIT, () -> readers(reader).equals(Set.of(port(1), port(2))));
            ownWritesAreSeen(writer);
            readerIsDesynced(reader);
            sourceIsDesynced(writer);
            int source = indexOf(writeAt(writer));
            sourceIsKilled(writer, source);
            majorityIsLost(writer);
        }
    }

    private void ownWritesAreSeen(Connection writer) throws SQLException {
        for (int i = 0; i < 100; i++) {
            assertThat(writeAt(writer)).isEqualTo(port(0));
        }
    }

    private void readerIsDesynced(Connection reader) {
        cluster.node(1).execute("SET GLOBAL wsrep_desync = ON");
        Await.until("reads on the other alone", LIMIT, () -> readers(reader).equals(Set.of(port(2))));
        cluster.node(1).execute("SET GLOBAL wsrep_desync = OFF");
        Await.until("reads on both again", LIMIT, () -> readers(reader).equals(Set.of(port(1), port(2))));
    }

    private void sourceIsDesynced(Connection writer) throws SQLException {
        cluster.node(0).execute("SET GLOBAL wsrep_desync = ON");
        Await.until("a write on another node", LIMIT, () -> writeAt(writer) != port(0));
        int source = writeAt(writer);
        cluster.node(0).execute("SET GLOBAL wsrep_desync = OFF");
        Await.until(
                "the first is a replica again",
                LIMIT,
                () -> notes().get(cluster.node(0).address()).isEmpty());
        assertThat(writeAt(writer)).as("the source stays where it is").isEqualTo(source);
    }

    private void sourceIsKilled(Connection writer, int source) {
        long began = System.nanoTime();
        cluster.node(source).kill();
        Await.until("a write after the source died", LIMIT, () -> written(writer));
        report("source killed", began);
    }

    private void majorityIsLost(Connection writer) throws SQLException {
        int source = indexOf(writeAt(writer));
        MysqldProcess other = cluster.nodes().stream()
                .filter(node -> node.isAlive() && node != cluster.node(source))
                .findFirst()
                .orElseThrow();
        other.pause();
        // A write that a node gets before it knows hangs there, so none is tried.
        Await.until("the loss is noticed", LIMIT, () -> noteOfTopology().contains("not in the primary component"));
        assertThatThrownBy(() -> writeAt(writer)).hasMessageContaining("not in the primary component");
        long began = System.nanoTime();
        other.resume();
        Await.until("a write after the majority is back", LIMIT, () -> written(writer));
        report("majority regained", began);
    }

    private static void report(String what, long beganNanos) {
        System.out.printf(
                "%s: writes again after %d ms%n",
                what, Duration.ofNanos(System.nanoTime() - beganNanos).toMillis());
    }

    private String noteOfTopology() throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW TOPOLOGY")) {
            return rows.next() ? rows.getString("note") : "";
        }
    }

    /** What is wrong with each server. */
    private Map<String, String> notes() throws SQLException {
        Map<String, String> notes = new LinkedHashMap<>();
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SERVERS")) {
            while (rows.next()) {
                notes.put(rows.getString("server"), rows.getString("note"));
            }
        }
        return notes;
    }

    private int port(int n) {
        return cluster.node(n).port();
    }

    private int indexOf(int port) {
        for (int n = 0; n < 3; n++) {
            if (port(n) == port) {
                return n;
            }
        }
        throw new AssertionError("no node at " + port);
    }

    private static boolean written(Connection connection) {
        try {
            return writeAt(connection) > 0;
        } catch (SQLException held) {
            return false;
        }
    }

    /** The port of the server that took a write, which is read at once by the session that wrote it. */
    private static int writeAt(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO t (host) VALUES (@@port)", Statement.RETURN_GENERATED_KEYS);
            long id;
            try (ResultSet keys = statement.getGeneratedKeys()) {
                keys.next();
                id = keys.getLong(1);
            }
            try (ResultSet row = statement.executeQuery("SELECT host FROM t WHERE id = " + id)) {
                assertThat(row.next()).as("the session's own write").isTrue();
                return row.getInt(1);
            }
        }
    }

    /** The ports of the servers that serve reads. */
    private Set<Integer> readers(Connection connection) throws SQLException {
        Map<MysqldProcess, Long> before = new LinkedHashMap<>();
        for (MysqldProcess node : cluster.nodes()) {
            before.put(node, Counters.selects(node));
        }
        for (int i = 0; i < 50; i++) {
            try (Statement statement = connection.createStatement()) {
                statement.executeQuery("SELECT host FROM t LIMIT 1").close();
            }
        }
        Set<Integer> readers = new HashSet<>();
        for (Map.Entry<MysqldProcess, Long> entry : before.entrySet()) {
            if (Counters.selects(entry.getKey()) - entry.getValue() >= 10) {
                readers.add(entry.getKey().port());
            }
        }
        return readers;
    }
}
