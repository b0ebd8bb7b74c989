// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.FailoverSettings;
import io.sluice.core.config.FailoverSettings.Fencing;
import io.sluice.core.config.MonitorSettings;
import io.sluice.core.failover.ServerOrders.ReplicationAccount;
import io.sluice.core.monitor.DriverProperties;
import io.sluice.core.monitor.WritableRivals;
import io.sluice.core.view.ServerControl;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations, one after the other on a thread of its own, which begins with the first. Thread-safe. */
public final class Operations implements ServerControl, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

    /** For statements that no limit of ours ends, such as STOP REPLICA. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Gate gate;
    private final ServerOrders.Factory servers;
    private final Switchover.Limits limits;
    private final @Nullable ReplicationAccount account;
    private final Set<BackendAddress> drained = new HashSet<>();
    private final ScheduledThreadPoolExecutor thread;
    private final @Nullable Fence fence;

    /** @param fenced counts servers that were made read-only */
    public Operations(Gate gate, FailoverSettings failover, MonitorSettings monitor, Tls tls, Runnable fenced) {
        this(
                gate,
                servers(failover, monitor, tls),
                new Switchover.Limits(failover.drain(), failover.catchUp()),
                failover.replicationUser().isEmpty()
                        ? null
                        : new ReplicationAccount(
                                failover.replicationUser(),
                                failover.replicationPassword().reveal()),
                failover.fence() == Fencing.READ_ONLY ? patience(monitor) : null,
                fenced);
    }

    Operations(
            Gate gate,
            ServerOrders.Factory servers,
            Switchover.Limits limits,
            @Nullable ReplicationAccount account,
            @Nullable Duration patience,
            Runnable fenced) {
        this.gate = gate;
        this.servers = servers;
        this.limits = limits;
        this.account = account;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread worker = new Thread(task, "sluice-operations");
            worker.setDaemon(true);
            return worker;
        });
        this.fence = patience == null ? null : new Fence(servers, patience, System::nanoTime, this::later, fenced);
    }

    /** So that each server has been asked, and has had time to answer, since the first sign. */
    private static Duration patience(MonitorSettings monitor) {
        Duration asked = monitor.interval().multipliedBy(2);
        return asked.compareTo(monitor.timeout()) > 0 ? asked : monitor.timeout();
    }

    private void later(Duration delay, Runnable task) {
        if (!thread.isShutdown()) {
            thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Servers that take writes beside the source, as the monitor sees it. Any thread; cheap. */
    public void rivals(WritableRivals seen) {
        if (fence != null) {
            fence.observe(seen);
        }
    }

    private static ServerOrders.Factory servers(FailoverSettings failover, MonitorSettings monitor, Tls tls) {
        return server -> {
            Properties properties = DriverProperties.of(monitor, tls);
            long timeout = failover.catchUp().plus(PATIENCE).toMillis();
            properties.setProperty("socketTimeout", Long.toString(timeout));
            return new JdbcOrders(new JdbcSession(server, properties), monitor.user());
        };
    }

    @Override
    public synchronized void drain(BackendAddress server, @Nullable Duration killAfter) throws Refused {
        Topology topology = gate.topology();
        Member member =
                topology.member(server).orElseThrow(() -> new Refused(server + " is not a server that Sluice knows"));
        if (member.isOnlineSource()) {
            throw new Refused(server + " is the source: SLUICE SWITCHOVER TO another server first");
        }
        drained.add(server);
        gate.withhold(server, "drained");
        LOG.info("event=server_drained server={}", server);
        if (killAfter != null) {
            thread.schedule(() -> cutOff(server), killAfter.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized boolean isDrained(BackendAddress server) {
        return drained.contains(server);
    }

    private synchronized void cutOff(BackendAddress server) {
        if (drained.contains(server)) {
            int open = gate.openWorkAt(server).size();
            gate.abandon(server);
            LOG.info("event=server_cut_off server={} sessions={}", server, open);
        }
    }

    @Override
    public synchronized void restore(BackendAddress server) throws Refused {
        if (!drained.remove(server)) {
            throw new Refused(server + " is not drained");
        }
        gate.release(server);
        LOG.info("event=server_restored server={}", server);
    }

    @Override
    public CompletableFuture<List<Step>> switchOver(BackendAddress candidate, boolean force) {
        if (isDrained(candidate)) {
            String why = candidate + " is drained, so that nobody could write there: SLUICE RESTORE it first";
            return CompletableFuture.failedFuture(new Refused(why));
        }
        CompletableFuture<List<Step>> result = new CompletableFuture<>();
        try {
            thread.execute(() -> switchOver(candidate, force, result));
        } catch (RejectedExecutionException closed) {
            result.completeExceptionally(new Refused("Sluice is shutting down"));
        }
        return result;
    }

    private void switchOver(BackendAddress candidate, boolean force, CompletableFuture<List<Step>> result) {
        LOG.info("event=switchover_begun to={} force={}", candidate, force);
        try {
            result.complete(new Switchover(gate, servers, limits, account, System::nanoTime, candidate).run(force));
            LOG.info("event=switchover_done to={}", candidate);
        } catch (Refused refused) {
            LOG.warn("event=switchover_refused to={} why=\"{}\"", candidate, refused.getMessage());
            result.completeExceptionally(refused);
        } catch (RuntimeException bug) {
            LOG.error("event=switchover_bug to={}", candidate, bug);
            result.completeExceptionally(bug);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
