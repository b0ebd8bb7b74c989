// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.backend.BackendCounters;
import io.sluice.core.backend.Permits;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.discovery.Discovery;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerList;
import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers there are, and what all event loops share of each. A server is known by its address for as long as it is
 * here; one that comes back is a new one. Thread-safe; who reads never waits.
 */
final class Servers implements ServerList, Discovery.Roll {
    private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

    /** One server. What it counts goes when it goes. */
    record Server(Entry entry, Permits permits, BackendCounters counters) {
        ServerSettings settings() {
            return entry.settings();
        }
    }

    private final int maxConnections;
    private final int loops;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private volatile Map<BackendAddress, Server> servers = Map.of();
    private Consumer<Map<BackendAddress, Integer>> changed = weights -> {};

    /**
     * @param maxConnections to each server that is found
     * @param loops among how many event loops connections are shared
     */
    Servers(List<ServerSettings> listed, int maxConnections, int loops) {
        this.maxConnections = maxConnections;
        this.loops = loops;
        Map<BackendAddress, Server> first = new LinkedHashMap<>();
        listed.forEach(settings -> first.put(settings.address(), added(new Entry(settings, false))));
        servers = Collections.unmodifiableMap(first);
    }

    /** Who is told the weights of all servers, in their order, whenever they change. Before the first change. */
    synchronized void onChange(Consumer<Map<BackendAddress, Integer>> follower) {
        changed = follower;
    }

    /** Null if it is not there, or not any more. */
    @Nullable
    Server get(BackendAddress address) {
        return servers.get(address);
    }

    /** What pools of a server count by that is not there any more. */
    Server stranger(BackendAddress address) {
        return added(new Entry(new ServerSettings(address, 0, 1, ""), true));
    }

    /** @param slowness of each, as the loops know it */
    List<PoolView> pools(ToDoubleFunction<BackendAddress> slowness) {
        List<PoolView> views = new ArrayList<>();
        servers.forEach((address, server) -> {
            BackendCounters counted = server.counters();
            views.add(new PoolView(
                    address,
                    server.permits().limit(),
                    server.permits().used(),
                    counted.leased.intValue(),
                    counted.waiting.intValue(),
                    counted.opened.sum(),
                    counted.closed.sum(),
                    counted.resets.sum(),
                    counted.failed.sum() + counted.lost.sum(),
                    slowness.applyAsDouble(address)));
        });
        return views;
    }

    Map<BackendAddress, Integer> weights() {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        servers.forEach(
                (address, server) -> weights.put(address, server.settings().weight()));
        return weights;
    }

    @Override
    public List<Entry> servers() {
        return servers.values().stream().map(Server::entry).toList();
    }

    @Override
    public synchronized void replace(List<ServerSettings> listed) throws Refused {
        refuseIfWrong(listed);
        List<Entry> next = new ArrayList<>();
        listed.forEach(settings -> next.add(new Entry(settings, false)));
        Set<BackendAddress> addresses = new HashSet<>();
        listed.forEach(settings -> addresses.add(settings.address()));
        for (Server server : servers.values()) {
            if (server.entry().discovered()
                    && !addresses.contains(server.settings().address())) {
                next.add(server.entry());
            }
        }
        change(next);
    }

    private static void refuseIfWrong(List<ServerSettings> listed) throws Refused {
        List<String> problems = new ArrayList<>();
        if (listed.isEmpty()) {
            problems.add("there would be no server left");
        }
        Set<BackendAddress> seen = new HashSet<>();
        for (ServerSettings settings : listed) {
            if (!seen.add(settings.address())) {
                problems.add(settings.address() + " is listed twice");
            }
            if (settings.weight() < 0) {
                problems.add(settings.address() + " has the weight " + settings.weight() + ", write 0 or more");
            }
            if (settings.maxConnections() < 1) {
                problems.add(settings.address() + " may have " + settings.maxConnections()
                        + " connections, write 1 or more");
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(String.join("; ", problems));
        }
    }

    /** Adds one that was found; nothing if it is there. */
    @Override
    public synchronized void add(BackendAddress address) {
        if (!servers.containsKey(address)) {
            List<Entry> next = new ArrayList<>(servers());
            next.add(new Entry(new ServerSettings(address, 1, maxConnections, ""), true));
            change(next);
        }
    }

    /** Removes one that was found; nothing if it is listed, or gone. */
    @Override
    public synchronized void remove(BackendAddress address) {
        Server server = servers.get(address);
        if (server != null && server.entry().discovered()) {
            List<Entry> next = new ArrayList<>(servers());
            next.remove(server.entry());
            change(next);
        }
    }

    private void change(List<Entry> entries) {
        Map<BackendAddress, Server> before = servers;
        Map<BackendAddress, Server> next = new LinkedHashMap<>();
        for (Entry entry : entries) {
            Server known = before.get(entry.settings().address());
            next.put(entry.settings().address(), known == null ? added(entry) : updated(known, entry));
        }
        servers = Collections.unmodifiableMap(next);
        tell(before, next);
        changed.accept(weights());
    }

    private Server added(Entry entry) {
        Permits permits = new Permits(entry.settings().maxConnections(), loops);
        return new Server(entry, permits, new BackendCounters());
    }

    private static Server updated(Server known, Entry entry) {
        known.permits().limitTo(entry.settings().maxConnections());
        return new Server(entry, known.permits(), known.counters());
    }

    private void tell(Map<BackendAddress, Server> before, Map<BackendAddress, Server> next) {
        before.forEach((address, server) -> {
            if (!next.containsKey(address)) {
                LOG.info("event=server_removed server={}", address);
                watchers.forEach(watcher -> watcher.removed(address));
            }
        });
        next.forEach((address, server) -> {
            if (!before.containsKey(address)) {
                LOG.info(
                        "event=server_added server={} by={}",
                        address,
                        server.entry().discovered() ? "discovery" : "operator");
                watchers.forEach(watcher -> watcher.added(address));
            }
        });
    }

    @Override
    public synchronized void watch(Watcher watcher) {
        watchers.add(watcher);
        servers.keySet().forEach(watcher::added);
    }
}
