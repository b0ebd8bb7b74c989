// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
                + "pool: {max_connections: 7}\nrouting: {zone: here}\n");
        Files.writeString(directory.resolve("secret"), "other");
        assertThat(file.read().restart())
                .containsExactly(
                        "limits[0].concurrency",
                        "monitor.password",
                        "pool.max_connections",
                        "routing.zone",
                        "users[].hold");
    }

    @Test
    void single_settings_can_change_and_are_told_in_words() throws Exception {
        ConfigFile file = open(FIRST + "pool: {max_age: 7m}\n");
        assertThat(file.read().changeable())
                .containsEntry("pool.max_age", "7m")
                .containsEntry("pool.max_idle_time", "5m")
                .containsEntry("mysql.server_version", "")
                .doesNotContainKey("pool.max_connections");
        write(FIRST + "pool: {max_age: 8m, max_idle_time: 1m}\n");
        assertThat(file.read().restart()).isEmpty();
    }

    @Test
    void every_setting_that_can_change_is_a_key() throws Exception {
        ConfigFile file = open(FIRST);
        assertThat(SluiceConfig.keys())
                .extracting(KeyDescription::path)
                .containsAll(file.read().changeable().keySet())
                .filteredOn(ConfigFile::isChangeable)
                .hasSameSizeAs(file.read().changeable().keySet())
                .hasSizeGreaterThan(15);
    }

    @Test
    void other_texts_take_the_place_of_what_the_file_said_at_the_start() throws Exception {
        ConfigFile file = open(FIRST + "pool: {max_age: 7m}\n");
        write("nothing: here");
        SluiceConfig config = file.with(Map.of("pool.max_age", "9m", "mysql.max_clients", "12"));
        assertThat(config.pool().maxAge()).isEqualTo(Duration.ofMinutes(9));
        assertThat(config.mysql().maxClients()).isEqualTo(12);
        assertThat(config.mysql().listen()).hasSize(2);
        assertThatThrownBy(() -> file.with(Map.of("pool.max_age", "9", "mysql.max_clients", "0")))
                .hasMessageContaining("pool.max_age: \"9\" is not a duration")
                .hasMessageContaining("mysql.max_clients: \"0\" is not a whole number from 1");
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
