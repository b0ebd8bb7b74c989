// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.auth.PasswordHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UserSettingsTest {
    private static final String NATIVE = "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19";
    private static final String SHA2 = "0x244124303041241B6F654C4A1F59610D55424A683B0F476E1363216E6A326F46333052"
            + "2F5349737A755A3836756156565174362F466A5265525464426F4757306F4A2F6C7532";
    private final List<PasswordHash> hashes = Stream.of(NATIVE, SHA2)
            .map(text -> PasswordHash.parse(text).orElseThrow())
            .toList();

    @Test
    void have_defaults() {
        assertThat(SluiceConfig.defaults().users()).isEmpty();
        ClientProof empty = new ClientProof(new UserSettings.Passwords(Secret.EMPTY, null), List.of());
        assertThat(read("users: [{name: app, password: ''}]").users())
                .containsExactly(new UserSettings("app", empty, "app", null, 0, "", UserSettings.Access.ANY));
    }

    @Test
    void map_every_key(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "two\n\n");
        assertThat(read("""
                        users:
                          - {name: a, password: "${WORD}", max_clients: 3, schema: shop, backend_user: b}
                          - {name: b, password_file: %1$s, old_password: three}
                          - {name: c, password: d, old_password: "", backend_password: e}
                          - {name: d, password: e, backend_password_file: %1$s, backend_old_password: f}
                          - {name: e, password_hash: "%2$s", old_password_hash: "%3$s"}
                        mysql: {max_clients_per_user: 7}
                        """.formatted(file, NATIVE, SHA2)).users())
                .containsExactly(
                        new UserSettings(
                                "a", shown("from-environment", null), "b", null, 3, "shop", UserSettings.Access.ANY),
                        new UserSettings("b", shown("two\n", "three"), "b", null, 7, "", UserSettings.Access.ANY),
                        new UserSettings(
                                "c", shown("d", null), "c", passwords("e", null), 7, "", UserSettings.Access.ANY),
                        new UserSettings(
                                "d", shown("e", null), "d", passwords("two\n", "f"), 7, "", UserSettings.Access.ANY),
                        new UserSettings(
                                "e", new ClientProof(null, hashes), "e", null, 7, "", UserSettings.Access.ANY));
    }

    @Test
    void may_have_a_hold_of_their_own() {
        assertThat(SluiceConfig.defaults().holds()).isEmpty();
        assertThat(read("users: [{name: a, password: p, hold: false}, {name: b, password: p, hold: 2s},"
                                + " {name: c, password: p}]")
                        .holds())
                .isEqualTo(Map.of("a", Duration.ZERO, "b", Duration.ofSeconds(2)));
        assertThat(problems("users: [{name: a, password: p, hold: true}, {name: b, password: p, hold: 2h}]"))
                .hasSize(2)
                .allMatch(problem -> problem.contains("write false, or a time such as 500ms or 2s"));
    }

    private static ClientProof shown(String password, @Nullable String old) {
        return new ClientProof(passwords(password, old), List.of());
    }

    private static UserSettings.Passwords passwords(String password, @Nullable String old) {
        return new UserSettings.Passwords(new Secret(password), old == null ? null : new Secret(old));
    }

    @Test
    void may_be_bound_to_tls_and_to_hosts() {
        UserSettings.Access access = read("""
                users:
                  - {name: a, password: b, require_tls: true, from: [10.0.0.0/8, "192.168.1.%", localhost]}
                  - {name: b, password: b, from: "::1"}
                """).users().get(0).access();
        assertThat(access.tls()).isEqualTo(new TlsRequirement(TlsRequirement.Level.TRUE, "", ""));
        assertThat(access.from()).hasToString("[10.0.0.0/8, 192.168.1.%, localhost]");
        assertThat(problems("users: [{name: a, password: b, from: db1.example.com}]"))
                .singleElement()
                .asString()
                .contains("users[0].from", "names are not resolved");
        assertThat(problems("users: [{name: a, password: b, require_tls: true}]\nmysql: {tls: {mode: disabled}}"))
                .singleElement()
                .asString()
                .contains("users[0].require_tls", "nobody could log in");
    }

    @Test
    void may_be_bound_to_certificates(@TempDir Path directory) throws IOException {
        Path ca = Files.createFile(directory.resolve("ca.pem"));
        assertThat(read("""
                        users:
                          - {name: a, password: b, require_tls: x509}
                          - {name: b, password: b, require_subject: /CN=b}
                          - {name: c, password: b, require_tls: true, require_issuer: /CN=c}
                          - {name: d, password: b, require_tls: false}
                        mysql: {tls: {client_ca: %s}}
                        """.formatted(ca)).users())
                .map(user -> user.access().tls())
                .containsExactly(
                        new TlsRequirement(TlsRequirement.Level.X509, "", ""),
                        new TlsRequirement(TlsRequirement.Level.X509, "/CN=b", ""),
                        new TlsRequirement(TlsRequirement.Level.X509, "", "/CN=c"),
                        TlsRequirement.NONE);
        for (String key : List.of("require_tls: x509", "require_subject: /CN=b", "require_issuer: /CN=b")) {
            assertThat(problems("users: [{name: a, password: b, " + key + "}]"))
                    .singleElement()
                    .asString()
                    .contains("users[0]." + key.substring(0, key.indexOf(':')), "mysql.tls.client_ca");
        }
        assertThat(problems("users: [{name: a, password: b, require_subject: CN=b, require_tls: yes}]"))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem).contains("false, true, x509"))
                .anySatisfy(problem -> assertThat(problem).contains("/C=SE/O=Example/CN=app", "openssl x509"));
    }

    @Test
    void reject_contradictions_between_passwords_and_hashes() {
        assertThat(problems("users: [{name: a, password: b, password_hash: '" + NATIVE + "'}]"))
                .singleElement()
                .asString()
                .contains("users[0].password_hash", "both given");
        assertThat(problems("users: [{name: a, password: b, old_password_hash: '" + NATIVE + "'}]"))
                .singleElement()
                .asString()
                .contains("users[0].old_password_hash", "write old_password");
        assertThat(problems("users: [{name: a, old_password: b, password_hash: '" + NATIVE + "'}]"))
                .singleElement()
                .asString()
                .contains("users[0].old_password", "write old_password_hash");
        assertThat(problems("users: [{name: a, password_hash: secret}]"))
                .singleElement()
                .asString()
                .contains("users[0].password_hash", "is not what a server stores", "SHOW CREATE USER")
                .doesNotContain("secret");
    }

    @Test
    void reject_bad_values() {
        assertThat(problems("users: [{name: a}, {password: b}, {name: '', password: c, password_file: d}]"))
                .hasSize(4)
                .anySatisfy(problem -> assertThat(problem).contains("users[0]: has neither password,"))
                .anySatisfy(problem -> assertThat(problem).contains("users[1].name: is missing"))
                .anySatisfy(problem -> assertThat(problem).contains("users[2].password_file", "both given"));
        assertThat(problems("users: [{name: a, password: b}, {name: a, password: c, max_clients: x}]"))
                .hasSize(2);
        assertThat(problems("users: [{name: a, password_file: /nonexistent}]"))
                .singleElement()
                .asString()
                .contains("cannot read the file /nonexistent");
        assertThat(problems("users: [{name: a, password: b, old_password: c, old_password_file: d}]"))
                .singleElement()
                .asString()
                .contains("users[0].old_password_file", "both given");
        assertThat(problems("users: [{name: a, password: b, old_password_file: /nonexistent}]"))
                .singleElement()
                .asString()
                .contains("users[0].old_password_file", "cannot read the file /nonexistent");
        assertThat(problems("users: [{name: a, password: b, backend_old_password: c}]"))
                .singleElement()
                .asString()
                .contains("users[0].backend_old_password", "without backend_password");
    }
}
