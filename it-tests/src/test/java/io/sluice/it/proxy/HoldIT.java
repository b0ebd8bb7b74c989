// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** While there is no source, a user that will not wait gets the error at once; others wait. */
class HoldIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void a_user_that_is_not_held_is_told_at_once() throws Exception {
        try (ReplicationTopology topology = Lab.newTopology("hold", 1)) {
            topology.source()
                    .execute(
                            "CREATE TABLE app.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)",
                            "CREATE USER hasty@'%' IDENTIFIED BY 'hasty'",
                            "GRANT ALL ON app.* TO hasty@'%'");
            topology.awaitCaughtUp();
            SluiceSettings settings = SluiceSettings.of(topology)
                    .user("hasty", Map.of("password", "hasty", "hold", false))
                    .set("failover.hold", "30s");
            try (SluiceProcess sluice = SluiceProcess.start(settings, Lab.newHome("hold-sluice"));
                    Connection patient = Lab.of(sluice).connect();
                    Connection hasty = Lab.of(sluice).connectAs("hasty", "hasty", "app")) {
                Await.until("a write of both", LIMIT, () -> insert(patient) + insert(hasty) == 2);
                topology.awaitCaughtUp();
                topology.source().kill();
                Await.until("the source is gone", LIMIT, () -> sluice.log().contains("event=server_offline"));

                CompletableFuture<Integer> write = CompletableFuture.supplyAsync(() -> {
                    try {
                        return insert(patient);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                long began = System.nanoTime();
                assertThatThrownBy(() -> insert(hasty)).hasMessageContaining("within 0 ms (failover.hold, or users[]");
                Duration waited = Duration.ofNanos(System.nanoTime() - began);
                assertThat(waited).isLessThan(Duration.ofSeconds(2));
                assertThat(write).isNotDone();
                topology.promote(1);
                assertThat(write.get(20, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(insert(hasty)).isEqualTo(1);
            }
        }
    }

    private static int insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("INSERT INTO t (v) VALUES (1)");
        }
    }
}
