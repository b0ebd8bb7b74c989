// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.MonitorSettings.ErrantGtids;
import io.sluice.core.config.MonitorSettings.GaleraDonors;
import io.sluice.routing.topology.BackendAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For each settings class: its defaults, every key mapped from a value that is not the default, bad values rejected. */
final class SettingsTest {
    private static final SluiceConfig DEFAULTS = SluiceConfig.defaults();

    @Nested
    final class Mysql {
        @Test
        void has_defaults() {
            assertThat(DEFAULTS.mysql())
                    .isEqualTo(new MysqlSettings(
                            List.of(new ListenAddress("127.0.0.1", 6033)),
                            null,
                            List.of(),
                            4096,
                            0,
                            MysqlSettings.Transport.AUTO,
                            "",
                            10_000,
                            0,
                            Duration.ofSeconds(10),
                            Duration.ofHours(8),
                            Duration.ofMinutes(1),
                            64 << 20,
                            16_382,
                            64 << 10,
                            256 << 10,
                            Set.of(MysqlSettings.Compression.ZLIB, MysqlSettings.Compression.ZSTD),
                            new MysqlSettings.Tls(MysqlSettings.TlsMode.PREFERRED, null, null, null)));
        }

        @Test
        void maps_every_key(@TempDir Path directory) throws IOException {
            Path certificate = Files.createFile(directory.resolve("cert.pem"));
            Path key = Files.createFile(directory.resolve("key.pem"));
            String text = """
                mysql:
                  listen: "[::1]:7000"
                  socket: /run/sluice.sock
                  proxy_protocol_networks: 10.1.0.0/16
                  max_client_backlog: 7
                  threads: 2
                  transport: io-uring
                  server_version: 8.0.99
                  max_clients: 11
                  max_clients_per_user: 3
                  handshake_timeout: 900ms
                  idle_timeout: 2d
                  tcp_timeout: 5s
                  max_command_bytes: 1GiB
                  max_prepared_statements: 12
                  write_buffer_low: 2KiB
                  write_buffer_high: 3 KiB
                  compression: zstd
                  tls: {mode: REQUIRED, certificate: %1$s, key: %2$s, client_ca: %1$s}
                """.formatted(certificate, key);
            assertThat(read(text).mysql())
                    .isEqualTo(new MysqlSettings(
                            List.of(new ListenAddress("::1", 7000)),
                            Path.of("/run/sluice.sock"),
                            List.of(Network.parse("10.1.0.0/16")),
                            7,
                            2,
                            MysqlSettings.Transport.IO_URING,
                            "8.0.99",
                            11,
                            3,
                            Duration.ofMillis(900),
                            Duration.ofDays(2),
                            Duration.ofSeconds(5),
                            1 << 30,
                            12,
                            2048,
                            3072,
                            Set.of(MysqlSettings.Compression.ZSTD),
                            new MysqlSettings.Tls(MysqlSettings.TlsMode.REQUIRED, certificate, key, certificate)));
            assertThat(problems("mysql: {tls: {mode: disabled, client_ca: " + certificate + "}}"))
                    .singleElement()
                    .asString()
                    .contains("mysql.tls.client_ca", "while mode is disabled", "set mode to preferred");
        }

        @Test
        void listens_on_several_addresses() {
            assertThat(read("mysql: {listen: ['127.0.0.1:7000', '[::]:7001', 'localhost:0', 'localhost:0']}")
                            .mysql()
                            .listen())
                    .map(ListenAddress::toString)
                    .containsExactly("127.0.0.1:7000", "[::]:7001", "localhost:0", "localhost:0");
        }

        @Test
        void names_the_address_of_a_list_that_is_wrong() {
            assertThat(problems("mysql:\n  listen:\n    - 127.0.0.1:1\n    - ::1:2\n    - {}\n    - 127.0.0.1:6032"))
                    .hasSize(3)
                    .anySatisfy(problem -> assertThat(problem)
                            .contains(":4:7: mysql.listen[1]: \"::1:2\" is not an address to listen on"))
                    .anySatisfy(problem -> assertThat(problem).contains("mysql.listen[2]: is a mapping"))
                    .anySatisfy(problem -> assertThat(problem).contains("admin.listen: 127.0.0.1:6032 is also mysql"));
            assertThat(problems("mysql: {listen: [127.0.0.1:1, 127.0.0.1:1]}"))
                    .singleElement()
                    .asString()
                    .contains("mysql.listen: 127.0.0.1:1 is also mysql.listen");
            assertThat(problems("mysql: {listen: []}"))
                    .singleElement()
                    .asString()
                    .contains("is an empty list");
        }

