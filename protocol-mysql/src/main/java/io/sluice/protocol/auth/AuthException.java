// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import io.sluice.protocol.SqlError;

/** As the client: the exchange can not be carried on, and why. Stackless, since it is the configuration's fault. */
public final class AuthException extends Exception {
    private final transient SqlError error;

    AuthException(AuthPlugin plugin, String reason) {
        this(2061, plugin.pluginName(), reason); // CR_AUTH_PLUGIN_ERR
    }

    private AuthException(int code, String plugin, String reason) {
        super(reason, null, false, false);
        this.error = new SqlError(code, "HY000", "Sluice: authentication plugin '" + plugin + "': " + reason);
    }

    /** The server asks for a plugin that Sluice does not have: CR_AUTH_PLUGIN_CANNOT_LOAD. */
    public static AuthException unknownPlugin(String name) {
        return new AuthException(2059, name, "not supported");
    }

    public SqlError error() {
        return error;
    }
}
