// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Counters;
import io.sluice.it.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    /** So long that Sluice seldom knows of a death before it comes to a connection. */
    private static final String INTERVAL = "2s";

    /** As the kernel writes that state. */
    private static final String ESTABLISHED = "01";

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
        SluiceSettings settings = Lab.settings(topology).set("mysql.threads", 1).set("monitor.interval", INTERVAL);
        sluice = SluiceProcess.start(settings, Lab.newHome("killed-sluice"));
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

    /** Both wait for Sluice, the write and, behind it, the end of the connection that it would be sent by. */
    @Test
    void a_write_that_the_source_did_not_live_to_see_is_not_in_doubt() throws Exception {
        Connection client = Lab.of(sluice).connect("useLocalSessionState=true"); // no questions before a write
        clients.add(client);
        run(client, "INSERT INTO killed VALUES (2)");
        topology.awaitCaughtUp();
        sluice.pause();
        Future<?> written = threads.submit(() -> {
            run(client, "INSERT INTO killed VALUES (3)");
            return null;
        });
        Await.until("the write has come", LIMIT, () -> unread(sluice.port()) > 0);
        topology.source().kill();
        sluice.resume();
        topology.promote(1);
        written.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(topology.source().query("SELECT COUNT(*) FROM app.killed WHERE id = 3"))
                .isEqualTo("1");
    }

    /** Bytes that have come to a port of this machine, and that nobody has read yet. */
    private static long unread(int port) throws IOException {
        long bytes = 0;
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
                String[] fields = line.strip().split("\\s+", 6); // proc(5): sl, local and remote address, st, queues
                if (fields[1].endsWith(String.format(":%04X", port)) && fields[3].equals(ESTABLISHED)) {
                    bytes += Long.parseLong(fields[4].split(":", 2)[1], 16);
                }
            }
        }
        return bytes;
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
