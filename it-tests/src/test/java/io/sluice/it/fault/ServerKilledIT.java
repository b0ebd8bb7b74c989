// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Counters;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server dies, and with it all connections that a pool keeps there: none of them costs a client an error. */
class ServerKilledIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CLIENTS = 16;

    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<Connection> clients = new ArrayList<>();
    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeEach
    void start() throws SQLException {
        topology = Lab.newTopology("killed", 2);
        topology.source().execute("CREATE TABLE app.killed (id INT PRIMARY KEY)", "INSERT INTO app.killed VALUES (1)");
        topology.awaitCaughtUp();
        // One pool has all of them.
        sluice = SluiceProcess.start(Lab.settings(topology).set("mysql.threads", 1), Lab.newHome("killed-sluice"));
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Lab.of(sluice).connect());
        }
    }

    @AfterEach
    void end() throws SQLException {
        threads.shutdownNow();
        for (Connection client : clients) {
            client.close();
        }
        sluice.close();
        topology.close();
    }

    @Test
    void reads_go_on_when_a_replica_is_killed() throws Exception {
        for (int round = 0; round < 3; round++) {
            fill(topology.server(1), "SELECT SLEEP(0.3) FROM killed");
            topology.server(1).kill();
            long began = System.nanoTime();
            all(client -> {
                for (int i = 0; i < 50; i++) {
                    run(client, "SELECT id FROM killed");
                }
            });
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            topology.rejoin(1);
            topology.awaitCaughtUp();
        }
    }

    @Test
    void transactions_begin_when_the_source_is_back_that_was_killed() throws Exception {
        for (int round = 0; round < 3; round++) {
            fill(topology.source(), "SELECT SLEEP(0.3) FROM killed FOR UPDATE");
            topology.source().kill();
            Future<?> begun = threads.submit(() -> {
                topology.source().start();
                return null;
            });
            all(client -> {
                run(client, "BEGIN");
                run(client, "SELECT id FROM killed");
                run(client, "ROLLBACK");
            });
            begun.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Leaves at least six idle connections there. */
    private void fill(MysqldProcess server, String slow) {
        Await.until("a full pool", LIMIT, () -> {
            all(client -> run(client, slow));
            return Counters.connections(server) >= 6;
        });
    }

    /** What a client does. */
    private interface Work {
        void of(Connection client) throws SQLException;
    }

    /** Lets all clients do it at once. */
    private void all(Work work) throws Exception {
        List<Future<?>> results = new ArrayList<>();
        for (Connection client : clients) {
            results.add(threads.submit(() -> {
                work.of(client);
                return null;
            }));
        }
        for (Future<?> result : results) {
            result.get(2 * LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static void run(Connection client, String sql) throws SQLException {
        try (Statement statement = client.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    assertThat(rows.next()).isTrue();
                }
            }
        }
    }
}
