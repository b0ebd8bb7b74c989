// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.it.Lab;
import io.sluice.it.fault.NamespaceNetwork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Packets are lost between servers, each on a machine of its own, and Sluice. Where there are no network namespaces, such
 * as for who is not root, it is skipped and says why.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkCutsIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int TRANSACTION_LOST = 9502;

    /** After the time that a machine may be silent: a question more, and two busy cores. */
    private static final Duration LATEST = Scene.TCP_TIMEOUT.plusSeconds(4);

    private Scene scene;

    @BeforeAll
    void begin() {
        Optional<String> obstacle = NamespaceNetwork.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle::get);
        Optional<ServerBinaries> binaries = ServerBinaries.find(Lab.flavor(), Lab.newHome("cuts-version"));
        assumeTrue(binaries.isPresent(), "no server of this machine, and containers have networks of their own");
        scene = Scene.inNamespaces(binaries.get());
    }

    @AfterAll
    void end() throws Exception {
        if (scene != null) {
            scene.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> clients_see_no_more_than_they_must() {
        Play play = new Play(scene);
        return Arrays.stream(Cut.values())
                .map(cut -> DynamicTest.dynamicTest(cut.name(), () -> play.play(cut, cut.ordinal())));
    }

    @Test
    void what_waits_for_a_machine_that_is_gone_ends() throws Exception {
        scene.calm();
        try (Connection waiting = inTransaction();
                Connection idle = inTransaction()) {
            CompletableFuture<Integer> asleep = sleeps(waiting);
            scene.machines().isolate(scene.sourceNumber());
            long since = System.nanoTime();
            CompletableFuture<Integer> sentLater =
                    CompletableFuture.supplyAsync(() -> errorOf(idle, "INSERT INTO killed VALUES (-1, 2)"));

            assertThat(asleep.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(TRANSACTION_LOST);
            assertThat(sentLater.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(TRANSACTION_LOST);
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(LATEST);
            assertThat(waiting.isValid(1)).isTrue();
        } finally {
            scene.machines().heal();
        }
    }

    @Test
    void what_waits_for_a_machine_that_has_lost_its_power_ends_when_that_is_back() throws Exception {
        scene.calm();
        try (Connection waiting = inTransaction()) {
            CompletableFuture<Integer> asleep = sleeps(waiting);
            scene.machines().isolate(scene.sourceNumber());
            scene.source().kill();
            scene.source().start();
            scene.machines().heal();
            long since = System.nanoTime();

            assertThat(asleep.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(TRANSACTION_LOST);
            assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(LATEST);
        } finally {
            scene.machines().heal();
        }
    }

    private Connection inTransaction() throws SQLException {
        Connection connection = scene.throughSluice().connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("INSERT INTO killed VALUES (-1, 1)");
        }
        return connection;
    }

    /** The source has the statement, and would answer in ten minutes. */
    private CompletableFuture<Integer> sleeps(Connection connection) {
        MysqldProcess source = scene.source();
        CompletableFuture<Integer> error = CompletableFuture.supplyAsync(() -> errorOf(connection, "DO SLEEP(600)"));
        Await.until(
                "the statement runs",
                LIMIT,
                () -> source.query("SELECT COUNT(*) FROM information_schema.processlist WHERE info = 'DO SLEEP(600)'")
                        .equals("1"));
        return error;
    }

    private static int errorOf(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return 0;
        } catch (SQLException e) {
            return e.getErrorCode();
        }
    }
}