        @Test
        void rejects_a_socket_whose_path_is_too_long_for_the_system() {
            assertThat(read("mysql: {socket: /%s}".formatted("s".repeat(106)))
                            .mysql()
                            .socket())
                    .isNotNull();
            assertThat(problems("mysql: {socket: /%s}".formatted("s".repeat(107))))
                    .singleElement()
                    .asString()
                    .contains("mysql.socket: is longer than 107 bytes");
        }

        @Test
        void networks_are_one_or_several() {
            assertThat(read("mysql: {proxy_protocol_networks: '10.0.0.0/8, ::1'}")
                            .mysql()
                            .proxyProtocolNetworks())
                    .map(Network::toString)
                    .containsExactly("10.0.0.0/8", "::1");
            assertThat(read("mysql: {proxy_protocol_networks: [10.0.0.0/8, 'fd00::/8']}")
                            .mysql()
                            .proxyProtocolNetworks())
                    .map(Network::toString)
                    .containsExactly("10.0.0.0/8", "fd00::/8");
        }

        @Test
        void rejects_networks_that_are_none() {
            for (String wrong :
                    List.of("balancer.example.com", "10.0.0.0/33", "10.0.0/8", "*", "10.0.0.0/", "::1/129")) {
                assertThat(problems("mysql: {proxy_protocol_networks: '" + wrong + "'}"))
                        .singleElement()
                        .asString()
                        .contains("mysql.proxy_protocol_networks: \"" + wrong + "\" is not a network", "10.1.0.0/16");
            }
        }

        @Test
        void a_network_contains_its_addresses() {
            Network some = Network.parse("10.1.2.3/16");
            assertThat(some.contains(new InetSocketAddress("10.1.255.255", 1))).isTrue();
            assertThat(some.contains(new InetSocketAddress("10.2.0.0", 1))).isFalse();
            assertThat(some.contains(new InetSocketAddress("::1", 1))).isFalse();
            assertThat(Network.parse("10.1.2.3").contains(new InetSocketAddress("10.1.2.4", 1)))
                    .isFalse();
            assertThat(Network.parse("fd00::/8").contains(new InetSocketAddress("fdff::1", 1)))
                    .isTrue();
        }

        @Test
        void compression_is_a_list_or_none() {
            assertThat(read("mysql: {compression: 'zstd, ZLIB'}").mysql()).isEqualTo(DEFAULTS.mysql());
            assertThat(read("mysql: {compression: none}").mysql().compression()).isEmpty();
        }

        @Test
        void rejects_bad_values() {
            assertThat(problems(
                            "mysql: {listen: here, threads: -1, transport: epol, max_clients: 1e3, idle_timeout: 5}"))
                    .hasSize(5)
                    .anySatisfy(problem -> assertThat(problem).contains("mysql.transport", "did you mean epoll?"));
            assertThat(problems("mysql: {max_command_bytes: 2GiB, write_buffer_low: 8, handshake_timeout: 1y}"))
                    .hasSize(3);
            assertThat(problems("mysql: {write_buffer_low: 1MiB}"))
                    .singleElement()
                    .asString()
                    .contains("not below");
            assertThat(problems("mysql: {compression: 'zlib,lz4'}"))
                    .singleElement()
                    .asString()
                    .contains("none, or any of zlib, zstd", "write zlib,zstd");
            assertThat(problems("mysql: {tls: {mode: on, key: /nonexistent/key}}"))
                    .hasSize(3)
                    .anySatisfy(problem -> assertThat(problem).contains("cannot read the file /nonexistent/key"))
                    .anySatisfy(problem -> assertThat(problem).contains("given without certificate"));
        }
    }

    @Nested
    final class Authentication {
        @Test
        void has_defaults() {
            assertThat(DEFAULTS.authentication())
                    .isEqualTo(new AuthenticationSettings(
                            true,
                            true,
                            Duration.ofSeconds(1),
                            10_000,
                            Duration.ofHours(1),
                            new AuthenticationSettings.Guessing(5, Duration.ofSeconds(5), Duration.ofMinutes(10))));
        }

