// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.protocol.handshake.Account;
import io.sluice.protocol.handshake.Accounts;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everyone who may log in: the configuration's users first, then the servers' accounts. Thread-safe. */
public final class AccountBook implements Accounts {
    private final Map<String, ListedUser> listed;
    private final @Nullable ServerAccounts serverAccounts;

    private final Function<SocketAddress, @Nullable InetAddress> hosts;

    /**
     * @param serverAccounts null if only listed users may log in
     * @param hosts where servers see a client; null where they see Sluice alone
     */
    public AccountBook(
            Map<String, ListedUser> listed,
            @Nullable ServerAccounts serverAccounts,
            Function<SocketAddress, @Nullable InetAddress> hosts) {
        this.hosts = hosts;
        this.listed = Map.copyOf(listed);
        this.serverAccounts = serverAccounts;
    }

    @Override
    public @Nullable Account find(String user, SocketAddress client) {
        ListedUser account = listed.get(user);
        if (account != null) {
            return account.begin(client);
        }
        return serverAccounts == null ? null : serverAccounts.begin(user, hosts.apply(client));
    }
}
