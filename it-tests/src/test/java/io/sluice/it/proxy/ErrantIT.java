// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A replica that somebody wrote to serves no reads, and is not the source because it is writable. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErrantIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String METRIC = "sluice_server_errant_transactions";

    private ReplicationTopology topology;
    private SluiceProcess sluice;
    private Endpoint admin;

    @BeforeAll
    void start() {
        topology = Lab.newTopology("errant", 2);
        topology.source().execute("CREATE TABLE app.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
        topology.awaitCaughtUp();
        SluiceSettings settings = Lab.settings(topology)
                .admin("admin", "admin")
                .set("monitor.errant_gtids", "exclude")
                .set("monitor.interval", "200ms")
                .set("failover.hold", "2s");
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
        sluice = SluiceProcess.start(settings, Lab.newHome("errant-sluice"));
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    @Test
    void an_errant_replica_is_kept_out() throws SQLException {
        MysqldProcess errant = topology.server(1);
        MysqldProcess sound = topology.server(2);
        try (Connection connection = Lab.of(sluice).connect()) {
            Await.until("reads on both", LIMIT, () -> reads(connection, errant) > 0 && reads(connection, sound) > 0);
            writeOn(errant);
            Await.until("it is noticed", LIMIT, () -> sluice.metric(METRIC, errant.address()) > 0);
            insert(connection);
            topology.awaitCaughtUp();
            Await.until("its lag is known", LIMIT, () -> noteOn(errant).contains("; it serves no reads"));
            assertThat(noteOn(errant)).startsWith("has errant transactions, which the source lacks: ");
            assertThat(reads(connection, errant)).isZero();
            assertThat(sluice.metric(METRIC, sound.address())).isZero();
            assertThat(sluice.log()).contains("event=errant_gtids server=" + errant.address());

            topology.source().kill();
            Await.until("the source is gone", LIMIT, () -> noteOnSource().contains("no writable server"));
            topology.detach(1);
            Await.until("it is not taken", LIMIT, () -> noteOnSource().contains("has errant transactions"));
            assertThatThrownBy(() -> insert(connection)).hasMessageContaining("nobody follows it");
            topology.promote(2);
            Await.until("a write on the other one", LIMIT, () -> written(connection));
            assertThat(sound.query("SELECT COUNT(*) FROM app.t")).isNotEqualTo("1");
        }
    }

    private static void writeOn(MysqldProcess replica) {
        if (Lab.flavor().isMariaDb()) {
            replica.execute("SET GLOBAL gtid_strict_mode = 0"); // else it stops at the source's next transaction
        }
        String readOnly = Lab.flavor().isMariaDb() ? "SET GLOBAL read_only = " : "SET GLOBAL super_read_only = ";
        replica.execute(readOnly + 0, "CREATE TABLE app.errant (a INT)", readOnly + 1);
    }

    private static boolean written(Connection connection) {
        try {
            insert(connection);
            return true;
        } catch (SQLException held) {
            return false;
        }
    }

    private static void insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO t (v) VALUES (1)");
        }
    }

    private static long reads(Connection connection, MysqldProcess server) throws SQLException {
        long before = Counters.selects(server);
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < 40; i++) {
                statement.executeQuery("SELECT v FROM t WHERE id = " + i).close();
            }
        }
        return Counters.selects(server) - before;
    }

    private String noteOn(MysqldProcess server) throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SERVERS")) {
            while (rows.next()) {
                if (rows.getString("server").equals(server.address())) {
                    return rows.getString("note");
                }
            }
            return "";
        }
    }

    private String noteOnSource() throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW TOPOLOGY")) {
            return rows.next() ? rows.getString("note") : "";
        }
    }
}
