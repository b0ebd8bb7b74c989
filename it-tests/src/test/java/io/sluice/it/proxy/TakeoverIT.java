// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A restart that no client notices: another process takes over the listening sockets. */
@DisabledIfSystemProperty(
        named = "sluice.it.flavor",
        matches = "8.0|mariadb.*",
        disabledReason = "the servers have no part in it: one flavor stands for all")
class TakeoverIT {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int THREADS = 4;
    private static final int ENOUGH = 50;

    @Test
    void nobody_who_connects_is_refused_and_transactions_come_to_their_end() throws Exception {
        SluiceProcess first = SluiceProcess.start(Lab.settings(Lab.topology()), Lab.newHome("takeover"));
        try (Connecting load = new Connecting(first);
                Connection busy = Lab.of(first).connect();
                Connection idle = Lab.of(first).connect();
                Statement statement = busy.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS taken_over");
            statement.execute("CREATE TABLE taken_over (id INT AUTO_INCREMENT PRIMARY KEY)");
            statement.execute("BEGIN");
            statement.executeUpdate("INSERT INTO taken_over VALUES ()");
            load.goOn();
            try (SluiceProcess second = first.successor()) {
                load.goOn();
                assertThat(first.log()).contains("event=replaced");
                statement.executeUpdate("INSERT INTO taken_over VALUES ()");
                statement.execute("COMMIT");
                assertThat(first.exitCode(LIMIT)).isZero();
                assertThat(answers(idle))
                        .as("whether an idle client is still served")
                        .isFalse();
                SQLException gone = catchThrowableOfType(SQLException.class, () -> statement.execute("SELECT 1"));
                assertThat((Throwable) gone).as("the end after the transaction").isNotNull();
                try (SluiceProcess third = second.successor()) {
                    load.goOn();
                    assertThat(second.exitCode(LIMIT)).isZero();
                    load.goOn();
                    load.stop();
                    assertThat(load.failures).isEmpty();
                    System.out.println("connects during two takeovers: " + load.done.get());
                    try (Connection late = Lab.of(third).connect();
                            Statement count = late.createStatement();
                            ResultSet rows = count.executeQuery("SELECT COUNT(*) FROM taken_over")) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isEqualTo(2);
                    }
                    assertThat(third.http("/readyz").statusCode()).isEqualTo(200);
                    third.terminate();
                    assertThat(third.exitCode(LIMIT)).isZero();
                }
            }
        } finally {
            first.close();
        }
    }

    /** What their transactions are told apart by, where interrupted ones are verified. */
    @Test
    void both_processes_write_with_tags_of_their_own() throws Exception {
        Lab.topology().source().execute("CREATE TABLE app.tagged (id INT AUTO_INCREMENT PRIMARY KEY)");
        SluiceSettings settings = Lab.settings(Lab.topology()).set("failover.verify_writes", true);
        SluiceProcess first = SluiceProcess.start(settings, Lab.newHome("takeover-tags"));
        try (Connection busy = Lab.of(first).connect()) {
            assertThat(tag(busy)).isEqualTo("AUTOMATIC:sluice_1");
            busy.setAutoCommit(false);
            tag(busy);
            try (SluiceProcess second = first.successor();
                    Connection late = Lab.of(second).connect()) {
                assertThat(tag(late)).isEqualTo("AUTOMATIC:sluice_4097");
                assertThat(tag(busy)).isEqualTo("AUTOMATIC:sluice_1");
                busy.setAutoCommit(true); // commits
                assertThat(first.exitCode(LIMIT)).isZero();
                assertThat(tag(late)).isEqualTo("AUTOMATIC:sluice_4097");
            }
        } finally {
            first.close();
            Lab.topology().source().execute("DROP TABLE app.tagged");
        }
    }

    /** What a write has, in a transaction of its own unless one is open. */
    private static String tag(Connection connection) throws SQLException {
        boolean alone = connection.getAutoCommit();
        try (Statement statement = connection.createStatement()) {
            if (alone) {
                statement.execute("BEGIN");
            }
            statement.executeUpdate("INSERT INTO tagged VALUES ()");
            try (ResultSet rows = statement.executeQuery("SELECT @@gtid_next")) {
                rows.next();
                return rows.getString(1);
            } finally {
                if (alone) {
                    statement.execute("COMMIT");
                }
            }
        }
    }

    @Test
    void sigusr1_starts_a_successor_of_the_same_configuration() throws Exception {
        SluiceProcess first = SluiceProcess.start(Lab.settings(Lab.topology()), Lab.newHome("takeover-signal"));
        try (Connecting load = new Connecting(first)) {
            load.goOn();
            signal("USR1", first.pid());
            assertThat(first.exitCode(LIMIT)).isZero();
            load.goOn();
            load.stop();
            assertThat(load.failures).isEmpty();
            Matcher started =
                    Pattern.compile("event=successor_started pid=(\\d+)").matcher(first.log());
            assertThat(started.find()).isTrue();
            ProcessHandle successor =
                    ProcessHandle.of(Long.parseLong(started.group(1))).orElseThrow();
            assertThat(successor.destroy()).isTrue();
            successor.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } finally {
            first.close();
        }
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void without_one_to_take_over_from_it_says_what_to_do() {
        SluiceSettings settings = Lab.settings(Lab.topology());
        try (SluiceProcess gone = SluiceProcess.start(settings, Lab.newHome("takeover-none"))) {
            gone.terminate();
            assertThat(gone.exitCode(LIMIT)).isZero();
            Throwable refused = catchThrowableOfType(RuntimeException.class, gone::successor);
            assertThat(refused).hasMessageContaining("--takeover: no Sluice with this data_dir offers its sockets");
        }
    }

    private static boolean answers(Connection connection) {
        try {
            return connection.isValid(5);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Clients that connect, ask something and go, one after the other. */
    private static final class Connecting implements AutoCloseable {
        private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicLong done = new AtomicLong();
        private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();

        Connecting(SluiceProcess sluice) {
            for (int i = 0; i < THREADS; i++) {
                threads.execute(() -> {
                    while (!stopped.get()) {
                        connect(sluice);
                    }
                });
            }
        }

        private void connect(SluiceProcess sluice) {
            try (Connection connection = Lab.of(sluice).connect();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT 1")) {
                rows.next();
                done.incrementAndGet();
            } catch (SQLException e) {
                failures.add(e);
            }
        }

        /** Returns once there were some more. */
        void goOn() {
            long wanted = done.get() + ENOUGH;
            Await.until("more clients", LIMIT, () -> done.get() >= wanted || !failures.isEmpty());
        }

        void stop() throws InterruptedException {
            stopped.set(true);
            threads.shutdown();
            assertThat(threads.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }

        @Override
        public void close() {
            stopped.set(true);
            threads.shutdown();
        }
    }
}
