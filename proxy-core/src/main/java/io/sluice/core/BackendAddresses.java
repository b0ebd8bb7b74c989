// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.routing.topology.BackendAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket addresses of backends. Names are looked up on a thread of its own, at start and again and again, since a
 * look-up may block and a name may move. Any thread may ask.
 */
final class BackendAddresses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendAddresses.class);

    private final Map<BackendAddress, InetSocketAddress> resolved = new ConcurrentHashMap<>();
    private volatile Set<BackendAddress> wanted;
    private volatile Consumer<BackendAddress> moved = address -> {};
    private final ScheduledExecutorService resolver = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sluice-names");
        thread.setDaemon(true);
        return thread;
    });

    BackendAddresses(Collection<BackendAddress> addresses, Duration interval) {
        wanted = Set.copyOf(addresses);
        wanted.forEach(this::resolve);
        resolver.scheduleWithFixedDelay(
                this::lookAgain, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void lookAgain() {
        try {
            resolved.keySet().retainAll(wanted);
            wanted.forEach(this::resolve);
        } catch (RuntimeException bug) {
            LOG.error("event=names_bug", bug); // else nobody would look again
        }
    }

    /** From now on it is these; then, on the thread of the look-ups, when the new ones were looked up. */
    void follow(Set<BackendAddress> addresses, Runnable then) {
        wanted = Set.copyOf(addresses);
        try {
            resolver.execute(() -> {
                addresses.stream()
                        .filter(address -> !resolved.containsKey(address))
                        .forEach(this::resolve);
                then.run();
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("event=servers_not_followed why=closed");
        }
    }

    /** Who is told, on the thread of the look-ups, that a name stands for another address than before. */
    void onMove(Consumer<BackendAddress> follower) {
        moved = follower;
    }

    private void resolve(BackendAddress address) {
        InetSocketAddress now = new InetSocketAddress(address.host(), address.port());
        InetSocketAddress before = resolved.get(address);
        if (now.isUnresolved() && before != null) {
            return; // An old answer is better than none.
        }
        if (!now.equals(before)) {
            resolved.put(address, now);
            if (before != null || now.isUnresolved()) {
                LOG.info("backend={} resolved_to={}", address, now);
            }
            if (before != null) {
                moved.accept(address);
            }
        }
    }

    /** May be unresolved; connecting then fails with the reason. */
    InetSocketAddress of(BackendAddress address) {
        InetSocketAddress known = resolved.get(address);
        return known == null ? InetSocketAddress.createUnresolved(address.host(), address.port()) : known;
    }

    @Override
    public void close() {
        resolver.shutdownNow();
    }
}