        @Test
        void maps_every_key() {
            assertThat(read("authentication: {passthrough: false, read_digests: false, recheck: 2s, max_cached:"
                                    + " 3, cache_time: 4m, delay_after: 6, max_delay: 7s, delay_window: 8h}")
                            .authentication())
                    .isEqualTo(new AuthenticationSettings(
                            false,
                            false,
                            Duration.ofSeconds(2),
                            3,
                            Duration.ofMinutes(4),
                            new AuthenticationSettings.Guessing(6, Duration.ofSeconds(7), Duration.ofHours(8))));
        }

        @Test
        void rejects_bad_values() {
            assertThat(problems("authentication: {passthrough: maybe, read_digests: yes, recheck: 1, max_cached:"
                            + " 0, cache_time: 0s}"))
                    .hasSize(5);
        }

        @Test
        void can_be_spelt_among_the_users() {
            SluiceConfig config = read("users: {passthrough: false, list: [{name: app, password: x}]}");
            assertThat(config.authentication().passthrough()).isFalse();
            assertThat(config.users()).map(UserSettings::name).containsExactly("app");
            assertThat(read("users: {passthrough: true}").authentication().passthrough())
                    .isTrue();
            assertThat(problems("users: {passthrouh: true}"))
                    .singleElement()
                    .asString()
                    .contains("did you mean passthrough?");
            assertThat(problems("users: {passthrough: true}\nauthentication: {passthrough: false}"))
                    .singleElement()
                    .asString()
                    .contains("users.passthrough", "keep one of them");
        }
    }

    @Nested
    final class Backend {
        @Test
        void has_defaults() {
            assertThat(DEFAULTS.backend())
                    .isEqualTo(new BackendSettings(
                            Duration.ofSeconds(2),
                            Duration.ofSeconds(30),
                            false,
                            Set.of(),
                            new BackendSettings.Tls(BackendSettings.TlsMode.PREFERRED, null, null, null)));
        }

        @Test
        void maps_every_key(@TempDir Path directory) throws IOException {
            Path ca = Files.createFile(directory.resolve("ca.pem"));
            Path certificate = Files.createFile(directory.resolve("cert.pem"));
            Path key = Files.createFile(directory.resolve("key.pem"));
            assertThat(read("""
                backend:
                  connect_timeout: 3s
                  tcp_timeout: 10s
                  proxy_protocol: true
                  compression: zlib
                  tls: {mode: verify_identity, ca: %s, certificate: %s, key: %s}
                """.formatted(ca, certificate, key)).backend())
                    .isEqualTo(new BackendSettings(
                            Duration.ofSeconds(3),
                            Duration.ofSeconds(10),
                            true,
                            Set.of(MysqlSettings.Compression.ZLIB),
                            new BackendSettings.Tls(BackendSettings.TlsMode.VERIFY_IDENTITY, ca, certificate, key)));
            assertThat(problems("backend: {tls: {mode: disabled, key: " + key + ", certificate: " + certificate + "}}"))
                    .singleElement()
                    .asString()
                    .contains("backend.tls.certificate", "while mode is disabled");
            assertThat(problems("backend: {tls: {key: " + key + "}}"))
                    .singleElement()
                    .asString()
                    .contains("backend.tls.key", "given without certificate");
        }

        @Test
        void rejects_bad_values() {
            assertThat(problems(
                            "backend: {connect_timeout: 0s, tcp_timeout: 1s, proxy_protocol: v2, tls: {mode: verify-cs, ca:"
                                    + " /nonexistent}}"))
                    .hasSize(5)
                    .anySatisfy(problem -> assertThat(problem).contains("did you mean verify-ca?"));
        }
    }

    @Nested
    final class Pool {
        @Test
        void has_defaults() {
            assertThat(DEFAULTS.pool())
                    .isEqualTo(new PoolSettings(
                            100, Duration.ofMinutes(5), Duration.ofMinutes(30), Duration.ofSeconds(10), 10_000, 500));
        }

        @Test
        void maps_every_key() {
            assertThat(read("pool: {max_connections: 1, max_idle_time: 2s, max_age: 3h, acquire_timeout: 4ms,"
                                    + " max_waiters: 5, max_prepared_statements: 6}")
                            .pool())
                    .isEqualTo(new PoolSettings(
                            1, Duration.ofSeconds(2), Duration.ofHours(3), Duration.ofMillis(4), 5, 6));
        }

