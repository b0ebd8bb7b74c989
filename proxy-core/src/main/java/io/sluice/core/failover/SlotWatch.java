// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether sessions of a MariaDB source may write under server ids of Sluice's own, from the
 * first question on. Works on a thread of its own, since a server that is gone keeps it waiting.
 */
final class SlotWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlotWatch.class);

    private static final int ER_SPECIFIC_ACCESS_DENIED_ERROR = 1227;
    private static final long PERIOD_MILLIS = 2000;

    /** What a server is asked. May block for as long as its driver waits. */
    interface Inspector {
        SlotTraits inspect(BackendAddress server) throws SQLException;
    }

    private final Supplier<Topology> topology;
    private final Inspector inspector;
    private final long firstId;
    private final int count;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicReference<@Nullable BackendAddress> asked = new AtomicReference<>();
    private volatile @Nullable BackendAddress fit;
    /** Of the thread. */
    private String said = "";

    /** The ids are count ones from the first on. */
    SlotWatch(Supplier<Topology> topology, Inspector inspector, long firstId, int count) {
        this.topology = topology;
        this.inspector = inspector;
        this.firstId = firstId;
        this.count = count;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread worker = new Thread(task, "sluice-slots");
            worker.setDaemon(true);
            return worker;
        });
    }

    /** Any thread; does not block. The first answer for a source is no, until it has been looked at. */
    boolean isFit(BackendAddress source) {
        boolean known = source.equals(fit);
        if (!source.equals(asked.getAndSet(source))) {
            thread.execute(this::look);
        }
        if (begun.compareAndSet(false, true)) {
            thread.scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
        return known;
    }

    private void look() {
        try {
            Member source = topology.get().source().orElse(null);
            if (source != null) {
                judge(source.address());
            }
        } catch (RuntimeException bug) {
            fit = null;
            LOG.error("event=slots_bug", bug);
        }
    }

    private void judge(BackendAddress source) {
        SlotTraits ofSource;
        try {
            ofSource = inspector.inspect(source);
        } catch (SQLException e) {
            // Of a source that was fit and now does not answer, nothing else is known.
            if (e.getErrorCode() == ER_SPECIFIC_ACCESS_DENIED_ERROR || !source.equals(fit)) {
                conclude(source, denied(source, e));
            }
            return;
        }
        List<SlotTraits> all = new ArrayList<>();
        all.add(ofSource);
        for (Member member : topology.get().members()) {
            if (!member.address().equals(source) && member.online()) {
                try {
                    all.add(inspector.inspect(member.address()));
                } catch (SQLException e) {
                    if (e.getErrorCode() == ER_SPECIFIC_ACCESS_DENIED_ERROR) {
                        conclude(source, denied(member.address(), e));
                        return;
                    }
                    LOG.debug("event=slots_not_inspected server={}", member.address(), e);
                }
            }
        }
        conclude(source, SlotTraits.obstacle(ofSource, all, firstId, count));
    }

    private static String denied(BackendAddress server, SQLException e) {
        return e.getErrorCode() == ER_SPECIFIC_ACCESS_DENIED_ERROR
                ? server
                        + " does not let the monitor's account see how it replicates: GRANT SLAVE MONITOR, BINLOG MONITOR"
                        + " ON *.* TO it"
                : server + " cannot be asked: " + e.getMessage();
    }

    private void conclude(BackendAddress source, String obstacle) {
        if (!obstacle.equals(said)) {
            said = obstacle;
            if (!obstacle.isEmpty()) {
                LOG.warn("event=writes_not_verified server={} why=\"{}\"", source, obstacle);
            }
        }
        fit = obstacle.isEmpty() ? source : null;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
