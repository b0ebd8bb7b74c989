// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.auth.PasswordHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** As {@link SettingsTest}, of what concerns the operator: admin and HTTP port, files, the end. */
final class OperationSettingsTest {
    private static final SluiceConfig DEFAULTS = SluiceConfig.defaults();

    @Test
    void have_defaults() {
        assertThat(DEFAULTS.admin())
                .isEqualTo(
                        new AdminSettings(ListenAddress.parse("127.0.0.1:6032"), List.of(), true, null, 2000, 1000, 1));
        assertThat(DEFAULTS.http())
                .isEqualTo(new HttpSettings(ListenAddress.parse("127.0.0.1:6070"), 32, HttpSettings.Audience.LOOPBACK));
        assertThat(DEFAULTS.log())
                .isEqualTo(new LogSettings(new LogSettings.Queries(null, Duration.ofSeconds(1), 0, false), null));
        assertThat(DEFAULTS.tracing()).isEqualTo(new TracingSettings("", 100, "sluice"));
        assertThat(DEFAULTS.shutdown()).isEqualTo(new ShutdownSettings(Duration.ofSeconds(10), Duration.ofMinutes(1)));
        assertThat(DEFAULTS.dataDir()).isEqualTo(Path.of("data"));
    }

    @Test
    void map_every_key() {
        SluiceConfig config = read("""
            admin: {listen: "localhost:0", users: [{name: root, password: r}, {name: eye, password_hash: "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7", role: read_only}], database: /var/lib/sluice/admin.db, generate_password: false, max_digests: 7, max_decisions: 8, decisions_one_in: 9}
            http: {listen: "0.0.0.0:80", max_users: 5, dashboard: off}
            log: {queries: {file: /q, slow: 2s, one_in: 3, literals: true}, clients: {file: /c}}
            tracing: {endpoint: "https://collector:4318/v1/traces", one_in: 7, service: db-proxy}
            shutdown: {drain: 1m, takeover: 2h}
            data_dir: /var/lib/sluice
            """);
        assertThat(config.admin().listen()).isEqualTo(new ListenAddress("localhost", 0));
        assertThat(config.admin().database()).isEqualTo(Path.of("/var/lib/sluice/admin.db"));
        assertThat(config.admin().generatePassword()).isFalse();
        assertThat(config.admin().maxDigests()).isEqualTo(7);
        assertThat(config.admin().maxDecisions()).isEqualTo(8);
        assertThat(config.admin().decisionsOneIn()).isEqualTo(9);
        assertThat(config.admin().users())
                .containsExactly(
                        new AdminSettings.User("root", new Secret("r"), null, AdminSettings.Role.ADMIN),
                        new AdminSettings.User(
                                "eye",
                                Secret.EMPTY,
                                PasswordHash.parse("*14E65567ABDB5135D0CFD9A70B3032C179A49EE7")
                                        .orElseThrow(),
                                AdminSettings.Role.READ_ONLY));
        assertThat(config.http().listen()).isEqualTo(new ListenAddress("0.0.0.0", 80));
        assertThat(config.http().maxUsers()).isEqualTo(5);
        assertThat(config.log())
                .isEqualTo(new LogSettings(
                        new LogSettings.Queries(Path.of("/q"), Duration.ofSeconds(2), 3, true), Path.of("/c")));
        assertThat(config.tracing()).isEqualTo(new TracingSettings("https://collector:4318/v1/traces", 7, "db-proxy"));
        assertThat(config.shutdown().drain()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.shutdown().takeover()).isEqualTo(Duration.ofHours(2));
        assertThat(config.dataDir()).isEqualTo(Path.of("/var/lib/sluice"));
    }

    @Test
    void reject_bad_values() {
        assertThat(problems("admin: {listen: '::1:80', users: {name: x}}")).hasSize(2);
        assertThat(problems("admin: {users: [{name: x}, {password: y}], max_digests: -1}"))
                .hasSize(3);
        assertThat(problems("admin: {users: [{name: x, password: x, role: king}, {name: y, password_hash: y},"
                        + " {name: z, password: z, password_hash: '*14E65567ABDB5135D0CFD9A70B3032C179A49EE7'}]}"))
                .hasSize(3);
        assertThat(problems("http: {listen: 'a:99999', max_users: -1}\nshutdown: {drain: 2h}\ndata_dir: []"))
                .hasSize(4);
        assertThat(problems("log: {queries: {slow: 2d, one_in: -1}, client: {}}"))
                .hasSize(3);
        assertThat(problems("http: {listen: '127.0.0.1:6032'}"))
                .singleElement()
                .asString()
                .contains("http.listen: 127.0.0.1:6032 is also admin.listen");
    }
}
