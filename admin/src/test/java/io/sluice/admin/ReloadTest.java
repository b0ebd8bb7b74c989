// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.SluiceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file, read again. */
class ReloadTest {
    @TempDir
    private Path directory;

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture(config("{name: app, password: one}"));
        port.query("LOAD MYSQL USERS TO RUNTIME");
    }

    @AfterEach
    void close() {
        port.close();
    }

    private SluiceConfig config(String user) throws Exception {
        Path file = Files.writeString(
                directory.resolve("sluice.yaml"),
                "servers: [{address: db1}]\nusers: [" + user + "]\nmonitor: {user: m}\n");
        return SluiceConfig.load(file, Map.of());
    }

    @Test
    void load_config_tells_what_changes_and_what_needs_a_restart() throws Exception {
        port.query("DELETE FROM mysql_users");
        port.file.config = config("{name: web, password: one}");
        List<List<String>> expected = List.of(
                List.of("MYSQL SERVERS", "added db1:3306"),
                List.of("MYSQL QUERY RULES", "nothing differs"),
                List.of("MYSQL USERS", "added web; removed app"),
                List.of("MYSQL VARIABLES", "nothing differs"),
                List.of("ADMIN VARIABLES", "nothing differs"),
                List.of("SLUICE VARIABLES", "nothing differs"),
                List.of("mysql.threads", "counts after a restart"));
        assertThat(port.query("LOAD CONFIG")).isEqualTo(expected);
        assertThat(port.query("sluice load config;")).isEqualTo(expected);
        assertThat(port.file.reloads).isEqualTo(2);
        assertThat(port.query("SELECT username FROM mysql_users")).containsExactly(List.of("web"));
        assertThat(port.query("SELECT outcome FROM audit WHERE statement = 'LOAD CONFIG'")
                        .toString())
                .contains("MYSQL USERS added web; removed app");
    }

    @Test
    void a_broken_file_changes_nothing() throws SQLException {
        port.file.mistakes = "sluice.yaml:1:1: pol: is not a known key";
        assertThatThrownBy(() -> port.query("LOAD CONFIG"))
                .hasMessageContaining("nothing was changed: sluice.yaml:1:1: pol");
        assertThatThrownBy(() -> port.query("LOAD MYSQL USERS FROM CONFIG"))
                .hasMessageContaining("nothing was loaded, since the file has mistakes: sluice.yaml:1:1: pol");
        assertThat(port.query("SELECT username FROM mysql_users")).containsExactly(List.of("app"));
    }

    @Test
    void save_config_tells_what_was_written() throws Exception {
        port.file.next = config("{name: web, password: one}");
        assertThat(port.query("SAVE CONFIG TO FILE"))
                .containsExactly(
                        List.of("MYSQL SERVERS", "nothing differs"),
                        List.of("MYSQL QUERY RULES", "nothing differs"),
                        List.of("MYSQL USERS", "added web; removed app"),
                        List.of("MYSQL VARIABLES", "nothing differs"),
                        List.of("ADMIN VARIABLES", "nothing differs"),
                        List.of("SLUICE VARIABLES", "nothing differs"),
                        List.of("file", "written; as it was before: sluice.yaml.bak"));
        assertThatThrownBy(() -> port.query("SAVE CONFIG TO FILE '/tmp/x'")).hasMessageContaining("names no other");
        port.file.mistakes = "it was changed";
        assertThatThrownBy(() -> port.query("SAVE CONFIG TO FILE"))
                .hasMessageContaining("nothing was written: it was changed");
        assertThat(port.query("save config to file force;"))
                .contains(List.of("file", "written; as it was before: sluice.yaml.bak"));
    }

    @Test
    void load_from_config_reads_the_file_as_it_is_now() throws Exception {
        port.file.config = config("{name: web, password: one, backend_user: behind}");
        port.query("LOAD MYSQL USERS FROM CONFIG");
        port.query("LOAD MYSQL USERS TO RUNTIME");
        assertThat(port.listed.users)
                .singleElement()
                .satisfies(user -> assertThat(user.settings().backendUser()).isEqualTo("behind"));
    }
}
