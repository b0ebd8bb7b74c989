// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.MonitorSettings;
import io.sluice.core.config.MonitorSettings.ErrantGtids;
import io.sluice.core.config.MonitorSettings.GaleraDonors;
import io.sluice.core.monitor.Event.Listed;
import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Event.Suspected;
import io.sluice.core.monitor.MonitorThread.Timer;
import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.core.view.HistoryView;
import io.sluice.core.view.TopologyEvent;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes every server at an interval, sooner when there is reason to, and publishes what the reducer makes of it. All
 * state lives on the monitor's thread; {@link #suspect} may be called from any.
 */
public final class Monitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);

    /** While something is wrong, probes come this many times as often. */
    private static final int HASTE = 10;
    /** More exactly it need not be known; all loops would write to the same memory with every answer. */
    private static final long HEARD_EVERY = TimeUnit.MILLISECONDS.toNanos(2);

    /** However much evidence pours in, a server is not asked more often than this. */
    private static final Duration SHORTEST_GAP = Duration.ofMillis(50);

    /** In haste, however short the interval, between one answer and the next question. */
    private static final Duration HASTIEST_GAP = Duration.ofMillis(20);

    private static final int FIRST_PROBE_PATIENCE = 5;

    private MonitorSettings settings;
    private final MonitorThread thread;
    private final Consumer<Topology> publish;
    private final Consumer<WritableRivals> report;
    private final ProbeLog log;
    private final TopologyHistory history;
    private final Probe.Factory probes;
    /** Changed on the monitor's thread only. */
    private final Map<BackendAddress, Watch> watches = new ConcurrentHashMap<>();

    private TopologyState state;
    private boolean closed;

    /**
     * @param weights the servers at first, in their order
     * @param publish called on the monitor's thread with every new snapshot
     * @param report called there, too, with the servers that take writes beside the source: mostly none
     */
    public Monitor(
            Map<BackendAddress, Integer> weights,
            MonitorSettings settings,
            MonitorThread thread,
            Probe.Factory probes,
            Consumer<Topology> publish,
            Consumer<WritableRivals> report) {
        this(weights, settings, thread, probes, publish, report, new ProbeLog(thread::now));
    }

    private Monitor(
            Map<BackendAddress, Integer> weights,
            MonitorSettings settings,
            MonitorThread thread,
            Probe.Factory probes,
            Consumer<Topology> publish,
            Consumer<WritableRivals> report,
            ProbeLog log) {
        this.log = log;
        this.history = new TopologyHistory(log);
        this.settings = settings;
        this.thread = thread;
        this.publish = publish;
        this.report = report;
        this.probes = probes;
        this.state = TopologyState.unprobed(weights, settings.errantGtids() == ErrantGtids.EXCLUDE);
        weights.keySet().forEach(this::watch);
    }

    /** A monitor over JDBC with a thread and a small pool of its own. */
    public static Monitor overJdbc(
            Map<BackendAddress, Integer> weights,
            MonitorSettings settings,
            Tls tls,
            Consumer<Topology> publish,
            Consumer<WritableRivals> report) {
        SystemThread thread = new SystemThread("sluice-monitor");
        ProbeLog log = new ProbeLog(thread::now);
        boolean donorsRead = settings.galeraDonors() == GaleraDonors.READ;
        JdbcProbes probes = new JdbcProbes(DriverProperties.ofProbe(settings, tls), thread::nanos, log, donorsRead);
        return new Monitor(weights, settings, thread, probes, publish, report, log);
    }

    /** What has happened to the servers so far. */
    public HistoryView history() {
        return history;
    }

    public void start() {
        thread.execute(() -> watches.values().forEach(Watch::askNow));
    }

    /** From now on it asks that often and waits for so long. Any thread. */
    public void use(MonitorSettings next) {
        thread.execute(() -> {
            if (closed || next.equals(settings)) {
                return;
            }
            settings = next;
            probes.use(next);
            watches.values().forEach(watch -> {
                watch.probe.renew();
                watch.askSoon();
            });
        });
    }

    private Watch watch(BackendAddress address) {
        Watch watch = new Watch(address, probes.probeOf(address));
        watches.put(address, watch);
        return watch;
    }

    /** From now on these are the servers, in that order. Any thread. */
    public void list(Map<BackendAddress, Integer> weights) {
        Listed listed = new Listed(weights);
        thread.execute(() -> {
            if (!closed) {
                follow(listed);
            }
        });
    }

    private void follow(Listed listed) {
        for (Watch watch : List.copyOf(watches.values())) {
            if (!listed.weights().containsKey(watch.address)) {
                watches.remove(watch.address);
                watch.close();
                log.forget(watch.address);
            }
        }
        List<Watch> added = listed.weights().keySet().stream()
                .filter(address -> !watches.containsKey(address))
                .map(this::watch)
                .toList();
        take(listed);
        added.forEach(Watch::askNow);
    }

    /**
     * The data path saw something wrong with a server: ask it at once. Any thread; cheap when called in a storm, since
     * only the first call between two probes does anything.
     */
    public void suspect(BackendAddress address, String evidence) {
        Watch watch = watches.get(address);
        if (watch != null && watch.evidence.compareAndSet(null, evidence)) {
            thread.execute(watch::heed);
        }
    }

    /** The data path had an answer then: a probe that was sent before and had none proves nothing. Any thread. */
    public void heardFrom(BackendAddress address, long nanos) {
        Watch watch = watches.get(address);
        if (watch != null) {
            watch.heardFrom(nanos);
        }
    }

    /** Asks a server at once, for no reason against it. Any thread. */
    public void ask(BackendAddress address) {
        Watch watch = watches.get(address);
        if (watch != null) {
            thread.execute(watch::askSoon);
        }
    }

    /** The address may lead to another server now: asks who is there, over a new connection. Any thread. */
    public void moved(BackendAddress address) {
        Watch watch = watches.get(address);
        if (watch != null) {
            thread.execute(() -> {
                watch.probe.renew();
                watch.askSoon();
            });
        }
    }

    @Override
    public void close() {
        thread.execute(() -> {
            closed = true;
            watches.values().forEach(Watch::close);
            thread.close();
        });
    }

    private void take(Event event) {
        boolean wasUneasy = state.isUneasy();
        Topology before = state.topology();
        String whyBefore = state.why();
        state = TopologyReducer.reduce(state, event);
        for (TopologyEvent news :
                TopologyChanges.between(before, whyBefore, state.topology(), state.why(), thread.now())) {
            LOG.info("{}", news.line());
            history.add(news);
        }
        publish.accept(state.topology());
        report.accept(WritableRivals.in(state));
        if (!wasUneasy && state.isUneasy()) {
            watches.values().forEach(Watch::askSoon);
        }
    }

    private Duration gap() {
        Duration gap = state.isUneasy() ? settings.interval().dividedBy(HASTE) : settings.interval();
        return gap.compareTo(HASTIEST_GAP) < 0 ? HASTIEST_GAP : gap;
    }

    /** One server's probe and its schedule. On the monitor's thread, but for {@code evidence} and {@code heard}. */
    private final class Watch {

        private final BackendAddress address;
        private final Probe probe;
        private final AtomicReference<@Nullable String> evidence = new AtomicReference<>();
        /** When the server last answered a command of the data path. */
        private final AtomicLong heard = new AtomicLong(thread.nanos());

        private final Set<String> grantsReported = new HashSet<>();
        private @Nullable Timer next;
        private @Nullable CompletableFuture<Observation> asked;
        private boolean askAgain;
        private long lastAskedNanos;
        private boolean everAsked;
        private boolean answered;
        private boolean gone;

        Watch(BackendAddress address, Probe probe) {
            this.address = address;
            this.probe = probe;
        }

        /** Of two loops the one may undo what the other said: by microseconds, and with its next answer it is mended. */
        private void heardFrom(long nanos) {
            if (nanos - heard.get() > HEARD_EVERY) {
                heard.lazySet(nanos);
            }
        }

        private void heed() {
            String seen = evidence.getAndSet(null);
            if (seen != null && !closed && !gone) {
                if (!state.isSuspected(address)) {
                    take(new Suspected(address, seen));
                }
                askSoon();
            }
        }

        /** At once, or as soon as the shortest gap allows. */
        private void askSoon() {
            if (asked != null) {
                askAgain = true;
                return;
            }
            Duration sinceLast = Duration.ofNanos(thread.nanos() - lastAskedNanos);
            if (!everAsked || sinceLast.compareTo(SHORTEST_GAP) >= 0) {
                askNow();
            } else {
                askIn(SHORTEST_GAP.minus(sinceLast));
            }
        }

        private void askIn(Duration delay) {
            cancelNext();
            next = thread.schedule(delay, this::askNow);
        }

        private void askNow() {
            if (closed || gone || asked != null) {
                return;
            }
            cancelNext();
            askAgain = false;
            everAsked = true;
            lastAskedNanos = thread.nanos();
            CompletableFuture<Observation> answer = probe.ask();
            asked = answer;
            next = thread.schedule(deadline(), () -> giveUp(answer));
            CompletableFuture<Observation> unused =
                    answer.whenComplete((observation, bug) -> thread.execute(() -> finish(answer, observation, bug)));
        }

        private void giveUp(CompletableFuture<Observation> answer) {
            if (asked == answer) {
                probe.abandon();
                finish(answer, failure(Kind.TIMEOUT, deadline().toMillis() + " ms"), null);
            }
        }

        /** The first probe of a fresh process also loads the driver; the sockets keep their own limits. */
        private Duration deadline() {
            return answered ? settings.timeout() : settings.timeout().multipliedBy(FIRST_PROBE_PATIENCE);
        }

        private void finish(
                CompletableFuture<Observation> answer, @Nullable Observation observation, @Nullable Throwable bug) {
            if (asked != answer || closed) {
                return;
            }
            asked = null;
            if (observation == null) {
                LOG.error("event=probe_bug server={}", address, bug);
                observation = failure(Kind.OTHER, String.valueOf(bug));
            }
            if (observation instanceof Failure silence
                    && silence.kind().isSilence()
                    && heard.get() - silence.sentNanos() > 0) {
                observation = silence.toMonitorAlone();
            }
            if (observation instanceof Answer good) {
                answered = true;
                reportGrants(good);
            }
            log.add(observation);
            try {
                take(new Observed(observation));
            } finally {
                askOn();
            }
        }

        private void askOn() {
            if (askAgain) {
                askSoon();
            } else if (asked == null) {
                long dueNanos = lastAskedNanos + gap().toNanos();
                long delay = Math.max(dueNanos - thread.nanos(), HASTIEST_GAP.toNanos());
                askIn(Duration.ofNanos(delay));
            }
        }

        private void reportGrants(Answer answer) {
            for (String grant : answer.missingGrants()) {
                if (grantsReported.add(grant)) {
                    LOG.warn("event=monitor_grant_missing server={} remedy=\"{}\"", address, grant);
                }
            }
        }

        private Failure failure(Kind kind, String detail) {
            return new Failure(address, lastAskedNanos, thread.nanos(), kind, false, detail);
        }

        private void cancelNext() {
            if (next != null) {
                next.cancel();
                next = null;
            }
        }

        private void close() {
            gone = true;
            asked = null;
            cancelNext();
            probe.close();
        }
    }
}
