// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The binary log read from remote, as mysqlbinlog and tools for change data capture do it. */
class BinlogDumpIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void a_dump_is_the_same_bytes_as_directly() throws SQLException, IOException {
        String log = logWithLongEvents();
        Path direct = dump(Lab.direct(), log).resolve(log);
        Path through = dump(Lab.throughSluice(), log).resolve(log);
        assertThat(Files.size(direct)).isGreaterThan(2_000_000);
        assertThat(Files.mismatch(direct, through)).isEqualTo(-1);
    }

    @Test
    void a_log_that_is_not_there_is_the_servers_error() {
        Path folder = Lab.newHome("binlog");
        ChildProcess tool = start(Lab.throughSluice(), folder, "nosuch.000001");
        assertThat(tool.exitCode(LIMIT)).isNotZero();
        assertThat(tool.output()).contains("Could not find first log file name");
    }

    @Test
    void a_dump_that_never_ends_follows_the_source() throws SQLException, IOException {
        String log = logWithLongEvents();
        Path folder = Lab.newHome("binlog");
        ChildProcess tool = start(Lab.throughSluice(), folder, "--stop-never", log);
        try (Connection connection = Lab.throughSluice().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO binlog_rows VALUES ('followed by the dump')");
            Await.until("the dump to follow", LIMIT, () -> contains(folder, "followed by the dump"));
        } finally {
            tool.kill();
        }
    }

    /** Writes rows and closes the log that they are in; returns its name. */
    private static String logWithLongEvents() throws SQLException {
        try (Connection connection = Lab.direct().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS binlog_rows (v LONGTEXT)");
            String log = "";
            try (ResultSet logs = statement.executeQuery("SHOW BINARY LOGS")) {
                while (logs.next()) {
                    log = logs.getString(1);
                }
            }
            statement.execute("INSERT INTO binlog_rows VALUES ('" + "x".repeat(3_000_000) + "')");
            statement.execute("FLUSH LOGS");
            return log;
        }
    }

    private static boolean contains(Path folder, String text) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Path dump(Endpoint endpoint, String log) {
        Path folder = Lab.newHome("binlog");
        ChildProcess tool = start(endpoint, folder, log);
        assertThat(tool.exitCode(LIMIT)).as(tool.tail()).isZero();
        return folder;
    }

    private static ChildProcess start(Endpoint endpoint, Path folder, String... arguments) {
        List<String> command = new ArrayList<>();
        if (Lab.flavor().isMariaDb()) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/mariadb-binlog")), "no mariadb-binlog");
            assumeTrue(Lab.flavor() != ServerFlavor.MARIADB_11, "Debian 12's mariadb-binlog refuses servers of 11");
            command.addAll(List.of("/usr/bin/mariadb-binlog", "--no-defaults", "--skip-ssl"));
        } else {
            Path root = ServerBinaries.cache().resolve("mysql-9.7");
            Path program = root.resolve("usr/bin/mysqlbinlog");
            assumeTrue(Files.exists(program), "MySQL 9.7 is not in the cache");
            command.addAll(ServerBinaries.commandIn(root, program));
            command.addAll(List.of("--no-defaults", "--ssl-mode=DISABLED", "--get-server-public-key"));
        }
        command.addAll(List.of(
                "--host=127.0.0.1",
                "--port=" + endpoint.port(),
                "--user=app",
                "--password=app",
                "--read-from-remote-server",
                "--raw",
                "--result-file=" + folder + "/"));
        command.addAll(List.of(arguments));
        return ChildProcess.start(command, Lab.newHome("mysqlbinlog").resolve("mysqlbinlog.log"), Map.of());
    }
}
