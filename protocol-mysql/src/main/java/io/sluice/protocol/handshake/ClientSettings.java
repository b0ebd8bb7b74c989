// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.Capabilities;
import io.sluice.protocol.Shape;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.compress.Compression;
import io.sluice.protocol.proxied.ProxyHeader;
import io.sluice.protocol.tls.BackendTls;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How Sluice logs in to a backend.
 *
 * @param host the name as configured: what verify-identity looks for in the certificate
 * @param schema the default schema, null for none
 * @param shape asked for; the result says what the server granted
 * @param more capability flags asked for beyond the shape, such as {@link #TRACKED}
 * @param collation asked for; one above 255 does not fit and is replaced, see {@link HandshakeResult#collation}
 * @param proxyHeader sent first, null for none
 * @param compression what may be agreed on; zstd where the server knows it
 * @param timeout from the established connection to the login's end
 */
public record ClientSettings(
        String host,
        int port,
        String user,
        Password password,
        @Nullable String schema,
        Shape shape,
        Capabilities more,
        int collation,
        BackendTls tls,
        @Nullable ProxyHeader proxyHeader,
        Set<Compression> compression,
        Duration connectTimeout,
        Duration timeout) {

    /** What connections ask for whose OK packets Sluice reads. */
    public static final Capabilities TRACKED = new Capabilities(Capabilities.CLIENT_SESSION_TRACK);

    public ClientSettings {
        compression = Set.copyOf(compression);
    }
}
