// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.Capabilities;
import io.sluice.protocol.auth.Scramble;
import java.net.SocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client that has proven who it is.
 *
 * @param schema the default schema asked for, or null; nobody has checked that it exists
 * @param capabilities those that both the client and Sluice have
 * @param collation 0 to 255 from a handshake response, to 65535 from COM_CHANGE_USER
 * @param attributes the client's description of itself
 * @param zstdLevel that of the first login; 0 if the client did not ask for zstd
 * @param secure whether nobody can listen in: TLS or a Unix socket
 * @param scramble the last one sent; COM_CHANGE_USER of clients without CLIENT_PLUGIN_AUTH refers to it
 */
public record Login(
        String user,
        @Nullable String schema,
        Capabilities capabilities,
        int collation,
        Map<String, String> attributes,
        int zstdLevel,
        boolean secure,
        SocketAddress client,
        Account account,
        Scramble scramble) {

    public Login {
        attributes = Map.copyOf(attributes);
    }

    /** The client's host in the form of account names. */
    public String clientHost() {
        return HandshakeErrors.host(client);
    }
}
