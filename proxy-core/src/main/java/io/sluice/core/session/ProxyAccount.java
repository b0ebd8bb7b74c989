// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.handshake.Account;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A user of the configuration.
 *
 * @param maxClients 0 for no limit
 * @param schema of a client that names none; empty for none
 * @param clients how many are logged in now, over all event loops
 */
public record ProxyAccount(
        String name, Password password, Credentials credentials, int maxClients, String schema, AtomicInteger clients)
        implements Account {

    public static ProxyAccount of(String name, Password password, int maxClients, String schema) {
        return new ProxyAccount(
                name, password, Credentials.ofPassword(password), maxClients, schema, new AtomicInteger());
    }
}
