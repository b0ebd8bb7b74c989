// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationGroup;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Counters;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
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

/** A group of three behind Sluice: who is its primary is the group's business, and Sluice follows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupReplicationIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    private ReplicationGroup group;
    private SluiceProcess sluice;
    private Endpoint admin;

    @BeforeAll
    void start() throws SQLException {
        Assumptions.assumeTrue(
                Lab.flavor() == ServerFlavor.MYSQL_9_7, "this server comes without the plugin group_replication");
        group = ReplicationGroup.start(Lab.binaries(), Lab.newHome("group"), 3);
        group.server(0).execute("CREATE TABLE app.t (id INT AUTO_INCREMENT PRIMARY KEY, host INT)");
        SluiceSettings settings = new SluiceSettings()
                .user("app", "app")
                .admin("admin", "admin")
                .set("failover.hold", "2s")
                .set("monitor.interval", "200ms");
        group.servers().forEach(server -> settings.server(server.address()));
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
        sluice = SluiceProcess.start(settings, Lab.newHome("group-sluice"));
    }

    @AfterAll
    void end() {
        if (sluice != null) {
            sluice.close();
        }
        if (group != null) {
            group.close();
        }
    }

    @Test
    void follows_the_primary_that_is_chosen_dies_or_loses_the_others() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect()) {
            Await.until("a write on the first primary", LIMIT, () -> writeAt(connection) == port(0));
            Await.until("reads on both others", LIMIT, () -> readers(connection).equals(Set.of(port(1), port(2))));
            primaryIsChosen(connection);
            primaryDies(connection);
            allArePrimaries(connection);
            quorumIsLost(connection);
        }
    }

    private void primaryIsChosen(Connection connection) throws SQLException {
        long began = System.nanoTime();
        group.server(0)
                .query("SELECT group_replication_set_as_primary('"
                        + group.server(1).query("SELECT @@server_uuid") + "')");
        Await.until("a write on the chosen primary", LIMIT, () -> writeAt(connection) == port(1));
        report("primary chosen by an operator", began);
    }

    private void primaryDies(Connection connection) throws SQLException {
        long began = System.nanoTime();
        group.server(1).kill();
        Await.until("a write after the primary died", LIMIT, () -> written(connection));
        report("primary killed", began);
        assertThat(writeAt(connection)).isNotEqualTo(port(1));
        group.rejoin(1);
    }

    private void allArePrimaries(Connection connection) throws SQLException {
        int before = writeAt(connection);
        group.server(0).query("SELECT group_replication_switch_to_multi_primary_mode()");
        Await.until("all are writable", LIMIT, this::allAreWritable);
        Set<Integer> writers = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            writers.add(writeAt(connection));
        }
        assertThat(writers).as("one source, the same as before").containsExactly(before);
        Await.until("reads on the others", LIMIT, () -> {
            Set<Integer> readers = readers(connection);
            return readers.size() == 2 && !readers.contains(before);
        });
        group.server(0).query("SELECT group_replication_switch_to_single_primary_mode()");
        Await.until("one primary again", LIMIT, () -> written(connection));
    }

    private void quorumIsLost(Connection connection) throws SQLException {
        int primary = indexOf(writeAt(connection));
        for (int n = 0; n < 3; n++) {
            if (n != primary) {
                group.server(n).pause();
            }
        }
        Await.until(
                "the survivor has lost its majority",
                LIMIT,
                () -> group.server(primary)
                        .query("SELECT COUNT(*) FROM performance_schema.replication_group_members"
                                + " WHERE MEMBER_STATE = 'UNREACHABLE'")
                        .equals("2"));
        assertThat(readers(connection)).as("reads go on").containsExactly(port(primary));
        // A write that a member in the minority gets hangs there, so none is tried before Sluice knows.
        Await.until(
                "the quorum's loss is noticed", LIMIT, () -> noteOfTopology().contains("quorum"));
        assertThatThrownBy(() -> writeAt(connection)).hasMessageContaining("has lost its quorum");
        long began = System.nanoTime();
        for (int n = 0; n < 3; n++) {
            if (n != primary) {
                group.server(n).resume();
            }
        }
        Await.until("a write after the quorum is back", LIMIT, () -> written(connection));
        report("quorum regained", began);
    }

    private String noteOfTopology() throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW TOPOLOGY")) {
            return rows.next() ? rows.getString("note") : "";
        }
    }

    private boolean allAreWritable() throws SQLException {
        for (MysqldProcess server : group.servers()) {
            if (!server.query("SELECT @@global.super_read_only").equals("0")) {
                return false;
            }
        }
        return true;
    }

    private static void report(String what, long beganNanos) {
        System.out.printf(
                "%s: writes again after %d ms%n",
                what, Duration.ofNanos(System.nanoTime() - beganNanos).toMillis());
    }

    private int port(int n) {
        return group.server(n).port();
    }

    private int indexOf(int port) {
        for (int n = 0; n < 3; n++) {
            if (port(n) == port) {
                return n;
            }
        }
        throw new AssertionError("no member at " + port);
    }

    private static boolean written(Connection connection) {
        try {
            return writeAt(connection) > 0;
        } catch (SQLException held) {
            return false;
        }
    }

    /** The port of the server that took a write. */
    private static int writeAt(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO t (host) VALUES (@@port)");
            try (ResultSet row = statement.executeQuery("SELECT host FROM t WHERE id = LAST_INSERT_ID()")) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /** The ports of the servers that serve reads. */
    private Set<Integer> readers(Connection connection) throws SQLException {
        Map<MysqldProcess, Long> before = new LinkedHashMap<>();
        for (MysqldProcess server : group.servers()) {
            if (server.answers()) {
                before.put(server, Counters.selects(server));
            }
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
