// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients of other languages by the scripts in it-tests/clients, direct and through Sluice, with and without TLS. One
 * that is not installed is skipped; bin/verify installs them all.
 */
class ClientsIT {
    private static final Path SCRIPTS = Path.of("clients").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @ParameterizedTest
    @CsvSource({"direct,false", "direct,true", "sluice,false", "sluice,true"})
    void mysql_9_7_client(String target, boolean tls) {
        Path root = ServerBinaries.cache().resolve("mysql-9.7");
        Path program = root.resolve("usr/bin/mysql");
        assumeTrue(Files.exists(program), "MySQL 9.7 is not in the cache");
        assumeTrue(!Lab.flavor().isMariaDb() || target.equals("sluice"), "no mysql_native_password in that client");
        commandLine(
                target,
                tls,
                ServerBinaries.commandIn(root, program),
                tls ? "--ssl-mode=REQUIRED" : "--ssl-mode=DISABLED --get-server-public-key");
    }

    @ParameterizedTest
    @CsvSource({"direct,false", "direct,true", "sluice,false", "sluice,true"})
    void mariadb_client(String target, boolean tls) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mariadb")), "no mariadb client");
        commandLine(target, tls, List.of("/usr/bin/mariadb"), tls ? "--ssl" : "--skip-ssl");
    }

    @ParameterizedTest
    @CsvSource({"direct,zlib", "direct,zstd", "sluice,zlib", "sluice,zstd", "sluice,'zlib,zstd'"})
    void mysql_9_7_client_compresses(String target, String algorithms) {
        Path root = ServerBinaries.cache().resolve("mysql-9.7");
        Path program = root.resolve("usr/bin/mysql");
        assumeTrue(Files.exists(program), "MySQL 9.7 is not in the cache");
        assumeTrue(!Lab.flavor().isMariaDb() || target.equals("sluice"), "no mysql_native_password in that client");
        assumeTrue(
                !(target.equals("direct") && algorithms.contains("zstd") && Lab.flavor() == ServerFlavor.MYSQL_8_0),
                "MySQL 8.0.15 knows no zstd");
        compressing(
                target,
                ServerBinaries.commandIn(root, program),
                "--ssl-mode=DISABLED --get-server-public-key --compression-algorithms=" + algorithms);
    }

    @ParameterizedTest
    @CsvSource({"direct", "sluice"})
    void mariadb_client_compresses(String target) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mariadb")), "no mariadb client");
        compressing(target, List.of("/usr/bin/mariadb"), "--skip-ssl --compress");
    }

    @ParameterizedTest
    @CsvSource({"direct,false", "direct,true", "sluice,false", "sluice,true"})
    void pymysql(String target, boolean tls) {
        assumeTrue(Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/pymysql")), "no python3-pymysql");
        run(
                target,
                tls,
                List.of("/usr/bin/python3", SCRIPTS.resolve("pymysql_client.py").toString()),
                Map.of());
    }

    @ParameterizedTest
    @CsvSource({"direct,false", "direct,true", "sluice,false", "sluice,true"})
    void node_mysql2(String target, boolean tls) {
        Path modules = ServerBinaries.cache().resolve("node/node_modules");
        assumeTrue(Files.isDirectory(modules.resolve("mysql2")), "no node mysql2 in the cache");
        run(
                target,
                tls,
                List.of("node", SCRIPTS.resolve("mysql2_client.js").toString()),
                Map.of("NODE_PATH", modules.toString()));
    }

    private static void commandLine(String target, boolean tls, List<String> client, String tlsOption) {
        List<String> command = new ArrayList<>();
        command.add(SCRIPTS.resolve("mysql_client.sh").toString());
        command.addAll(client);
        run(target, tls, command, Map.of("SLUICE_TLS_OPTIONS", tlsOption));
    }

    private static void compressing(String target, List<String> client, String options) {
        List<String> command = new ArrayList<>();
        command.add(SCRIPTS.resolve("compressing_client.sh").toString());
        command.addAll(client);
        run(target, false, command, Map.of("SLUICE_TLS_OPTIONS", options));
    }

    private static void run(String target, boolean tls, List<String> command, Map<String, String> more) {
        assumeTrue(
                !(tls && target.equals("direct") && Lab.flavor().isMariaDb()),
                "MariaDB 10.11 has TLS only when configured");
        Endpoint endpoint = target.equals("direct") ? Lab.direct() : Lab.throughSluice();
        Map<String, String> environment = new java.util.HashMap<>(more);
        environment.put("SLUICE_PORT", Integer.toString(endpoint.port()));
        environment.put("SLUICE_TLS", tls ? "1" : "0");
        ChildProcess client = ChildProcess.start(command, Lab.newHome("client").resolve("client.log"), environment);
        int code = client.exitCode(LIMIT);
        assertThat(code).as(client.tail()).isZero();
        assertThat(client.output()).endsWith("ok\n");
    }
}
