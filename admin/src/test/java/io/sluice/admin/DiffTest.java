// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.SluiceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What memory, runtime, disk and file do not agree on. */
class DiffTest {
    @TempDir
    private Path directory;

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture(config("password: one"));
        for (String module : List.of("SERVERS", "USERS", "QUERY RULES")) {
            port.query("LOAD MYSQL " + module + " TO RUNTIME");
        }
    }

    @AfterEach
    void close() {
        port.close();
    }

    private SluiceConfig config(String user) throws Exception {
        Path file = Files.writeString(
                directory.resolve("sluice.yaml"),
                "servers: [{address: db1}]\nusers: [{name: app, " + user
                        + "}]\n"
                        + "monitor: {user: m}\n"
                        + "admin: {database: admin.db}\n"
                        + "rules: [{rule_id: 3, match_digest: a}]");
        return SluiceConfig.load(file, Map.of());
    }

    @Test
    void where_all_agree_there_is_nothing_to_show() throws Exception {
        assertThat(port.query("SLUICE DIFF")).isEmpty();
        port.query("SAVE MYSQL USERS TO DISK");
        assertThat(port.query("SLUICE DIFF")).isEmpty();
    }

    @Test
    void rows_and_columns_that_differ_are_shown_by_layer() throws Exception {
        port.query("SAVE MYSQL USERS TO DISK");
        port.query("UPDATE mysql_servers SET weight = 5");
        port.query("INSERT INTO mysql_users (username, password) VALUES ('web', 'x')");
        port.query("DELETE FROM mysql_query_rules");
        port.file.config = config("password: two, schema: shop");
        assertThat(port.query("SLUICE DIFF"))
                .containsExactly(
                        List.of("MYSQL SERVERS", "db1:3306", "weight", "5", "1", "NULL", "1"),
                        List.of("MYSQL QUERY RULES", "3", "(row)", "missing", "there", "NULL", "there"),
                        List.of("MYSQL USERS", "app", "password", "***", "***", "***", "***"),
                        List.of("MYSQL USERS", "app", "default_schema", "NULL", "NULL", "NULL", "shop"),
                        List.of("MYSQL USERS", "web", "(row)", "there", "missing", "missing", "missing"));
    }

    @Test
    void a_file_with_mistakes_is_told_of() throws Exception {
        port.file.mistakes = "pol: is not a known key";
        assertThat(port.query("SLUICE DIFF"))
                .contains(List.of("MYSQL USERS", "", "mistakes", "NULL", "NULL", "NULL", "pol: is not a known key"));
    }
}
