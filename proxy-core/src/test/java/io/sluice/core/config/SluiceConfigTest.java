// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SluiceConfigTest {
    @Test
    void the_database_as_the_truth_needs_one_and_an_admin() {
        assertThat(SluiceConfig.defaults().mode()).isEqualTo(ConfigMode.FILE);
        String admin = "admin: {database: a.db, users: [{name: a, password: a}]}\n";
        assertThat(Configurations.read("config: {mode: database}\n" + admin).mode())
                .isEqualTo(ConfigMode.DATABASE);
        assertThat(Configurations.problems("config: {mode: database}"))
                .containsExactly("test.yaml:1:10: config.mode: is database without admin.database; give admin.database,"
                        + " too, or set it to file");
        assertThat(Configurations.read("config: {mode: database}\nadmin: {database: a.db}")
                        .mode())
                .as("a password is made at the first start")
                .isEqualTo(ConfigMode.DATABASE);
        assertThat(Configurations.problems(
                        "config: {mode: database}\nadmin: {database: a.db, generate_password: false}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("without admin.users"));
        assertThat(Configurations.problems("config: {mode: databse}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("did you mean database?"));
    }

    @Test
    void a_file_may_be_long() {
        assertThat(read("# " + "x".repeat(5_000_000) + "\nhttp: {max_users: 3}")
                        .http()
                        .maxUsers())
                .isEqualTo(3);
    }

    @TempDir
    Path directory;

    @Test
    void an_empty_file_is_the_defaults() {
        assertThat(read("")).isEqualTo(SluiceConfig.defaults());
        assertThat(read("mysql:\nservers:\n")).isEqualTo(SluiceConfig.defaults());
    }

    @Test
    void reports_all_problems_at_once_with_their_places() {
        assertThat(problems("""
                        mysql:
                          max_clinets: 5
                          maxCommandBytes: 1
                        listen: 1
                        pool:
                          max_age: 1h
                          max_age: 2h
                        monitor: none
                        http:
                          listen: null
                        """))
                .containsExactly(
                        "test.yaml:2:3: mysql.max_clinets: is not a known key; did you mean max_clients?",
                        "test.yaml:3:3: mysql.maxCommandBytes: is not a known key; did you mean max_command_bytes?",
                        "test.yaml:4:1: listen: is not a known key; known here: mysql, data_dir, pool, servers,"
                                + " hostgroups, users, rules, limits, config, authentication, backend, monitor, discovery, routing, failover,"
                                + " admin, http, log, tracing, shutdown",
                        "test.yaml:7:3: pool.max_age: is given twice, first in line 6; keep one of them",
                        "test.yaml:8:10: monitor: is a single value where keys are expected; write \"key: value\" lines",
                        "test.yaml:10:11: http.listen: has no value; write an address to listen on, or remove the key");
    }

    @Test
    void fills_in_the_environment_and_reports_what_it_lacks() {
        assertThat(read("mysql: {listen: 'localhost:${PORT}', server_version: 'a$$b-${NONE:-}${WORD:-x}$'}")
                        .mysql())
                .satisfies(mysql -> assertThat(mysql.listen().get(0).port()).isEqualTo(4000))
                .satisfies(mysql -> assertThat(mysql.serverVersion()).isEqualTo("a$$b-from-environment$"));
        assertThat(problems("mysql: {server_version: '${NONE}', listen: '${'}"))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).contains("the environment variable NONE is not set"))
                .anySatisfy(problem -> assertThat(problem).contains("begins no valid reference"));
    }

    @Test
    void never_shows_a_secret() {
        String text = "users: [{name: a, password: hush}]\nadmin: {users: [{name: b, password: hush}]}\n"
                + "monitor: {user: c, password: hush}";
        assertThat(read(text).toString()).contains("***").doesNotContain("hush");
        assertThat(problems("users: [{name: a, password: [hush]}]").toString()).doesNotContain("hush");
    }

    @Test
    void loading_says_what_a_proxy_cannot_do_without() throws IOException {
        assertThat(load("users:\nmonitor: {interval: 1s}").problems())
                .map(ConfigProblem::path)
                .containsExactly("servers", "monitor.user");
        assertThat(load("users:\nauthentication: {passthrough: false}").problems())
                .map(ConfigProblem::path)
                .contains("users");
    }

    @Test
    void loading_says_where_it_is_not_yaml() throws IOException {
        assertThat(load("mysql:\n\tlisten: x").getMessage()).contains("sluice.yaml:2:1: not valid YAML");
        assertThat(load("a: b\n---\nc: d").getMessage()).contains("not valid YAML");
    }

    @Test
    void loading_says_why_a_file_cannot_be_read() {
        Path absent = directory.resolve("absent.yaml");
        assertThat(failure(absent).getMessage()).startsWith(absent + ": does not exist; name a YAML file");
        assertThat(failure(directory).getMessage()).contains("is a directory");
    }

    @Test
    void relative_paths_start_from_the_directory_of_the_file() throws Exception {
        Files.writeString(directory.resolve("pw"), "hush\r\n");
        Path file = write("""
                servers: [{address: db1}]
                users: [{name: app, password_file: pw}]
                monitor: {user: m}
                """);
        SluiceConfig config = SluiceConfig.load(file, Map.of());
        assertThat(config.users().get(0).proof().passwords().current().reveal()).isEqualTo("hush");
        assertThat(config.dataDir()).isEqualTo(directory.resolve("data"));
        Files.writeString(directory.resolve("pw"), "new");
        assertThat(SluiceConfig.load(file, Map.of())
                        .users()
                        .get(0)
                        .proof()
                        .passwords()
                        .current()
                        .reveal())
                .isEqualTo("new");
    }

    private ConfigException load(String text) throws IOException {
        return failure(write(text));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), text);
    }

    private static ConfigException failure(Path file) {
        return catchThrowableOfType(ConfigException.class, () -> SluiceConfig.load(file, Map.of()));
    }
}
