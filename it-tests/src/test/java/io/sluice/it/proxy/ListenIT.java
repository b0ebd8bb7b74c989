// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Unix socket and two addresses of one Sluice that requires TLS. Its user is not listed, so that the first login needs
 * the whole password, which clients show on a Unix socket as they do under TLS.
 */
class ListenIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** A short path: the system allows 107 bytes. */
    @TempDir
    private static Path directory;

    private static SluiceSettings settings;
    private static SluiceProcess sluice;

    @BeforeAll
    static void start() {
        settings = new SluiceSettings()
                .set("mysql.socket", directory.resolve("s.sock").toString())
                .set("mysql.tls.mode", "required")
                .admin("admin", "admin");
        settings.set("mysql.listen", List.of("127.0.0.1:" + settings.mysqlPort(), "[::1]:" + settings.mysqlPort()));
        Lab.topology().servers().forEach(server -> settings.server(server.address()));
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void mysql_9_7_client_logs_in_by_the_socket() {
        Path root = ServerBinaries.cache().resolve("mysql-9.7");
        Path program = root.resolve("usr/bin/mysql");
        assumeTrue(Files.exists(program), "MySQL 9.7 is not in the cache");
        commandLine(ServerBinaries.commandIn(root, program), "--ssl-mode=DISABLED");
    }

    @Test
    void mariadb_client_logs_in_by_the_socket() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mariadb")), "no mariadb client");
        commandLine(List.of("/usr/bin/mariadb"), "--skip-ssl");
    }

    @Test
    void pymysql_logs_in_by_the_socket() {
        assumeTrue(Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/pymysql")), "no python3-pymysql");
        String script = "import pymysql; c = pymysql.connect(unix_socket='" + socket() + "', user='app',"
                + " password='app', ssl_disabled=True).cursor(); c.execute('SELECT 40 + 2'); print(c.fetchone()[0])";
        assertThat(output("app", List.of("/usr/bin/python3", "-c", script), 0)).endsWith("42\n");
    }

    @Test
    void is_served_at_both_addresses() throws SQLException {
        for (String host : List.of("127.0.0.1", "[::1]")) {
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:mysql://" + host + ":" + settings.mysqlPort() + "/app?sslMode=REQUIRED",
                            "app",
                            "app");
                    Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT 40 + 2")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getInt(1)).as(host).isEqualTo(42);
            }
        }
    }

    @Test
    void takes_its_place_again_after_a_kill_and_leaves_nothing_after_a_stop() {
        sluice.close();
        assertThat(socket()).exists();
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
        sluice.terminate();
        assertThat(sluice.exitCode(LIMIT)).as(sluice.log()).isZero();
        assertThat(socket()).doesNotExist();
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
    }

    private static Path socket() {
        return directory.resolve("s.sock");
    }

    private static void commandLine(List<String> client, String withoutTls) {
        List<String> command = new ArrayList<>(client);
        command.addAll(
                List.of("--no-defaults", "-S" + socket(), "-uapp", withoutTls, "-N", "-B", "-e", "SELECT 40 + 2"));
        assertThat(output("app", command, 0)).endsWith("42\n");
        assertThat(output("wrong", command, 1)).contains("Access denied for user 'app'@'localhost'");
    }

    private static String output(String password, List<String> command, int expected) {
        ChildProcess client =
                ChildProcess.start(command, Lab.newHome("client").resolve("client.log"), Map.of("MYSQL_PWD", password));
        int code = client.exitCode(LIMIT);
        assertThat(code).as(client.tail()).isEqualTo(expected);
        return client.output();
    }
}
