// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.SluiceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts at a start: the file, or the database. */
class DatabaseModeTest {
    @TempDir
    private Path directory;

    private AdminPortFixture start(String mode, String servers, boolean initial) throws Exception {
        Path file = Files.writeString(
                directory.resolve("sluice.yaml"),
                "config: {mode: " + mode + "}\nservers: [" + servers + "]\nusers: [{name: app, password: one}]\n"
                        + "monitor: {user: m}\nrules: [{rule_id: 3, match_digest: a}]\n"
                        + "admin: {database: admin.db, users: [{name: admin, password: secret}]}");
        return new AdminPortFixture(SluiceConfig.load(file, Map.of()), initial);
    }

    @Test
    void the_database_is_filled_from_the_file_once_and_counts_from_then_on() throws Exception {
        try (AdminPortFixture port = start("database", "{address: db1}", false)) {
            assertThat(port.query("SELECT hostname FROM disk.mysql_servers")).containsExactly(List.of("db1"));
            port.query("UPDATE mysql_servers SET hostname = 'db2', weight = 7, status = 'OFFLINE_SOFT'");
            port.query("DELETE FROM mysql_query_rules");
            port.query("SAVE MYSQL SERVERS TO DISK");
            port.query("SAVE MYSQL QUERY RULES TO DISK");
            port.query("INSERT INTO mysql_users (username, password) VALUES ('lost', 'x')");
        }
        try (AdminPortFixture port = start("database", "{address: db9}", false)) {
            assertThat(port.servers.servers())
                    .singleElement()
                    .satisfies(server -> assertThat(server.settings().toString())
                            .contains("db2")
                            .contains("weight=7"));
            assertThat(port.rules.rules()).isEmpty();
            assertThat(port.query("SELECT hostname, status FROM mysql_servers"))
                    .as("a drain ends with the process")
                    .containsExactly(List.of("db2", "ONLINE"));
            assertThat(port.query("SELECT username FROM runtime_mysql_users")).containsExactly(List.of("app"));
            assertThat(port.query("SHOW CONFIG"))
                    .contains(List.of("config.mode", "database"))
                    .contains(List.of("file was changed since it was read", "no"));
        }
    }

    @Test
    void initial_begins_anew_and_keeps_what_was() throws Exception {
        start("database", "{address: db1}", false).close();
        try (AdminPortFixture port = start("database", "{address: db9}", true)) {
            assertThat(port.query("SELECT hostname FROM disk.mysql_servers")).containsExactly(List.of("db9"));
        }
        assertThat(directory.resolve("admin.db.bak")).isNotEmptyFile();
    }

    @Test
    void with_the_file_as_the_truth_the_database_waits() throws Exception {
        try (AdminPortFixture port = start("file", "{address: db1}", false)) {
            port.query("UPDATE mysql_servers SET weight = 7");
            port.query("SAVE MYSQL SERVERS TO DISK");
        }
        try (AdminPortFixture port = start("file", "{address: db1}", false)) {
            assertThat(port.query("SELECT weight FROM mysql_servers")).containsExactly(List.of("1"));
            assertThat(port.query("SHOW CONFIG"))
                    .contains(List.of("config.mode", "file"))
                    .contains(List.of("MYSQL USERS saved there", "never"))
                    .noneMatch(row -> row.equals(List.of("MYSQL SERVERS saved there", "never")));
            port.query("LOAD MYSQL SERVERS FROM DISK");
            assertThat(port.query("SELECT weight FROM mysql_servers")).containsExactly(List.of("7"));
        }
    }

    @Test
    void a_database_with_mistakes_is_not_started_from() throws Exception {
        try (AdminPortFixture port = start("database", "{address: db1}", false)) {
            port.query("UPDATE mysql_servers SET hostgroup_id = 77");
            port.query("SAVE MYSQL SERVERS TO DISK");
        }
        assertThatThrownBy(() -> start("database", "{address: db1}", false))
                .hasMessageContaining("admin.db cannot be put in force")
                .hasMessageContaining("hostgroup 77")
                .hasMessageContaining("--initial");
    }

    @Test
    void what_could_not_be_started_with_is_not_saved() throws Exception {
        String saved = "nothing was saved, since Sluice could not start with it: ";
        try (AdminPortFixture port = start("database", "{address: db1}", false)) {
            port.query("INSERT INTO mysql_users (username, password, fast_forward) VALUES ('ff', 'x', 1)");
            assertThatThrownBy(() -> port.query("SAVE MYSQL USERS TO DISK"))
                    .hasMessageContaining(saved + "user ff: fast_forward is 1, which is not supported");
            port.query("UPDATE mysql_servers SET use_ssl = 1");
            assertThatThrownBy(() -> port.query("SAVE MYSQL SERVERS FROM MEMORY"))
                    .hasMessageContaining(saved + "db1:3306 has a use_ssl");
            port.query("UPDATE mysql_servers SET use_ssl = 0");
            port.query("INSERT INTO mysql_replication_hostgroups (writer_hostgroup, reader_hostgroup) VALUES (10, 20),"
                    + " (30, 40)");
            assertThatThrownBy(() -> port.query("SAVE MYSQL SERVERS TO DISK"))
                    .hasMessageContaining(saved + "mysql_replication_hostgroups has 2 rows");
            port.query("INSERT INTO mysql_query_rules (active, match_digest, cache_ttl) VALUES (1, '(', 5)");
            assertThatThrownBy(() -> port.query("SAVE MYSQL QUERY RULES TO DISK"))
                    .hasMessageContaining("cache_ttl is not supported")
                    .hasMessageContaining("match_digest");
            port.query("SET mysql-max_connections = 'many'");
            assertThatThrownBy(() -> port.query("SAVE MYSQL VARIABLES TO DISK")).hasMessageContaining(saved);
        }
        start("database", "{address: db1}", false).close();
        try (AdminPortFixture port = start("file", "{address: db1}", false)) {
            port.query("INSERT INTO mysql_users (username, password, fast_forward) VALUES ('ff', 'x', 1)");
            port.query("SAVE MYSQL USERS TO DISK");
        }
    }
}
