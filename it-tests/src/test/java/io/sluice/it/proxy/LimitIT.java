// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits on statements before real servers, over all event loops of a Sluice of its own. */
class LimitIT {
    private static final ReplicationTopology TOPOLOGY = Lab.topology();
    private static final int CLIENTS = 8;

    private static SluiceProcess sluice;

    @BeforeAll
    static void start() throws SQLException {
        SluiceSettings settings = Lab.settings(TOPOLOGY);
        settings.set(
                "limits",
                List.of(
                        Map.of(
                                "name",
                                "few",
                                "user",
                                "app",
                                "concurrency",
                                2,
                                "queue",
                                CLIENTS,
                                "queue_timeout",
                                "20s"),
                        Map.of("name", "rate", "user", "second", "queries_per_second", 1, "burst", 5, "queue", 0)));
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS limited");
            statement.execute("CREATE TABLE limited (id INT PRIMARY KEY, v INT)");
            statement.execute("INSERT INTO limited VALUES (1, 0)");
        }
        TOPOLOGY.awaitCaughtUp();
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void no_more_run_at_once_than_may_and_all_run_in_the_end() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        long started = System.nanoTime();
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                ends.add(threads.submit(() -> sleep(sluice)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .as("two by two")
                .isGreaterThanOrEqualTo(Duration.ofMillis(CLIENTS / 2 * 300));
        assertThat(sluice.metric("sluice_limit_statements_total", "limit=\"few\"", "outcome=\"after_wait\""))
                .isGreaterThanOrEqualTo(CLIENTS - 2);
        assertThat(sluice.metric("sluice_limit_running", "limit=\"few\"")).isZero();
    }

    private static @Nullable Void sleep(SluiceProcess through) throws SQLException {
        try (Connection connection = Lab.of(through).connect();
                Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT SLEEP(0.3)").close();
        }
        return null;
    }

    @Test
    void who_waits_for_a_lock_and_fills_the_limit_does_not_keep_the_locks_owner_from_its_end() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Connection owner = Lab.of(sluice).connect();
                Statement statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            statement.executeUpdate("UPDATE limited SET v = v + 1 WHERE id = 1");
            List<Future<Integer>> blocked = List.of(threads.submit(LimitIT::add), threads.submit(LimitIT::add));
            Await.until(
                    "both wait for the row",
                    Duration.ofSeconds(20),
                    () -> sluice.metric("sluice_limit_running", "limit=\"few\"") == 2);
            statement.executeUpdate("UPDATE limited SET v = v + 1 WHERE id = 1");
            owner.commit();
            for (Future<Integer> end : blocked) {
                assertThat(end.get()).isOne();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int add() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE limited SET v = v + 1 WHERE id = 1");
        }
    }

    @Test
    void too_many_a_second_are_refused_and_the_session_goes_on() throws SQLException {
        int answered = 0;
        int refused = 0;
        try (Connection connection = Lab.of(sluice).connectAs("second", "second password", "app");
                Statement statement = connection.createStatement()) {
            while (refused == 0 || answered == 0) {
                try {
                    statement.executeQuery("SELECT 1").close();
                    answered++;
                } catch (SQLException e) {
                    assertThat(e.getErrorCode()).isEqualTo(9513);
                    refused++;
                }
            }
            Await.until("the rate allows another one", Duration.ofSeconds(20), () -> statement.execute("SELECT 1"));
        }
        assertThat(sluice.metric("sluice_limit_statements_total", "limit=\"rate\"", "outcome=\"refused\""))
                .isPositive();
    }

    @Test
    void the_source_serves_few_reads_at_once_for_lack_of_a_replica() throws Exception {
        SluiceSettings settings = new SluiceSettings()
                .server(TOPOLOGY.source().address())
                .user("app", "app")
                .set("routing.source_reads", 2);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (SluiceProcess alone = SluiceProcess.start(settings, Lab.newHome("sluice"))) {
            sleep(alone); // the first one waits for the servers to be known
            long started = System.nanoTime();
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                ends.add(threads.submit(() -> sleep(alone)));
            }
            for (Future<?> end : ends) {
                end.get();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - started))
                    .as("two by two")
                    .isGreaterThanOrEqualTo(Duration.ofMillis(CLIENTS / 2 * 300));
            assertThat(alone.metric("sluice_limit_statements_total", "limit=\"routing.source_reads\"", "after_wait"))
                    .isPositive();
        } finally {
            threads.shutdownNow();
        }
    }
}
