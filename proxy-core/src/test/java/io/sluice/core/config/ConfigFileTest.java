// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {
    private static final String FIRST = """
        servers: [{address: db1}]
        users: [{name: app, password: one, from: [10.0.0.0/8, localhost], hold: 1s}]
        rules: [{rule_id: 1, match_digest: a}]
        hostgroups: [{id: 7, members: [db1]}]
        limits: [{name: few, user: app, concurrency: 3}]
        monitor: {user: m, password_file: secret}
        mysql: {listen: ["127.0.0.1:1", "127.0.0.1:2"], proxy_protocol_networks: [10.0.0.0/8]}
        discovery: {allow: ["10.0.0.0/8"]}
        """;

    @TempDir
    private Path directory;

    @Test
    void what_is_the_same_needs_no_restart() throws Exception {
        ConfigFile file = open(FIRST);
        assertThat(file.read().restart()).isEmpty();
        write(FIRST + "# another comment\npool: {}\nhttp: {listen: \"127.0.0.1:6070\"}\n");
        assertThat(file.read().restart()).isEmpty();
        assertThat(file.read().config().users()).isEqualTo(file.atStart().users());
    }

    @Test
    void servers_users_and_rules_can_change_and_other_keys_are_named() throws Exception {
        ConfigFile file = open(FIRST);
        write(FIRST.replace("db1}", "db1, weight: 3}, {address: db2}")
                .replace("password: one", "password: two, schema: s")
                .replace("match_digest: a", "match_digest: b"));
        assertThat(file.read().restart()).isEmpty();
        assertThat(file.read().config().servers()).hasSize(2);
        assertThat(file.atStart().servers()).hasSize(1);
        write(FIRST.replace("concurrency: 3", "concurrency: 4").replace("hold: 1s", "hold: 2s")
                + "pool: {max_age: 7m}\nrouting: {zone: here}\n");
        Files.writeString(directory.resolve("secret"), "other");
        assertThat(file.read().restart())
                .containsExactly(
                        "limits[0].concurrency", "monitor.password", "pool.max_age", "routing.zone", "users[].hold");
    }

    @Test
    void a_file_with_mistakes_is_told_of() throws Exception {
        ConfigFile file = open(FIRST);
        write("servers: []\npol: 1");
        assertThatThrownBy(file::read)
                .hasMessageContaining("pol: is not a known key")
                .hasMessageContaining("names no");
        write("a: [");
        assertThatThrownBy(file::read).hasMessageContaining("not valid YAML");
        Files.delete(file.path());
        assertThatThrownBy(file::read).hasMessageContaining("does not exist");
    }

    private ConfigFile open(String text) throws Exception {
        Files.writeString(directory.resolve("secret"), "hush");
        write(text);
        return ConfigFile.open(directory.resolve("sluice.yaml"), Map.of());
    }

    private void write(String text) throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), text);
    }
}
