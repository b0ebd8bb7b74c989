// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import io.sluice.protocol.SqlError;

/** As the client: the exchange can not be carried on, and why. Stackless, since it is the configuration's fault. */
public final class AuthException extends Exception {
    /** What a server says of it; the codes of clients, from 2000 on, MariaDB's take for malformed in an ERR packet. */
    private static final int ER_NOT_SUPPORTED_AUTH_MODE = 1251;

    private final transient SqlError error;

    AuthException(AuthPlugin plugin, String reason) {
        this(plugin.pluginName(), reason);
    }

    private AuthException(String plugin, String reason) {
        super(reason, null, false, false);
        this.error = new SqlError(
                ER_NOT_SUPPORTED_AUTH_MODE, "08004", "Sluice: authentication plugin '" + plugin + "': " + reason);
    }

    /** The server asks for a plugin that Sluice does not have. */
    public static AuthException unknownPlugin(String name) {
        return new AuthException(name, "not supported");
    }

    public SqlError error() {
        return error;
    }
}
