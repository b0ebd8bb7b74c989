// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.core.config.UserSettings;
import io.sluice.protocol.handshake.Account;
import io.sluice.protocol.handshake.Accounts;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everyone who may log in: the listed users first, then the servers' accounts. Thread-safe; who reads never waits. */
public final class AccountBook implements Accounts {

    /** @param shut the names of those who may not log in, though a server may know them */
    private record Listed(Map<String, ListedUser> users, Set<String> shut) {}

    private final @Nullable ServerAccounts serverAccounts;
    private final Function<SocketAddress, @Nullable InetAddress> hosts;
    private volatile Listed listed;

    /**
     * @param users those of the configuration
     * @param serverAccounts null if only listed users may log in
     * @param hosts where servers see a client; null where they see Sluice alone
     */
    public AccountBook(
            Collection<UserSettings> users,
            @Nullable ServerAccounts serverAccounts,
            Function<SocketAddress, @Nullable InetAddress> hosts) {
        this.hosts = hosts;
        this.serverAccounts = serverAccounts;
        Map<String, ListedUser> byName = new HashMap<>();
        users.forEach(user -> byName.put(user.name(), new ListedUser(user)));
        this.listed = new Listed(byName, Set.of());
    }

    /**
     * From now on these are the listed users. Sessions that are there stay; clients that log in are judged by the new
     * list.
     *
     * @param shut the names of others who may not log in, though a server may know them
     */
    public synchronized void list(Collection<UserSettings> users, Set<String> shut) {
        Map<String, ListedUser> former = new HashMap<>(listed.users());
        Map<String, ListedUser> next = new HashMap<>();
        for (UserSettings settings : users) {
            ListedUser known = former.remove(settings.name());
            next.put(settings.name(), known == null ? new ListedUser(settings) : known.changedTo(settings));
        }
        listed = new Listed(next, Set.copyOf(shut));
        former.values().forEach(ListedUser::retire);
    }

    @Override
    public @Nullable Account find(String user, SocketAddress client) {
        Listed now = listed;
        ListedUser account = now.users().get(user);
        if (account != null) {
            return account.begin(client);
        }
        return serverAccounts == null || now.shut().contains(user)
                ? null
                : serverAccounts.begin(user, hosts.apply(client));
    }
}
