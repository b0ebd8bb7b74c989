// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.FailoverSettings;
import io.sluice.core.config.MonitorSettings;
import io.sluice.core.monitor.DriverProperties;
import io.sluice.core.monitor.ProbeFailure;
import io.sluice.core.session.InterruptedWrite;
import io.sluice.core.session.OutcomeJudge;
import io.sluice.core.session.TableShape;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.ServerVersion;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the source of now what became of interrupted writes. If it is another server than the one that was lost, it is
 * asked once it has executed all that it had received; if it is the same, once the connection that wrote is gone there.
 * Works on a thread of its own; many writes cost one look.
 */
public final class OutcomeProof implements OutcomeJudge, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeProof.class);

    private static final long RETRY_MILLIS = 20;

    /** What a server is asked. Every method may block, for as long as its driver waits. */
    interface Witness extends AutoCloseable {
        /** Whether it has executed all that it has received from other servers. */
        boolean hasAppliedAll() throws SQLException;

        /** Whether nothing of that connection is at work any more; ends it if need be. */
        boolean hasEnded(InterruptedWrite write, Duration sinceAlive) throws SQLException;

        /** What its binary log has now. */
        Ledger ledger() throws SQLException;

        /** What a table looks like that nobody has changed for so long; null if that is not certain. */
        @Nullable
        TableShape describe(String schema, String table, Duration unchangedFor) throws SQLException;

        @Override
        void close();

        /** Opens the way to a server. */
        interface Factory {
            Witness at(Member server) throws SQLException;
        }
    }

    /** What a server has, as it was read at one moment. */
    interface Ledger {
        /**
         * What became of a write that is not under way any more.
         *
         * @param sameServer whether the server is the one that it was sent to
         * @param since how long ago a moment of the monotonic clock was
         */
        Outcome outcome(InterruptedWrite write, boolean sameServer, LongFunction<Duration> since);
    }

    private record Question(
            String schema, String table, long changedBefore, Consumer<@Nullable TableShape> answer, long untilNanos) {}

    private record Case(InterruptedWrite write, Consumer<Outcome> answer, long untilNanos) {}

    private final Supplier<Topology> topology;
    private final Witness.Factory witnesses;
    private final Duration patience;
    private final LongSupplier nanos;
    private final ScheduledThreadPoolExecutor thread;
    private final @Nullable SlotWatch watch;
    /** Of the thread. */
    private List<Case> cases = new ArrayList<>();

    private boolean scheduled;

    /**
     * @param patience how long clients wait for an answer
     * @param watch looks whether MariaDB's server ids can be used; null: they cannot
     */
    OutcomeProof(
            Supplier<Topology> topology,
            Witness.Factory witnesses,
            Duration patience,
            LongSupplier nanos,
            @Nullable SlotWatch watch) {
        this.topology = topology;
        this.witnesses = witnesses;
        this.patience = patience;
        this.nanos = nanos;
        this.watch = watch;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread worker = new Thread(task, "sluice-outcomes");
            worker.setDaemon(true);
            return worker;
        });
    }

    /** As the monitor's account; writes wait as long as those do that have no source to go to. */
    public static OutcomeProof overJdbc(
            Supplier<Topology> topology, FailoverSettings failover, MonitorSettings monitor, Tls tls) {
        FailoverSettings.Verification verification = failover.verification();
        SlotWatch watch = new SlotWatch(
                topology,
                server -> {
                    try (JdbcSession session = new JdbcSession(server, DriverProperties.of(monitor, tls))) {
                        return MariadbInspector.inspect(server, session);
                    }
                },
                verification.firstServerId(),
                2 * FailoverSettings.Verification.MAX_SLOTS);
        return new OutcomeProof(
                topology,
                server -> witness(server, new JdbcSession(server.address(), DriverProperties.of(monitor, tls))),
                failover.hold(),
                System::nanoTime,
                watch);
    }

    private static Witness witness(Member server, JdbcSession session) {
        ServerVersion version = server.version();
        return version != null && version.isMariadb() ? new MariadbWitness(session) : new JdbcWitness(session);
    }

    @Override
    public boolean mayUseServerIds(Member source) {
        return watch != null && watch.isFit(source.address());
    }

    @Override
    public void judge(InterruptedWrite write, Consumer<Outcome> answer) {
        Case asked = new Case(write, answer, nanos.getAsLong() + patience.toNanos());
        try {
            thread.execute(() -> {
                cases.add(asked);
                lookIn(1); // others of the same server will follow at once
            });
        } catch (RejectedExecutionException closed) {
            answer.accept(Outcome.UNKNOWN);
        }
    }

    @Override
    public void describe(String schema, String table, long changedBefore, Consumer<@Nullable TableShape> answer) {
        Question asked = new Question(schema, table, changedBefore, answer, nanos.getAsLong() + patience.toNanos());
        try {
            thread.execute(() -> describe(asked));
        } catch (RejectedExecutionException closed) {
            answer.accept(null);
        }
    }

    private void describe(Question asked) {
        Member source = topology.get().source().orElse(null);
        TableShape shape = null;
        boolean reached = false;
        if (source != null) {
            try (Witness witness = witnesses.at(source)) {
                reached = true;
                Duration unchangedFor = Duration.ofNanos(nanos.getAsLong() - asked.changedBefore);
                shape = witness.describe(asked.schema, asked.table, unchangedFor);
            } catch (SQLException e) {
                reached = !ProbeFailure.isConnectionLoss(e);
                LOG.debug("event=table_not_described server={}", source.address(), e);
            } catch (RuntimeException bug) {
                reached = true;
                LOG.error("event=table_bug server={}", source.address(), bug);
            }
        }
        if (reached || asked.untilNanos - nanos.getAsLong() <= 0) {
            asked.answer.accept(shape);
        } else {
            thread.schedule(() -> describe(asked), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookIn(long millis) {
        if (!scheduled) {
            scheduled = true;
            thread.schedule(
                    () -> {
                        scheduled = false;
                        look();
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        Member source = topology.get().source().orElse(null);
        if (source != null) {
            try (Witness witness = witnesses.at(source)) {
                settle(witness, source.address());
            } catch (SQLException e) {
                LOG.debug("event=outcome_not_known_yet server={}", source.address(), e);
            } catch (RuntimeException bug) {
                LOG.error("event=outcome_bug server={}", source.address(), bug);
            }
        }
        long now = nanos.getAsLong();
        List<Case> left = new ArrayList<>();
        for (Case one : cases) {
            if (one.untilNanos - now <= 0) {
                answer(one, Outcome.UNKNOWN);
            } else {
                left.add(one);
            }
        }
        cases = left;
        if (!cases.isEmpty()) {
            lookIn(RETRY_MILLIS);
        }
    }

    private void settle(Witness witness, BackendAddress source) throws SQLException {
        boolean applied = witness.hasAppliedAll();
        List<Case> ready = new ArrayList<>();
        List<Case> left = new ArrayList<>();
        for (Case one : cases) {
            InterruptedWrite write = one.write;
            Duration sinceAlive = Duration.ofNanos(nanos.getAsLong() - write.aliveAtNanos());
            boolean over = write.server().equals(source) ? witness.hasEnded(write, sinceAlive) : applied;
            (over ? ready : left).add(one);
        }
        if (!ready.isEmpty()) {
            Ledger ledger = witness.ledger(); // after all that
            long now = nanos.getAsLong();
            for (Case one : ready) {
                InterruptedWrite write = one.write;
                answer(one, ledger.outcome(write, write.server().equals(source), then -> Duration.ofNanos(now - then)));
            }
        }
        cases = left;
    }

    private static void answer(Case one, Outcome outcome) {
        InterruptedWrite write = one.write;
        LOG.info(
                "event=outcome server={} tag={} after={} outcome={}",
                write.server(),
                write.tag(),
                write.known(),
                outcome);
        one.answer.accept(outcome);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        if (watch != null) {
            watch.close();
        }
    }
}
