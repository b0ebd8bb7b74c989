// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.core.config.MysqlSettings.Compression;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How connections to servers are made. */
public record BackendSettings(
        Duration connectTimeout, Duration tcpTimeout, boolean proxyProtocol, Set<Compression> compression, Tls tls) {

    public BackendSettings {
        compression = Set.copyOf(compression);
    }

    /** MySQL's ssl-mode. */
    public enum TlsMode implements Keyword {
        DISABLED,
        PREFERRED,
        REQUIRED,
        VERIFY_CA,
        VERIFY_IDENTITY;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * TLS with servers; without a CA the authorities that the JVM trusts.
     *
     * @param certificate what servers that ask are shown; null, as the key: nothing
     */
    public record Tls(
            TlsMode mode,
            @Nullable Path ca,
            @Nullable Path certificate,
            @Nullable Path key) {
        static Tls read(Section section) {
            Tls tls = new Tls(
                    section.get(Key.choice(
                            "mode",
                            TlsMode.PREFERRED,
                            TlsMode.class,
                            "As MySQL's ssl-mode; the verify modes check the server's certificate.")),
                    section.file("ca", "PEM file with the authorities to trust; none: those that the JVM trusts."),
                    section.file("certificate", "PEM file with the certificate chain shown to servers; none: nothing."),
                    section.file("key", "PEM file with the certificate's private key, unencrypted."));
            section.requireBoth("certificate", tls.certificate, "key", tls.key);
            if (tls.certificate != null && tls.mode == TlsMode.DISABLED) {
                section.problem(
                        "certificate", "is given while mode is disabled", "remove it, or set mode to preferred");
            }
            return tls;
        }
    }

    static BackendSettings read(Section section) {
        return new BackendSettings(
                section.get(
                        Key.duration(
                                "connect_timeout",
                                "2s",
                                "10ms",
                                "5m",
                                "Time to connect to a server and log in, and for it to reset a connection between two sessions.")),
                section.get(Key.duration(
                        "tcp_timeout",
                        "30s",
                        "3s",
                        "2h",
                        "A connection on which the server's machine acknowledges nothing for so long is lost.")),
                section.get(Key.flag(
                        "proxy_protocol",
                        false,
                        "Whether servers are told by a PROXY protocol header where the client is.")),
                section.get(Key.choices(
                        "compression",
                        Set.of(),
                        Compression.class,
                        "What may be agreed on with servers: zlib, zstd, both, or none.")),
                section.section("tls", Tls::read));
    }
}
