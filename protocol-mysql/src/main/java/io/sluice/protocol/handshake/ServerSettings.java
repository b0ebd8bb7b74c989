// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.handler.ssl.SslContext;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.auth.AuthPlugin;
import io.sluice.protocol.auth.RsaKeySource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How Sluice presents itself to clients.
 *
 * @param offered capability flags of the command phase; those of the connection phase are added here
 * @param collation the default that clients see, its low byte
 * @param tls null if TLS is not offered
 * @param timeout for the connection phase as far as it waits for the client
 * @param status the server status flags of the greeting; some drivers know no others until a statement is answered
 */
public record ServerSettings(
        String serverVersion,
        Capabilities offered,
        int collation,
        @Nullable SslContext tls,
        boolean tlsRequired,
        RsaKeySource rsaKeys,
        Duration timeout,
        int status) {

    /** What MariaDB 10 puts before its version. Drivers that read it expect the protocol of a server that old. */
    private static final String OLD_SERVER = "5.5.5-";

    private static final int CONNECTION_PHASE = Capabilities.CLIENT_LONG_PASSWORD
            | Capabilities.CLIENT_LONG_FLAG
            | Capabilities.CLIENT_CONNECT_WITH_DB
            | Capabilities.CLIENT_PROTOCOL_41
            | Capabilities.CLIENT_TRANSACTIONS
            | Capabilities.CLIENT_RESERVED2
            | Capabilities.CLIENT_PLUGIN_AUTH
            | Capabilities.CLIENT_CONNECT_ATTRS
            | Capabilities.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA;

    /** With the status that servers have by default. */
    public ServerSettings(
            String serverVersion,
            Capabilities offered,
            int collation,
            @Nullable SslContext tls,
            boolean tlsRequired,
            RsaKeySource rsaKeys,
            Duration timeout) {
        this(
                serverVersion,
                offered,
                collation,
                tls,
                tlsRequired,
                rsaKeys,
                timeout,
                ServerStatus.SERVER_STATUS_AUTOCOMMIT);
    }

    public ServerSettings {
        if (tlsRequired && tls == null) {
            throw new IllegalArgumentException("TLS is required and not configured");
        }
        int ssl = Capabilities.CLIENT_SSL;
        offered = offered.with(CONNECTION_PHASE);
        offered = tls == null ? offered.without(ssl) : offered.with(ssl);
    }

    /** Whether these are the capabilities of the command phase that were asked for. */
    public boolean offers(Capabilities commandPhase) {
        return offered.without(CONNECTION_PHASE | Capabilities.CLIENT_SSL)
                .equals(commandPhase.without(CONNECTION_PHASE | Capabilities.CLIENT_SSL));
    }

    /** The plugin offered first. Who takes us for an old server does not understand the packets of caching_sha2. */
    AuthPlugin plugin() {
        return serverVersion.startsWith(OLD_SERVER)
                ? AuthPlugin.MYSQL_NATIVE_PASSWORD
                : AuthPlugin.CACHING_SHA2_PASSWORD;
    }
}
