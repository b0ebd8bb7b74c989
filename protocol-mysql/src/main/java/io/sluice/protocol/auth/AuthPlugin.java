// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import org.jspecify.annotations.Nullable;

/** The auth plugins that Sluice speaks, in both roles but for one. */
public enum AuthPlugin {
    MYSQL_NATIVE_PASSWORD("mysql_native_password"),
    CACHING_SHA2_PASSWORD("caching_sha2_password"),
    /** As the client only: MySQL 8 and later ask for it, too, when a user does not exist. */
    SHA256_PASSWORD("sha256_password"),
    /** Shows the password to whoever reads the connection: over TLS only. */
    MYSQL_CLEAR_PASSWORD("mysql_clear_password"),
    /** MariaDB's, from 11.6 on. */
    PARSEC("parsec");

    private static final AuthPlugin[] ALL = values();

    private final String pluginName;

    AuthPlugin(String pluginName) {
        this.pluginName = pluginName;
    }

    public String pluginName() {
        return pluginName;
    }

    /** How long a scramble its exchange begins with. */
    public int scrambleLength() {
        return this == PARSEC ? Scramble.PARSEC_LENGTH : Scramble.LENGTH;
    }

    /** The plugin of that name, or null if Sluice does not speak it. */
    public static @Nullable AuthPlugin named(String name) {
        for (AuthPlugin plugin : ALL) {
            if (plugin.pluginName.equals(name)) {
                return plugin;
            }
        }
        return null;
    }
}
