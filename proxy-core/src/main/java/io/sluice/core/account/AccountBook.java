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

/**
 * Everyone who may log in: the listed users first, then the servers' accounts. Thread-safe; who reads waits for the
 * making of one user's account at most.
 */
public final class AccountBook implements Accounts {

    /** @param shut the names of those who may not log in, though a server may know them */
    private record Listed(Map<String, Listing> users, Set<String> shut) {}

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
        Map<String, Listing> byName = sized(users.size());
        users.forEach(user -> byName.put(user.name(), new Listing(user)));
        this.listed = new Listed(byName, Set.of());
    }

    /**
     * From now on these are the listed users. Sessions that are there stay; clients that log in are judged by the new
     * list.
     *
     * @param shut the names of others who may not log in, though a server may know them
     */
    public synchronized void list(Collection<UserSettings> users, Set<String> shut) {
        Map<String, Listing> former = listed.users();
        Map<String, Listing> next = sized(users.size());
        for (UserSettings settings : users) {
            Listing known = former.get(settings.name());
            next.put(settings.name(), known == null ? new Listing(settings) : known.changedTo(settings));
        }
        listed = new Listed(next, Set.copyOf(shut));
        former.forEach((name, listing) -> {
            if (!next.containsKey(name)) {
                listing.retire();
            }
        });
    }

    private static Map<String, Listing> sized(int users) {
        return new HashMap<>(users * 2);
    }

    @Override
    public @Nullable Account find(String user, SocketAddress client) {
        Listed now = listed;
        Listing listing = now.users().get(user);
        if (listing != null) {
            ListedUser account = listing.user();
            return account == null ? find(user, client) : account.begin(client); // by the list that has come meanwhile
        }
        return serverAccounts == null || now.shut().contains(user)
                ? null
                : serverAccounts.begin(user, hosts.apply(client));
    }
}