        @Test
        void rejects_bad_values() {
            assertThat(problems("pool: {max_connections: 0, max_idle_time: 2 weeks, max_age: -1s, acquire_timeout: [],"
                            + " max_waiters: many, max_prepared_statements: {}}"))
                    .hasSize(6);
        }
    }

    @Nested
    final class Servers {
        @Test
        void have_defaults() {
            assertThat(DEFAULTS.servers()).isEmpty();
            assertThat(read("servers: [{address: db1}]").servers())
                    .containsExactly(new ServerSettings(new BackendAddress("db1", 3306), 1, 100, ""));
        }

        @Test
        void map_every_key_and_take_the_limit_of_the_pool() {
            assertThat(read("""
                servers:
                  - {address: "[::1]:3307", weight: 5, max_connections: 9, zone: eu-1a}
                  - address: db2:${PORT}
                pool: {max_connections: 40}
                """).servers())
                    .containsExactly(
                            new ServerSettings(new BackendAddress("::1", 3307), 5, 9, "eu-1a"),
                            new ServerSettings(new BackendAddress("db2", 4000), 1, 40, ""));
        }

        @Test
        void reject_bad_values() {
            assertThat(problems("servers: [{weight: 1}, {address: 'a:b'}, {address: c, weight: -1,"
                            + " max_connections: x}, d]"))
                    .hasSize(6)
                    .anySatisfy(problem -> assertThat(problem).contains("servers[0].address: is missing"))
                    .anySatisfy(problem -> assertThat(problem).contains("servers[1].address: \"a:b\" is not"));
            assertThat(problems("servers: [{address: db1}, {address: 'DB1:3306'}]"))
                    .singleElement()
                    .asString()
                    .contains("servers[1]: db1:3306 is listed twice, first in line 1");
            assertThat(problems("servers: [{address: '127.0.0.1:6033'}]"))
                    .singleElement()
                    .asString()
                    .contains("is also mysql.listen");
        }
    }

    @Nested
    final class MonitorAndFailover {
        @Test
        void have_defaults() {
            assertThat(DEFAULTS.monitor())
                    .isEqualTo(new MonitorSettings(
                            "",
                            Secret.EMPTY,
                            Duration.ofMillis(500),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(10),
                            ErrantGtids.REPORT,
                            GaleraDonors.EXCLUDE));
            assertThat(DEFAULTS.failover())
                    .isEqualTo(new FailoverSettings(
                            Duration.ofSeconds(10),
                            10_000,
                            FailoverSettings.Fencing.OFF,
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(4),
                            "",
                            Secret.EMPTY,
                            0,
                            new FailoverSettings.Verification(false, "sluice", 64, 4_200_000_001L)));
        }

        @Test
        void map_every_key() {
            SluiceConfig config = read("""
                monitor: {user: m, password: "$${x}", interval: 1s, timeout: 2s, max_lag: 0, errant_gtids: exclude, galera_donors: read}
                failover: {hold: 0, max_held: 1, fence: read_only, verify_writes: true, tag_prefix: a, tags: 2, server_ids: 7000}
                """);
            assertThat(config.monitor())
                    .isEqualTo(new MonitorSettings(
                            "m",
                            new Secret("${x}"),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(2),
                            Duration.ZERO,
                            ErrantGtids.EXCLUDE,
                            GaleraDonors.READ));
            assertThat(config.failover())
                    .isEqualTo(new FailoverSettings(
                            Duration.ZERO,
                            1,
                            FailoverSettings.Fencing.READ_ONLY,
                            Duration.ofSeconds(4),
                            Duration.ofSeconds(4),
                            "",
                            Secret.EMPTY,
                            0,
                            new FailoverSettings.Verification(true, "a", 2, 7000)));
        }

        @Test
        void reject_bad_values() {
            assertThat(problems("monitor: {user: [], password: {}, interval: 1us, timeout: '', max_lag: x,"
                            + " errant_gtids: no, galera_donors: no}"))
                    .hasSize(7);
            assertThat(problems("failover: {hold: 2h, max_held: -1, fence: yes}"))
                    .hasSize(3);
        }
    }
}
