// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Many sessions on few connections, each with its own mix of state in random order: whatever a session reads of its
 * state equals its model. Lasts {@code -Dsluice.it.soak.seconds} (15), with {@code sluice.it.soak.sessions} (40) on
 * {@code sluice.it.soak.connections} (8); {@code -Dseed} repeats a run's choices.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StateSoakIT {
    private static final long SECONDS = Long.getLong("sluice.it.soak.seconds", 15);
    private static final int SESSIONS = Integer.getInteger("sluice.it.soak.sessions", 40);
    private static final int CONNECTIONS = Integer.getInteger("sluice.it.soak.connections", 8);
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeAll
    void start() throws SQLException {
        topology = Lab.newTopology("soak", 1);
        sluice = SluiceProcess.start(
                Lab.settings(topology).set("pool.max_connections", CONNECTIONS).set("pool.acquire_timeout", "60s"),
                Lab.newHome("soak-sluice"));
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE soak_other");
            statement.execute("CREATE TABLE soak (session INT, id INT, PRIMARY KEY (session, id))");
            statement.execute("CREATE TABLE soak_ids (id INT AUTO_INCREMENT PRIMARY KEY, session INT)");
        }
        topology.awaitCaughtUp();
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    @Test
    void every_read_of_state_equals_the_model() throws Exception {
        // Printed, so that a run can be repeated.
        System.Logger log = System.getLogger(StateSoakIT.class.getName());
        log.log(System.Logger.Level.INFO, "seed " + SEED);
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        LongAdder steps = new LongAdder();
        // Sessions that keep a connection must leave some to the others.
        Semaphore keeping = new Semaphore(CONNECTIONS - 2);
        // One after the other: a storm of logins is another test's.
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            connections.add(Lab.of(sluice).connect("useServerPrepStmts=true"));
        }
        long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            int number = i;
            Thread thread = new Thread(
                    () -> {
                        try (Connection connection = connections.get(number)) {
                            SoakSession session =
                                    new SoakSession(number, connection, new Random(SEED + number), keeping);
                            while (System.nanoTime() < deadline && wrong.isEmpty()) {
                                session.step();
                                steps.increment();
                            }
                            session.end();
                        } catch (SQLException | RuntimeException | AssertionError e) {
                            wrong.add("session " + number + ": " + e);
                        }
                    },
                    "soak-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        log.log(System.Logger.Level.INFO, steps.sum() + " steps of " + SESSIONS + " sessions");
        assertThat(wrong).as("seed " + SEED).isEmpty();
        assertThat(steps.sum()).isGreaterThan(SESSIONS);
    }
}
