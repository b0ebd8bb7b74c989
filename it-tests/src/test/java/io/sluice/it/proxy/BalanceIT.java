// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Counters;
import io.sluice.it.Lab;
import io.sluice.it.fault.NetworkRelay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which of two replicas gets how many reads, as the replicas count. */
class BalanceIT {
    private static final int READS = 400;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ReplicationTopology topology = Lab.topology();

    @Test
    void a_slow_replica_gets_few_reads_until_it_is_fast_again() throws SQLException, IOException {
        try (NetworkRelay relay = new NetworkRelay(topology.server(1).port());
                SluiceProcess sluice = SluiceProcess.start(
                        new SluiceSettings()
                                .server(topology.source().address())
                                .server(relay.address())
                                .server(topology.server(2).address())
                                .user("app", "app"),
                        Lab.newHome("balance"));
                Connection connection = Lab.of(sluice).connect()) {
            reads(connection); // so that it is known how long the statement takes
            relay.delay(20);
            reads(connection);
            assertThat(reads(connection)).isLessThan(READS / 10);
            assertThat(sluice.metric("sluice_server_slowness", "server=\"" + relay.address() + "\""))
                    .isGreaterThan(1);

            relay.delay(0);
            Await.until("it gets its share again", LIMIT, () -> reads(connection) > READS / 4);
        }
    }

    @Test
    void reads_stay_in_the_own_zone() throws SQLException {
        SluiceSettings settings = new SluiceSettings()
                .user("app", "app")
                .set(
                        "servers",
                        List.of(
                                Map.of("address", topology.source().address()),
                                Map.of("address", topology.server(1).address(), "zone", "far"),
                                Map.of("address", topology.server(2).address(), "zone", "near")))
                .set("routing.zone", "near");
        try (SluiceProcess sluice = SluiceProcess.start(settings, Lab.newHome("zone"));
                Connection connection = Lab.of(sluice).connect()) {
            Await.until("both replicas are known", LIMIT, () -> sluice.metric("sluice_server_role", "replica") == 2);
            assertThat(reads(connection)).isZero();
        }
    }

    /** How many of the reads the first replica served. */
    private long reads(Connection connection) throws SQLException {
        long before = Counters.selects(topology.server(1));
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < READS; i++) {
                statement.executeQuery("SELECT 1 FROM DUAL WHERE 1 = " + i).close();
            }
        }
        return Counters.selects(topology.server(1)) - before;
    }
}
