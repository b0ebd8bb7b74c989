// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.FreePorts;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import io.sluice.it.fault.NetworkRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The source is known by a name alone, and the name is moved to the server that was promoted; the old one lives on. */
class MovedNameIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String NAME = "source.sluice.test";

    private ReplicationTopology topology;
    private NetworkRelay before;
    private NetworkRelay after;
    private Path names;
    private SluiceProcess sluice;

    @BeforeEach
    void start() throws IOException {
        topology = Lab.newTopology("moved", 1);
        topology.source().execute("CREATE TABLE app.moved (id INT PRIMARY KEY, port INT)");
        topology.awaitCaughtUp();
        int port = FreePorts.next();
        before = new NetworkRelay("127.0.0.2", port, topology.server(0).port());
        after = new NetworkRelay("127.0.0.3", port, topology.server(1).port());
        Path home = Lab.newHome("moved-sluice");
        names = home.resolve("hosts");
        nameStandsFor("127.0.0.2");
        SluiceSettings settings = new SluiceSettings()
                .user("app", "app")
                .server(NAME + ":" + port)
                .set("monitor.interval", "200ms")
                .set("failover.hold", "30s")
                .javaOptions("-Djdk.net.hosts.file=" + names);
        sluice = SluiceProcess.start(settings, home);
    }

    @AfterEach
    void end() throws IOException {
        sluice.close();
        before.close();
        after.close();
        topology.close();
    }

    @Test
    void sessions_go_on_at_the_server_that_the_name_stands_for_now() throws Exception {
        try (Connection connection = Lab.of(sluice).connect()) {
            assertThat(write(connection, 1)).isEqualTo(topology.server(0).port());
            topology.promote(1);
            // MariaDB lets an account of all privileges write to what is read-only.
            Await.until("no source", LIMIT, () -> sluice.metric("sluice_server_role", "role=\"source\"") == 0);
            CompletableFuture<Integer> held = CompletableFuture.supplyAsync(() -> write(connection, 2));
            nameStandsFor("127.0.0.3");
            assertThat(held.get())
                    .as("a write that had to wait")
                    .isEqualTo(topology.server(1).port());
            Await.until("no connection is left at the old one", LIMIT, () -> sessions(topology.server(0)) == 0);
        }
    }

    private static int sessions(MysqldProcess server) throws SQLException {
        return Integer.parseInt(
                server.query("SELECT COUNT(*) FROM information_schema.processlist WHERE user IN ('app', 'monitor')"));
    }

    /** The port of the server that took it. */
    private static int write(Connection connection, int id) {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO moved (id, port) VALUES (" + id + ", @@port)");
            try (var row = statement.executeQuery("/* sluice:source */ SELECT port FROM moved WHERE id = " + id)) {
                row.next();
                return row.getInt(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void nameStandsFor(String address) throws IOException {
        Files.writeString(names, address + " " + NAME + "\n");
    }
}
