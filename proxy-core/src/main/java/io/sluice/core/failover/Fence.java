// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.monitor.WritableRivals;
import io.sluice.routing.topology.BackendAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes servers read-only that take writes beside the source, so that nobody writes there past Sluice either. Acts
 * only on what has stood for a while, and asks both servers right before. What it did is an operator's to undo.
 */
final class Fence {
    private static final Logger LOG = LoggerFactory.getLogger(Fence.class);

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int ER_SPECIFIC_ACCESS_DENIED = 1227;

    /** Runs something later, on the thread of operations. */
    interface Later {
        void run(Duration delay, Runnable task);
    }

    private final ServerOrders.Factory servers;
    private final Duration patience;
    private final LongSupplier nanos;
    private final Later later;
    private final Runnable counter;

    // Guarded by this: what the monitor's thread says, and the thread of operations asks.
    private WritableRivals seen = WritableRivals.NONE;
    private final Map<BackendAddress, Long> since = new HashMap<>();
    private boolean planned;

    /** Whose refusal the log has; confined to the thread of operations. */
    private final Map<BackendAddress, String> reported = new HashMap<>();

    /**
     * @param patience how long a server must have been seen writable beside the same source
     * @param counter counts servers made read-only
     */
    Fence(ServerOrders.Factory servers, Duration patience, LongSupplier nanos, Later later, Runnable counter) {
        this.servers = servers;
        this.patience = patience;
        this.nanos = nanos;
        this.later = later;
        this.counter = counter;
    }

    /** What the monitor sees now. Any thread; cheap. */
    synchronized void observe(WritableRivals now) {
        if (seen.source() == null || !seen.source().equals(now.source())) {
            since.clear();
        }
        seen = now;
        since.keySet().retainAll(now.rivals());
        now.rivals().forEach(rival -> since.putIfAbsent(rival, nanos.getAsLong()));
        if (!since.isEmpty() && !planned) {
            planned = true;
            later.run(patience, this::act);
        }
    }

    private void act() {
        List<BackendAddress> due = due();
        try {
            due.forEach(this::fence);
        } catch (RuntimeException bug) {
            LOG.error("event=fence_bug", bug); // and tries again
        }
        synchronized (this) {
            planned = !since.isEmpty();
            if (planned) {
                later.run(due.isEmpty() ? patience : RETRY, this::act);
            }
        }
    }

    private synchronized List<BackendAddress> due() {
        List<BackendAddress> due = new ArrayList<>();
        since.forEach((rival, nanosSeen) -> {
            if (nanos.getAsLong() - nanosSeen >= patience.toNanos()) {
                due.add(rival);
            }
        });
        Set<BackendAddress> settled = new HashSet<>(reported.keySet());
        settled.removeAll(since.keySet());
        settled.forEach(reported::remove);
        return due;
    }

    /** The source beside which that server takes writes as the monitor sees it now; null if it does not. */
    private synchronized @Nullable BackendAddress sourceBeside(BackendAddress rival) {
        return seen.rivals().contains(rival) ? seen.source() : null;
    }

    private void fence(BackendAddress rival) {
        BackendAddress source = sourceBeside(rival);
        if (source == null) {
            return;
        }
        try (ServerOrders atRival = servers.at(rival);
                ServerOrders atSource = servers.at(source)) {
            if (atRival.identity().equals(atSource.identity())) {
                report(rival, "it is the source " + source + " by another name: list it once");
                return;
            }
            // The source last: else it may have stepped down for the other one in between.
            boolean both = atRival.isWritable() && atSource.isWritable();
            if (both && source.equals(sourceBeside(rival))) {
                fence(rival, atRival, source, atSource);
            }
        } catch (SQLException e) {
            report(rival, e.getMessage());
        }
    }

    private void fence(BackendAddress rival, ServerOrders atRival, BackendAddress source, ServerOrders atSource)
            throws SQLException {
        try {
            atRival.freeze();
        } catch (SQLException e) {
            report(
                    rival,
                    e.getErrorCode() == ER_SPECIFIC_ACCESS_DENIED
                            ? "the monitor's account may not: run " + atRival.grantToFreeze()
                            : e.getMessage());
            return;
        }
        counter.run();
        LOG.warn(
                "event=server_fenced server={} source={} why=\"both took writes\" undo=\"SET GLOBAL read_only=0\"",
                rival,
                source);
        if (!atSource.isWritable()) {
            atRival.thaw(); // somebody was about to change their places
            LOG.warn("event=fence_undone server={} why=\"{} has just become read-only\"", rival, source);
        }
    }

    private void report(BackendAddress rival, @Nullable String why) {
        String text = String.valueOf(why);
        if (!text.equals(reported.put(rival, text))) {
            LOG.warn("event=fence_failed server={} why=\"{}\"", rival, text);
        }
    }
}
