// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.SqlError;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Every error of the connection phase. Where the server has a text of its own, clients get that. */
final class HandshakeErrors {
    /** The longest user name of an account; what is longer is cut in messages. */
    private static final int MAX_USER = 32;

    private HandshakeErrors() {}

    /** ER_ACCESS_DENIED_ERROR, with the server's words, since drivers and people look for them. */
    static SqlError accessDenied(String user, SocketAddress client, boolean passwordGiven) {
        String shown = user.length() > MAX_USER ? user.substring(0, MAX_USER) : user;
        String given = passwordGiven ? "YES" : "NO";
        return new SqlError(
                1045,
                "28000",
                "Access denied for user '" + shown + "'@'" + host(client) + "' (using password: " + given + ")");
    }

    /** ER_HANDSHAKE_ERROR. */
    static SqlError badHandshake(String reason) {
        return new SqlError(1043, "08S01", "Sluice: bad handshake: " + reason);
    }

    static SqlError clientTooOld() {
        return badHandshake("the client speaks the protocol of before MySQL 4.1, which is not supported");
    }

    /** ER_NOT_SUPPORTED_AUTH_MODE. */
    static SqlError clientWithoutAuthPlugins() {
        return new SqlError(
                1251,
                "08004",
                "Client does not support authentication protocol requested by server; consider upgrading MySQL client");
    }

    /** ER_SECURE_TRANSPORT_REQUIRED. */
    static SqlError tlsRequired() {
        return new SqlError(
                3159,
                "HY000",
                "Connections using insecure transport are prohibited while --require_secure_transport=ON.");
    }

    /** ER_SECURE_TRANSPORT_REQUIRED: better to say so than to get used to a password that everyone can read. */
    static SqlError clearPasswordNotSecure() {
        return new SqlError(3159, "HY000", "Sluice: mysql_clear_password is accepted over TLS or a Unix socket only");
    }

    /** ER_NET_READ_INTERRUPTED. */
    static SqlError timeout(long millis) {
        return new SqlError(1159, "08S01", "Sluice: the login was not complete after " + millis + " ms");
    }

    /** ER_UNKNOWN_ERROR. */
    static SqlError noRsaKey(String reason) {
        return new SqlError(1105, "HY000", "Sluice: there is no RSA key to take the password with: " + reason);
    }

    /** As a client, CR_SSL_CONNECTION_ERROR. */
    static SqlError tlsFailed(String reason) {
        return new SqlError(2026, "HY000", "Sluice: TLS connection error: " + reason);
    }

    /** As a client, CR_SERVER_LOST_EXTENDED. */
    static SqlError serverLost(String reason) {
        return new SqlError(2055, "08S01", "Sluice: lost the connection to the server during login: " + reason);
    }

    /** As a client, CR_CONN_HOST_ERROR. */
    static SqlError unreachable(String reason) {
        return new SqlError(2003, "08001", "Sluice: can not connect to the server: " + reason);
    }

    /** As a client, CR_MALFORMED_PACKET. */
    static SqlError malformed(String reason) {
        return new SqlError(2027, "08S01", "Sluice: unexpected packet from the server: " + reason);
    }

    /** As servers name it: loopback by its name, as they do unless told not to resolve names; the rest by address. */
    static String host(SocketAddress client) {
        if (client instanceof InetSocketAddress inet) {
            InetAddress address = inet.getAddress();
            if (address != null && address.isLoopbackAddress()) {
                return "localhost";
            }
            return address == null ? inet.getHostString() : withoutScope(address.getHostAddress());
        }
        return "localhost";
    }

    private static String withoutScope(String address) {
        int scope = address.indexOf('%');
        return scope < 0 ? address : address.substring(0, scope);
    }
}
