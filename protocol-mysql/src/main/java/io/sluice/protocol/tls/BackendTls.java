// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Whether and how connections to backends use TLS; holds the context that they share. Immutable; any thread. */
public final class BackendTls {
    /** MySQL's --ssl-mode, with its meanings. */
    public enum Mode {
        /** Never TLS; in exchange, an RSA key that the server sends is trusted in caching_sha2_password. */
        DISABLED,
        /** TLS if the server offers it, whatever its certificate. */
        PREFERRED,
        /** TLS or no connection, whatever the certificate. */
        REQUIRED,
        /** The certificate must come from a trusted authority. */
        VERIFY_CA,
        /** Furthermore it must name the host connected to. */
        VERIFY_IDENTITY;

        boolean verifiesCertificate() {
            return this == VERIFY_CA || this == VERIFY_IDENTITY;
        }
    }

    public static final BackendTls DISABLED = new BackendTls(Mode.DISABLED, null);

    private final Mode mode;
    private final @Nullable SslContext context;

    private BackendTls(Mode mode, @Nullable SslContext context) {
        this.mode = mode;
        this.context = context;
    }

    /**
     * Reads certificates, so not on an event loop.
     *
     * @param authorities PEM file; null for those of the Java platform. Used by the verifying modes only.
     * @param certificate PEM file with what servers that ask are shown, the rest of its chain after it; null: nothing
     * @param key PEM file with its key, without a passphrase
     * @throws IOException if they can not be used; the message says which file and why
     */
    public static BackendTls of(Mode mode, @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key)
            throws IOException {
        if (mode == Mode.DISABLED) {
            return DISABLED;
        }
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .endpointIdentificationAlgorithm(mode == Mode.VERIFY_IDENTITY ? "HTTPS" : null);
        if (!mode.verifiesCertificate()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (authorities != null) {
            try {
                builder.trustManager(authorities.toFile());
            } catch (IllegalArgumentException e) {
                throw new SSLException("can not read certificates from " + authorities + ": " + e.getMessage(), e);
            }
        }
        if (certificate != null && key != null) {
            builder.keyManager(TlsIdentity.read(certificate, key));
        }
        return new BackendTls(mode, builder.build());
    }

    public Mode mode() {
        return mode;
    }

    public boolean isEnabled() {
        return context != null;
    }

    /** Whether a server without TLS is refused. */
    public boolean isRequired() {
        return mode != Mode.DISABLED && mode != Mode.PREFERRED;
    }

    /** A handler for one connection; the host is the name that verify-identity looks for in the certificate. */
    public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
        if (context == null) {
            throw new IllegalStateException("TLS is disabled");
        }
        return context.newHandler(allocator, host, port);
    }

    @Override
    public String toString() {
        return "BackendTls[" + mode + "]";
    }
}
