// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.DiscoverySettings;
import io.sluice.core.config.MonitorSettings;
import io.sluice.core.monitor.DriverProperties;
import io.sluice.core.monitor.MonitorThread;
import io.sluice.core.monitor.SystemThread;
import io.sluice.core.view.ServerList.Entry;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for servers at an interval, adds those found, and forgets those that are gone. On a thread of its own. */
public final class Discovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    /** While there is no source, what is missing may be the source. */
    private static final Duration WITHOUT_SOURCE = Duration.ofSeconds(1);

    /** The list of servers, as far as discovery changes it. */
    public interface Roll {
        List<Entry> servers();

        void add(BackendAddress server);

        void remove(BackendAddress server);
    }

    private final DiscoverySettings settings;
    private final Roll roll;
    private final Supplier<Topology> topology;
    private final MonitorThread thread;
    private final Lookout lookout;

    // Confined to the thread.
    private final Map<BackendAddress, String> identities = new HashMap<>();
    private final Map<BackendAddress, Long> linkedAtNanos = new HashMap<>();
    private Map<BackendAddress, String> reported = Map.of();
    private Set<String> grantsReported = Set.of();

    Discovery(
            DiscoverySettings settings, Roll roll, Supplier<Topology> topology, MonitorThread thread, Lookout lookout) {
        this.settings = settings;
        this.roll = roll;
        this.topology = topology;
        this.thread = thread;
        this.lookout = lookout;
    }

    /** Asks with the monitor's account. */
    public static Discovery overJdbc(
            DiscoverySettings settings, Roll roll, Supplier<Topology> topology, MonitorSettings monitor, Tls tls) {
        Lookout lookout = new JdbcLookout(DriverProperties.of(monitor, tls));
        return new Discovery(settings, roll, topology, new SystemThread("sluice-discovery"), lookout);
    }

    public void start() {
        if (settings.enabled()) {
            thread.execute(this::round);
        }
    }

    private void round() {
        try {
            search();
        } finally {
            Duration interval = settings.interval();
            boolean hasSource = topology.get().source().isPresent();
            thread.schedule(
                    hasSource || interval.compareTo(WITHOUT_SOURCE) < 0 ? interval : WITHOUT_SOURCE, this::round);
        }
    }

    private void search() {
        List<Entry> entries = roll.servers();
        List<BackendAddress> known = addresses(entries, true);
        known.addAll(addresses(entries, false));
        identities.keySet().retainAll(known);
        linkedAtNanos.keySet().retainAll(known);
        int room = settings.maxServers() - addresses(entries, false).size();
        Search search = new Search(settings, lookout, addresses(entries, true), identities, room);
        search.run(known);
        search.looks().forEach((address, look) -> identities.put(address, look.identity()));
        search.found().forEach(address -> {
            roll.add(address);
            linkedAtNanos.put(address, thread.nanos());
        });
        report(search);
        removeSecondNames(entries);
        forget(entries, search);
    }

    private static List<BackendAddress> addresses(List<Entry> entries, boolean listed) {
        return entries.stream()
                .filter(entry -> entry.discovered() != listed)
                .map(entry -> entry.settings().address())
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** A listed server may have been away when it was found by another name. */
    private void removeSecondNames(List<Entry> entries) {
        Map<String, BackendAddress> first = new HashMap<>();
        for (BackendAddress address : addresses(entries, true)) {
            if (identities.containsKey(address)) {
                first.put(identities.get(address), address);
            }
        }
        for (BackendAddress address : addresses(entries, false)) {
            String identity = identities.get(address);
            BackendAddress other = identity == null ? null : first.putIfAbsent(identity, address);
            if (other != null) {
                LOG.info("event=server_forgotten server={} why=\"it is {}\"", address, other);
                roll.remove(address);
            }
        }
    }

    private void forget(List<Entry> entries, Search search) {
        Topology now = topology.get();
        BackendAddress source = now.source().map(Member::address).orElse(null);
        for (BackendAddress address : addresses(entries, false)) {
            Look look = search.looks().get(address);
            boolean linked = address.equals(source) || (look != null && search.isLinked(look));
            Long last = linkedAtNanos.get(address);
            if (linked || last == null || source == null) {
                linkedAtNanos.put(address, thread.nanos()); // without a source it may have been the source
            } else if (!settings.forgetAfter().isZero()
                    && thread.nanos() - last > settings.forgetAfter().toNanos()) {
                String why = look == null ? "does not answer" : "is no longer part of the replication";
                LOG.info("event=server_forgotten server={} why=\"{}\"", address, why);
                roll.remove(address);
            }
        }
    }

    /** Once for each server and reason, for as long as that holds. */
    private void report(Search search) {
        search.refused().forEach((address, why) -> {
            if (!why.equals(reported.get(address))) {
                LOG.warn("event=server_not_used server={} why=\"{}\"", address, why);
            }
        });
        reported = Map.copyOf(search.refused());
        Set<String> grants = search.looks().values().stream()
                .flatMap(look -> look.missingGrants().stream())
                .collect(Collectors.toSet());
        grants.forEach(grant -> {
            if (!grantsReported.contains(grant)) {
                LOG.warn("event=monitor_grant_missing remedy=\"{}\" effect=\"replicas are not found\"", grant);
            }
        });
        grantsReported = Set.copyOf(grants);
    }

    @Override
    public void close() {
        thread.close();
    }
}
