// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.TlsRequirement;
import io.sluice.core.config.UserSettings;
import io.sluice.core.view.UserList.Entry;
import io.sluice.protocol.auth.PasswordHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** mysql_users: edited, loaded, saved, and never with a password in clear. */
class UserTablesTest {
    /** Of "secret1" and "new". */
    private static final String SECRET1 = "*7C67218EF7410F248763DC99AEDC705367393C4A";

    private static final String NEW = "*6FE2B845E049CDA9EFED8CFAF265CD29622FD852";
    private static final String ALL = "SELECT username, password, active, use_ssl, default_hostgroup, default_schema,"
            + " max_connections, comment FROM ";

    @TempDir
    private Path directory;

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
            servers: [{address: db1}]
            hostgroups: [{id: 30, members: [db1]}]
            users:
              - {name: app, password: secret1, old_password: secret0, default_hostgroup: 30, require_tls: true,
                 schema: shop, backend_user: behind, from: 10.0.0.0/8}
              - {name: plain, password: secret1, max_clients: 7}
            monitor: {user: m, password: m}
            admin: {database: "admin.db"}
            """);
        SluiceConfig config = SluiceConfig.load(file, Map.of());
        port = new AdminPortFixture(config);
        port.listed.users = config.users().stream()
                .map(user -> new Entry(user, true, config.defaultHostgroups().get(user.name()), ""))
                .toList();
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void memory_and_runtime_begin_as_the_file_with_hashes_for_passwords() throws SQLException {
        List<List<String>> expected = List.of(
                List.of("app", SECRET1, "1", "1", "30", "shop", "10000", ""),
                List.of("plain", SECRET1, "1", "0", "NULL", "NULL", "7", ""));
        assertThat(port.query(ALL + "mysql_users")).isEqualTo(expected);
        assertThat(port.query(ALL + "runtime_mysql_users")).isEqualTo(expected);
    }

    @Test
    void what_is_loaded_as_it_was_is_as_it_was() throws SQLException {
        List<Entry> before = port.listed.users;
        port.query("LOAD MYSQL USERS TO RUNTIME");
        assertThat(port.listed.users).isEqualTo(before);
        port.query("SAVE MYSQL USERS TO DISK");
        port.query("DELETE FROM mysql_users");
        port.query("LOAD MYSQL USERS FROM DISK");
        port.query("LOAD MYSQL USERS TO RUN");
        assertThat(port.listed.users).isEqualTo(before);
    }

    @Test
    void users_are_edited_and_then_loaded_whole() throws SQLException {
        port.query("INSERT INTO mysql_users (username, password, default_hostgroup, comment) VALUES ('web', 'new', 1,"
                + " 'w'), ('hashed', '" + NEW + "', 0, ''), ('none', '', 0, '')");
        port.query("UPDATE mysql_users SET password = 'new', use_ssl = 0, active = 0 WHERE username = 'app'");
        port.query("REPLACE INTO mysql_users (username, password) VALUES ('plain', 'new')");
        assertThat(port.listed.users).hasSize(2);
        port.query("LOAD MYSQL USERS FROM MEMORY");
        assertThat(port.query("SELECT DISTINCT password FROM mysql_users"))
                .containsExactlyInAnyOrder(List.of(NEW), List.of(""));
        UserSettings app = user("app").settings();
        assertThat(user("app").active()).isFalse();
        assertThat(passwords(app).current().reveal()).isEqualTo("new");
        assertThat(passwords(app).old()).isNull();
        assertThat(app.access().tls()).isEqualTo(TlsRequirement.NONE);
        assertThat(app.access().from()).hasToString("[10.0.0.0/8]");
        assertThat(app.backendUser()).isEqualTo("behind");
        assertThat(user("plain").settings().maxClients()).isZero();
        assertThat(user("web").defaultHostgroup()).isEqualTo(1);
        assertThat(user("web").comment()).isEqualTo("w");
        assertThat(passwords(user("web").settings()).current().reveal()).isEqualTo("new");
        assertThat(passwords(user("none").settings()).current().isEmpty()).isTrue();
        // Whoever has the hash of a password that is known has that password.
        assertThat(passwords(user("hashed").settings()).current().reveal()).isEqualTo("new");
    }

    @Test
    void hashes_are_kept_as_servers_store_them() throws SQLException {
        String sha2 = "0x244124303035241B6F654C4A1F59610D55424A683B0F476E1363216E6A326F463330522F5349737A755A3836756156"
                + "565174362F466A5265525464426F4757306F4A2F6C7532";
        port.query("UPDATE mysql_users SET password = x'" + sha2.substring(2) + "' WHERE username = 'app'");
        port.query("UPDATE mysql_users SET password = lower('" + SECRET1.replace("7C67", "0000")
                + "') WHERE username = 'plain'");
        port.query("LOAD MYSQL USERS TO RUNTIME");
        assertThat(user("app").settings().proof().hashes())
                .containsExactly(PasswordHash.parse(sha2).orElseThrow());
        assertThat(user("plain").settings().proof().hashes()).hasSize(1);
        assertThat(port.query("SELECT password FROM runtime_mysql_users WHERE username = 'app'"))
                .containsExactly(List.of(sha2));
    }

    @Test
    void a_password_in_clear_is_found_by_it_as_by_its_hash() throws SQLException {
        port.query("INSERT INTO mysql_users (username, password) VALUES ('web', 'new'), ('none', '')");
        String found = "SELECT username FROM mysql_users WHERE username IN ('web', 'none') AND password = '";
        assertThat(port.query(found + "new'")).containsExactly(List.of("web"));
        assertThat(port.query(found + NEW + "'")).containsExactly(List.of("web"));
        assertThat(port.query(found + "'")).containsExactly(List.of("none"));
        assertThat(port.query(found + "old'")).isEmpty();
    }

    @Test
    void no_password_is_written_to_the_disk() throws Exception {
        port.query("INSERT INTO mysql_users (username, password) VALUES ('web', 'in-the-clear')");
        port.query("SAVE MYSQL USERS TO DISK");
        assertThat(new String(
                        Files.readAllBytes(directory.resolve("admin.db")),
                        java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("*")
                .doesNotContain("in-the-clear")
                .doesNotContain("secret1");
        assertThat(port.query("SELECT * FROM mysql_users, runtime_mysql_users").toString())
                .doesNotContain("in-the-clear")
                .doesNotContain("secret1");
    }

    @Test
    void a_load_names_all_that_is_wrong_and_changes_nothing() throws SQLException {
        List<Entry> before = port.listed.users;
        port.query("INSERT INTO mysql_users (username, schema_locked, transaction_persistent, fast_forward, attributes)"
                + " VALUES ('web', 1, 0, 1, '{}')");
        port.query("UPDATE mysql_users SET frontend = 0 WHERE username = 'plain'");
        assertThatThrownBy(() -> port.query("LOAD MYSQL USERS TO RUNTIME"))
                .hasMessageContaining("nothing was loaded: ")
                .hasMessageContaining("user web: schema_locked is 1, which is not supported; set it to 0")
                .hasMessageContaining("user web: transaction_persistent is 0, which is not supported; set it to 1")
                .hasMessageContaining("user web: fast_forward is 1")
                .hasMessageContaining("user web: attributes is {}, which is not supported; set it to ''")
                .hasMessageContaining("user web: password is NULL; write the password")
                .hasMessageContaining("user plain: frontend is 0");
        assertThat(port.listed.users).isEqualTo(before);
        assertThatThrownBy(() -> port.query("DELETE FROM runtime_mysql_users"))
                .hasMessageContaining("change main.mysql_users, then LOAD MYSQL USERS TO RUNTIME");
    }

    @Test
    void rows_in_force_are_made_again_when_they_may_be_others() throws SQLException {
        List<Entry> users = port.listed.users;
        AtomicInteger looks = new AtomicInteger();
        port.listed.users = new AbstractList<>() {
            @Override
            public Entry get(int index) {
                looks.incrementAndGet();
                return users.get(index);
            }

            @Override
            public int size() {
                return users.size();
            }
        };
        String count = "SELECT count(*) FROM runtime_mysql_users";
        assertThat(port.query(count)).containsExactly(List.of("2"));
        assertThat(port.query(count)).containsExactly(List.of("2"));
        assertThat(looks).hasValue(2);
        port.query("DELETE FROM mysql_users WHERE username = 'app'");
        port.query("LOAD MYSQL USERS TO RUNTIME");
        assertThat(port.query(count)).containsExactly(List.of("1"));
    }

    private Entry user(String name) {
        return port.listed.users.stream()
                .filter(user -> user.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static UserSettings.Passwords passwords(UserSettings settings) {
        return Objects.requireNonNull(settings.proof().passwords());
    }
}
