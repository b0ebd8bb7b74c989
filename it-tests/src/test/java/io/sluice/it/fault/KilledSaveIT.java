// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * kill -9 while Sluice saves, at moments by chance: what is on disk and in the file is what was saved before or what was
 * being saved, whole, and the next start takes it.
 */
@DisabledIfSystemProperty(
        named = "sluice.it.flavor",
        matches = "8.0|mariadb.*",
        disabledReason = "the servers have no part in it: one flavor stands for all")
class KilledSaveIT {
    private static final int ROUNDS = Integer.getInteger("sluice.kills", 8);
    private static final int USERS = 3_000;
    private static final int LATEST_MILLIS = 1_500;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String FILL = "INSERT INTO mysql_users (username, password, comment)"
            + " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + USERS + ")"
            + " SELECT 'user' || i, '*' || printf('%040X', i), 'first' FROM n";

    @Test
    void what_was_saved_is_whole_whenever_the_process_is_killed() throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("killed save: seed " + seed);
        Random random = new Random(seed);
        Path home = Lab.newHome("killed-save");
        SluiceSettings settings = Lab.settings(Lab.topology())
                .admin("admin", "admin")
                .set("config.mode", "database")
                .set("admin.database", home.resolve("admin.db").toString());
        Endpoint admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
        for (int round = 0; round <= ROUNDS; round++) {
            SluiceProcess sluice = SluiceProcess.start(settings, home); // it does not start from half a module
            try {
                try (Connection connection = admin.connectAs("admin", "admin", "")) {
                    if (round == 0) {
                        execute(connection, FILL);
                        execute(connection, "SAVE MYSQL USERS TO DISK");
                        execute(connection, "LOAD MYSQL USERS TO RUNTIME");
                    }
                    assertThat(saved(connection))
                            .as("seed %d, round %d", seed, round)
                            .hasSize(1);
                    assertThat(one(connection, "SELECT count(*) FROM runtime_mysql_users WHERE username LIKE 'user%'"))
                            .as("seed %d, round %d: in force after the start", seed, round)
                            .isEqualTo(Integer.toString(USERS));
                }
                saveAndKill(admin, sluice, round, random.nextInt(LATEST_MILLIS));
            } finally {
                sluice.close();
            }
            assertThat(usersInFile(home.resolve("sluice.yaml")))
                    .as("seed %d, round %d: users in the file", seed, round)
                    .isIn(0L, (long) USERS);
        }
    }

    /** Of a file that Sluice could start from. */
    private static long usersInFile(Path file) throws Exception {
        String program = SluiceProcess.distribution().resolve("bin/sluice").toString();
        Process check = new ProcessBuilder(program, "check", "-c", file.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(check.waitFor()).isZero();
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.contains("name: user")).count();
        }
    }

    /** The comments that there are on disk, if all users are there: one for each save. */
    private static List<String> saved(Connection connection) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT comment, count(*) FROM disk.mysql_users"
                        + " WHERE username LIKE 'user%' GROUP BY comment HAVING count(*) = " + USERS)) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }

    private static void saveAndKill(Endpoint admin, SluiceProcess sluice, int round, int afterMillis) throws Exception {
        CountDownLatch saving = new CountDownLatch(1);
        AtomicReference<SQLException> end = new AtomicReference<>();
        Thread saver = new Thread(() -> save(admin, round, saving, end), "saver");
        saver.start();
        assertThat(saving.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        saver.join(afterMillis + 1L);
        new ProcessBuilder("kill", "-9", Long.toString(sluice.pid())).start().waitFor();
        saver.join(SOON.toMillis());
        Await.until("the process is gone", SOON, () -> !sluice.isAlive());
        SQLException lost = Objects.requireNonNull(end.get());
        assertThat(lost.getSQLState())
                .as("the connection was lost, and nothing was refused before: %s", lost.getMessage())
                .startsWith("08");
    }

    /** Until the connection is lost. */
    private static void save(Endpoint admin, int round, CountDownLatch saving, AtomicReference<SQLException> end) {
        try (Connection connection = admin.connectAs("admin", "admin", "")) {
            for (int i = 0; ; i++) {
                execute(connection, "UPDATE mysql_users SET comment = 'round " + round + "." + i + "'");
                saving.countDown();
                execute(connection, "SAVE MYSQL USERS TO DISK");
                execute(connection, "LOAD MYSQL USERS TO RUNTIME");
                execute(connection, "SAVE CONFIG TO FILE FORCE");
            }
        } catch (SQLException killed) {
            end.set(killed);
            saving.countDown();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
