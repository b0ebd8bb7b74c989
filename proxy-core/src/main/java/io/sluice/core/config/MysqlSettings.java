// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.choice;
import static io.sluice.core.config.Key.duration;
import static io.sluice.core.config.Key.integer;
import static io.sluice.core.config.Key.size;
import static io.sluice.core.config.Key.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The side that clients see. Zero threads, or zero clients per user, stand for "cores" and "no limit". */
public record MysqlSettings(
        List<ListenAddress> listen,
        @Nullable Path socket,
        List<Network> proxyProtocolNetworks,
        int maxClientBacklog,
        int threads,
        Transport transport,
        String serverVersion,
        int maxClients,
        int maxClientsPerUser,
        Duration handshakeTimeout,
        Duration idleTimeout,
        Duration tcpTimeout,
        int maxCommandBytes,
        int maxPreparedStatements,
        int writeBufferLow,
        int writeBufferHigh,
        Set<Compression> compression,
        Tls tls) {

    /** What the system's sockaddr_un holds, less the byte that ends it. */
    private static final int MAX_SOCKET_PATH = 107;

    public MysqlSettings {
        listen = List.copyOf(listen);
        proxyProtocolNetworks = List.copyOf(proxyProtocolNetworks);
        compression = Set.copyOf(compression);
    }

    /** How sockets are served. */
    public enum Transport implements Keyword {
        AUTO,
        EPOLL,
        IO_URING,
        NIO;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How clients may have what they send and get compressed. */
    public enum Compression implements Keyword {
        ZLIB,
        ZSTD;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether clients may, or must, use TLS. */
    public enum TlsMode implements Keyword {
        DISABLED,
        PREFERRED,
        REQUIRED;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * TLS with clients; without a certificate, one made at the first start and kept in data_dir is used.
     *
     * @param clientCa whence the certificates come that clients may show; null: they are asked for none
     */
    public record Tls(
            TlsMode mode,
            @Nullable Path certificate,
            @Nullable Path key,
            @Nullable Path clientCa) {
        static Tls read(Section section) {
            Tls tls = new Tls(
                    section.get(choice(
                            "mode",
                            TlsMode.PREFERRED,
                            TlsMode.class,
                            "Whether clients must not, may or must use TLS.")),
                    section.file(
                            "certificate",
                            "PEM file with the certificate chain shown to clients; none: a self-signed one kept in data_dir."),
                    section.file("key", "PEM file with the certificate's private key, unencrypted."),
                    section.file(
                            "client_ca",
                            "PEM file with the authorities of clients' certificates; none: clients are asked for none."));
            section.requireBoth("certificate", tls.certificate, "key", tls.key);
            if (tls.clientCa != null && tls.mode == TlsMode.DISABLED) {
                section.problem("client_ca", "is given while mode is disabled", "remove it, or set mode to preferred");
            }
            return tls;
        }
    }

    private static @Nullable Path socket(Section section) {
        Path socket = section.path("socket", "A Unix socket where clients connect, too; \"\": none. Needs epoll.");
        if (socket != null && socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH) {
            section.problem(
                    "socket",
                    "is longer than " + MAX_SOCKET_PATH + " bytes as a whole path",
                    "choose a shorter one, such as /run/sluice.sock");
        }
        return socket;
    }

    static MysqlSettings read(Section section) {
        MysqlSettings settings = new MysqlSettings(
                section.getSome(Key.listen("listen", "127.0.0.1:6033", "Where clients connect; an address or a list.")),
                socket(section),
                section
                        .getSome(Key.networks(
                                "proxy_protocol_networks",
                                "Whence connections must begin with a PROXY protocol header; \"\": none may."))
                        .stream()
                        .flatMap(List::stream)
                        .toList(),
                section.get(
                        integer("max_client_backlog", 4_096, 1, 65_535, "Connections that may wait to be accepted.")),
                section.get(integer("threads", 0, 0, 1_024, "Event loops; 0: one per core.")),
                section.get(choice(
                        "transport",
                        Transport.AUTO,
                        Transport.class,
                        "How sockets are served; auto: epoll, else nio.")),
                section.get(text("server_version", "", "The version told to clients; \"\": that of the source.")),
                section.get(integer("max_clients", 10_000, 1, 1_000_000, "Most clients at once.")),
                section.get(integer(
                        "max_clients_per_user", 0, 0, 1_000_000, "Most clients at once of one user; 0: no limit.")),
                section.get(duration("handshake_timeout", "10s", "100ms", "10m", "Time a client has to log in.")),
                section.get(
                        duration("idle_timeout", "8h", "1s", "365d", "A client silent for so long is disconnected.")),
                section.get(duration(
                        "tcp_timeout",
                        "1m",
                        "3s",
                        "2h",
                        "A client whose machine acknowledges nothing for so long is gone, if it is quiet or keeps a server's"
                                + " connection, as in a transaction.")),
                section.get(size(
                        "max_command_bytes",
                        "64MiB",
                        "1MiB",
                        "1GiB",
                        "Longest command; keep to the servers' max_allowed_packet.")),
                section.get(integer(
                        "max_prepared_statements", 16_382, 1, 1_000_000, "Most prepared statements of one client.")),
                section.get(size(
                        "write_buffer_low",
                        "64KiB",
                        "1KiB",
                        "512MiB",
                        "Reading goes on when no more than so much is unsent.")),
                section.get(size(
                        "write_buffer_high",
                        "256KiB",
                        "1KiB",
                        "512MiB",
                        "Reading pauses when more than so much is unsent.")),
                section.get(Key.choices(
                        "compression",
                        EnumSet.allOf(Compression.class),
                        Compression.class,
                        "What clients may compress with; none: not at all.")),
                section.section("tls", Tls::read));
        if (settings.writeBufferLow >= settings.writeBufferHigh) {
            section.problem(
                    "write_buffer_low", "is not below write_buffer_high", "lower it, or raise write_buffer_high");
        }
        return settings;
    }
}
