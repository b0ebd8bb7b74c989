// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The disk of the source is full: it answers, but a commit waits in it until there is room, which it looks for once a
 * minute (manual: "How MySQL Handles a Full Disk"). Through Sluice it is the same, while reads go on; and it says so.
 */
class DiskFullIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration A_MINUTE_AND_MORE = Duration.ofSeconds(100);
    private static final int BLOCK = 65_536;

    @Test
    void a_write_waits_for_room_which_is_said_and_reads_go_on() throws Exception {
        assumeTrue(Lab.flavor() == ServerFlavor.MYSQL_9_7, "takes more than a minute; one flavor stands for all");
        Path home = Lab.newHome("disk-full");
        Path disk = Files.createDirectories(home.resolve("server0"));
        assumeTrue(run(home, "mount", "-t", "tmpfs", "-o", "size=600m", "sluice-it", disk.toString()), "may not mount");
        try (ReplicationTopology topology = ReplicationTopology.start(Lab.binaries(), home, 1)) {
            topology.source().execute("CREATE TABLE app.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
            topology.awaitCaughtUp();
            try (SluiceProcess sluice = SluiceProcess.start(Lab.settings(topology), Lab.newHome("disk-full-sluice"));
                    Connection writing = Lab.of(sluice).connect();
                    Connection reading = Lab.of(sluice).connect()) {
                insert(writing);
                Path filler = disk.resolve("filler");
                fill(filler);
                AtomicInteger written = new AtomicInteger(1);
                CompletableFuture<Void> writes =
                        CompletableFuture.runAsync(() -> insertUntil(writing, written, filler));
                awaitStandstill(written);
                int before = written.get();

                for (int i = 0; i < 50; i++) {
                    assertThat(count(reading)).isBetween(1, before);
                }
                assertThat(written).hasValue(before);
                Await.until(
                        "Sluice says that the disk is full",
                        LIMIT,
                        () -> sluice.log().contains("event=disk_full"));
                assertThat(sluice.metric(
                                "sluice_server_disk_full", topology.source().address()))
                        .isEqualTo(1);
                assertThat(sluice.log())
                        .contains("server=" + topology.source().address() + " why=\"its disk is full:")
                        .doesNotContain("event=server_offline");

                Files.delete(filler);
                writes.get(A_MINUTE_AND_MORE.toSeconds(), TimeUnit.SECONDS);
                assertThat(written.get()).isGreaterThan(before);
                assertThat(count(writing)).as("as many as were acknowledged").isEqualTo(written.get());
                Await.until(
                        "Sluice says that it is not", LIMIT, () -> sluice.log().contains("event=disk_has_room"));
                assertThat(sluice.metric("sluice_server_disk_full")).isZero();
            }
        } finally {
            run(home, "umount", "--lazy", disk.toString());
        }
    }

    private static boolean run(Path home, String... command) {
        return ChildProcess.start(List.of(command), home.resolve(command[0] + ".log"), Map.of())
                        .exitCode(LIMIT)
                == 0;
    }

    private static void fill(Path file) throws IOException {
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (boolean room = true; room; ) {
                room = write(out, block);
            }
        }
    }

    /** False once the disk is full, which is what the caller wants. */
    private static boolean write(OutputStream out, byte[] block) {
        try {
            out.write(block);
            return true;
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("space");
            return false;
        }
    }

    /** Rows are small, so that it is the binary log that has no room for them. Ends with the first one after the filler. */
    private static void insertUntil(Connection connection, AtomicInteger written, Path filler) {
        try {
            boolean room = false;
            while (!room) {
                room = !Files.exists(filler);
                insert(connection);
                written.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until a write has not come back for two seconds. */
    private static void awaitStandstill(AtomicInteger written) {
        int[] last = {-1};
        long[] since = {System.nanoTime()};
        Await.until("the disk is full", LIMIT, () -> {
            if (written.get() != last[0]) {
                last[0] = written.get();
                since[0] = System.nanoTime();
            }
            return System.nanoTime() - since[0] > TimeUnit.SECONDS.toNanos(2);
        });
    }

    private static void insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO app.t (v) VALUES (1)");
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM app.t")) {
            row.next();
            return row.getInt(1);
        }
    }
}
