// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An old source that comes back writable is made read-only, once the monitor's account may. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FenceIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String METRIC = "sluice_servers_fenced_total";

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeAll
    void start() {
        topology = Lab.newTopology("fence", 2);
        topology.source().execute("CREATE TABLE app.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
        topology.awaitCaughtUp();
        SluiceSettings settings =
                Lab.settings(topology).set("failover.fence", "read_only").set("monitor.interval", "200ms");
        sluice = SluiceProcess.start(settings, Lab.newHome("fence-sluice"));
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    @Test
    void the_old_source_that_comes_back_writable_is_fenced() throws SQLException {
        MysqldProcess old = topology.source();
        try (Connection connection = Lab.of(sluice).connect()) {
            Await.until("a write on the source", LIMIT, () -> insert(connection) == 1);
            topology.awaitCaughtUp();
            old.kill();
            topology.promote(1);
            Await.until("a write on the new source", LIMIT, () -> insert(connection) == 1);
            old.start();
            Await.until("the grant is missed", LIMIT, () -> sluice.log().contains("event=fence_failed"));
            String privilege = Lab.flavor().isMariaDb() ? "READ_ONLY ADMIN" : "SYSTEM_VARIABLES_ADMIN";
            assertThat(sluice.log()).contains("run GRANT " + privilege + " ON *.* TO 'monitor'@'...'");
            assertThat(isReadOnly(old)).isFalse();

            long began = System.nanoTime();
            old.execute("GRANT " + privilege + " ON *.* TO monitor@'%'");
            Await.until("it is fenced", LIMIT, () -> isReadOnly(old));
            System.out.printf("fenced %d ms after the grant%n", (System.nanoTime() - began) / 1_000_000);
            Await.until("it is counted", LIMIT, () -> sluice.metric(METRIC) == 1);
            assertThat(lines("event=fence_failed")).as("said once").hasSize(1);
            assertThat(lines("event=server_fenced"))
                    .singleElement()
                    .asString()
                    .contains("server=" + old.address())
                    .contains("source=" + topology.source().address());
            assertThat(insert(connection)).isEqualTo(1);
            assertThat(isReadOnly(topology.source())).isFalse();

            topology.source().execute("GRANT " + privilege + " ON *.* TO monitor@'%'");
            topology.server(2).execute("SET GLOBAL read_only = 0");
            Await.until("a writable replica, too", LIMIT, () -> sluice.metric(METRIC) == 2);
            assertThat(isReadOnly(topology.server(2))).isTrue();
            assertThat(isReadOnly(topology.source())).isFalse();
            assertThat(insert(connection)).isEqualTo(1);
        }
    }

    private List<String> lines(String event) {
        return sluice.log().lines().filter(line -> line.contains(event)).toList();
    }

    private static boolean isReadOnly(MysqldProcess server) throws SQLException {
        return server.query("SELECT @@GLOBAL.read_only").equals("1");
    }

    private static int insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("INSERT INTO t (v) VALUES (1)");
        }
    }
}
