// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * From an empty directory to a running split with the plain mysql client: a Sluice that knows an admin, the monitor's
 * account and nothing else is told of servers and users by SQL, as the README has it.
 */
class BySqlAloneIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void servers_users_and_rules_come_by_sql_and_are_there_after_a_restart() throws Exception {
        ReplicationTopology topology = Lab.topology();
        Path home = Lab.newHome("by-sql-alone");
        SluiceSettings settings = new SluiceSettings()
                .admin("admin", "admin")
                .set("config.mode", "database")
                .set("admin.database", home.resolve("sluice.db").toString());
        try (SluiceProcess sluice = SluiceProcess.launch(settings, home)) {
            Await.until("it runs without a server", SOON, () -> sluice.log().contains("event=started"));
            assertThat(sluice.http("/readyz").statusCode())
                    .as("nobody can be served")
                    .isEqualTo(503);
            assertThat(admin(settings, "SHOW CONFIG")).contains("config.mode\tdatabase");
            assertThat(admin(settings, script(topology))).doesNotContain("ERROR");
            Await.until(
                    "clients can be served", SOON, () -> sluice.http("/readyz").statusCode() == 200);
            split(settings);
            sluice.terminate();
            sluice.exitCode(SOON);
        }
        try (SluiceProcess again = SluiceProcess.start(settings, home)) {
            assertThat(again.log())
                    .contains(
                            "from_database=\"MYSQL REPLICATION HOSTGROUPS, MYSQL SERVERS, MYSQL QUERY RULES, MYSQL USERS, MYSQL VARIABLES,");
            split(settings);
            assertThat(admin(settings, "SHOW VARIABLES LIKE 'mysql-max_connections'"))
                    .contains("mysql-max_connections\t77");
        }
    }

    private static String script(ReplicationTopology topology) {
        StringBuilder script = new StringBuilder();
        for (MysqldProcess server : topology.servers()) {
            script.append("INSERT INTO mysql_servers (hostgroup_id, hostname, port) VALUES (")
                    .append(server == topology.source() ? 10 : 20)
                    .append(", '127.0.0.1', ")
                    .append(server.port())
                    .append(");\n");
        }
        return script + """
            INSERT INTO mysql_replication_hostgroups (writer_hostgroup, reader_hostgroup, comment) VALUES (10, 20, 'shop');
            LOAD MYSQL SERVERS TO RUNTIME;
            SAVE MYSQL SERVERS TO DISK;
            INSERT INTO mysql_users (username, password) VALUES ('app', 'app');
            LOAD MYSQL USERS TO RUNTIME;
            SAVE MYSQL USERS TO DISK;
            INSERT INTO mysql_query_rules (rule_id, active, match_digest, destination_hostgroup, apply)
                VALUES (1, 1, 'FROM fresh_only', 10, 1);
            LOAD MYSQL QUERY RULES TO RUNTIME;
            SAVE MYSQL QUERY RULES TO DISK;
            SET mysql-max_connections = 77;
            LOAD MYSQL VARIABLES TO RUNTIME;
            SAVE MYSQL VARIABLES TO DISK;
            """;
    }

    /** Which hostgroup served what is Sluice's own word. */
    private static void split(SluiceSettings settings) throws Exception {
        String client = """
            CREATE TABLE IF NOT EXISTS fresh_only (id INT PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS split_by_sql (id INT PRIMARY KEY);
            REPLACE INTO split_by_sql VALUES (1);
            """;
        assertThat(mysql(settings.mysqlPort(), "app", client)).doesNotContain("ERROR");
        Await.until("reads go to replicas", SOON, () -> {
            String answer = mysql(
                    settings.mysqlPort(),
                    "app",
                    "SELECT id FROM split_by_sql WHERE id = 1;\nSELECT COUNT(*) FROM fresh_only;\n");
            assertThat(answer).doesNotContain("ERROR");
            String digests = admin(
                    settings,
                    "SELECT hostgroup, digest_text FROM stats_mysql_query_digest"
                            + " WHERE digest_text LIKE '%split_by_sql%' OR digest_text LIKE 'SELECT%fresh_only%';");
            assertThat(digests).doesNotContain("20\tSELECT COUNT").doesNotContain("20\tREPLACE");
            return digests.contains("20\tSELECT `id`") || digests.contains("20\tSELECT id");
        });
        assertThat(admin(settings, "SELECT hits > 0 FROM stats_mysql_query_rules;"))
                .endsWith("1\n");
    }

    private static String admin(SluiceSettings settings, String sql) throws IOException, InterruptedException {
        return mysql(settings.adminPort(), "", sql);
    }

    /** What the client says to a script; an empty schema is the admin port's. */
    private static String mysql(int port, String schema, String script) throws IOException, InterruptedException {
        String name = schema.isEmpty() ? "admin" : "app";
        Process client = new ProcessBuilder(
                        program(), "-h127.0.0.1", "-P" + port, "-u" + name, "-p" + name, "--protocol=TCP", schema)
                .redirectErrorStream(true)
                .start();
        client.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().close();
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        client.waitFor();
        return output;
    }

    private static String program() {
        Optional<String> found = Stream.of("mysql", "mariadb")
                .flatMap(name ->
                        Stream.of(System.getenv("PATH").split(":", -1)).map(directory -> directory + "/" + name))
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
        assumeTrue(found.isPresent(), "no mysql client is installed");
        return found.orElseThrow();
    }
}
