// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers go away and come back; clients get answers or a reason in words, never a hanging or closed socket. */
class ServerDownIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeEach
    void start() {
        topology = Lab.newTopology("down", 1);
        topology.source().execute("CREATE TABLE app.down (id INT PRIMARY KEY)", "INSERT INTO app.down VALUES (1)");
        topology.awaitCaughtUp();
        sluice = SluiceProcess.start(
                Lab.settings(topology).set("failover.hold", "1s").set("pool.acquire_timeout", "2s"),
                Lab.newHome("down-sluice"));
    }

    @AfterEach
    void end() {
        sluice.close();
        topology.close();
    }

    @Test
    void reads_do_not_notice_that_the_only_replica_died() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect()) {
            assertThat(count(connection)).isEqualTo(1);
            topology.server(1).kill();
            for (int i = 0; i < 100; i++) {
                assertThat(count(connection)).isEqualTo(1);
            }
            topology.rejoin(1);
        }
    }

    @Test
    void all_servers_down_is_an_error_in_words_and_passes() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect()) {
            assertThat(count(connection)).isEqualTo(1);
            topology.server(1).kill();
            topology.server(0).kill();
            double before = sluice.metric("sluice_errors_total", "origin=\"sluice\"");
            SQLException read = catchThrowableOfType(SQLException.class, () -> count(connection));
            assertThat((Throwable) read).isNotNull();
            Await.until("the reason in words", LIMIT, () -> {
                SQLException error = catchThrowableOfType(SQLException.class, () -> count(connection));
                return error.getMessage().startsWith("Sluice:");
            });
            assertThat(connection.isClosed()).isFalse();
            assertThat(sluice.metric("sluice_errors_total", "origin=\"sluice\""))
                    .isGreaterThan(before);
            assertThat(sluice.isAlive()).isTrue();

            topology.server(0).start();
            Await.until("the same session reads again", LIMIT, () -> count(connection) == 1);
            Await.until("the same session writes again", LIMIT, () -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("INSERT INTO down VALUES (2)") == 1;
                }
            });
        }
    }

    @Test
    void sluice_starts_before_its_servers() throws SQLException {
        topology.server(1).kill();
        topology.server(0).kill();
        try (SluiceProcess early = SluiceProcess.launch(Lab.settings(topology), Lab.newHome("early-sluice"))) {
            Await.until(
                    "it listens and says that it is not ready",
                    LIMIT,
                    () -> early.http("/readyz").statusCode() == 503);
            topology.server(0).start();
            early.awaitReady();
            try (Connection connection = Lab.of(early).connect()) {
                assertThat(count(connection)).isEqualTo(1);
            }
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM down")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
