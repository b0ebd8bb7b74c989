// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.channel.EventLoop;
import io.sluice.core.account.BackendAccount;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.PoolLimits;
import io.sluice.core.config.AdminSettings;
import io.sluice.core.config.LogSettings;
import io.sluice.core.log.QueryLog;
import io.sluice.core.statistics.DecisionLog;
import io.sluice.core.statistics.LoopDelay;
import io.sluice.core.statistics.LoopStatistics;
import io.sluice.core.statistics.UserNames;
import io.sluice.core.trace.LoopTraces;
import io.sluice.core.view.OpenWork;
import io.sluice.routing.Router;
import io.sluice.routing.catalogue.FunctionCatalogue;
import io.sluice.routing.rule.RuleMatcher;
import io.sluice.routing.rule.RuleSet;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of one event loop share: pools, classifier, router, and the sets of those that wait. Confined to
 * the loop, but for {@link #hasHeld}.
 */
public final class LoopScope {
    /** SQL beyond this many bytes is not classified: it goes to the source. */
    static final int MAX_CLASSIFIED_BYTES = 1 << 20;

    private static final long TICK_MILLIS = 50;
    /** How long a server that refused us counts as offline, unless the monitor reaches it first. */
    private static final long SHUNNED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final Supplier<Topology> live;
    private final Router router;
    private final Function<BackendAddress, BackendPool> newPool;
    private final BackendConnector connector;
    private final BackendAccount monitor;
    private final SessionDirectory directory;
    private final StatementClassifier classifier;
    private RuleMatcher rules;
    private final CausalReads causalReads;
    private final FunctionCatalogue functions;
    private SessionLimits limits;
    private final SessionEvents events;
    private final LongSupplier nanos;

    private final Map<BackendAddress, BackendPool> pools = new HashMap<>();
    /** Of servers that are no longer there, for as long as somebody has a connection. */
    private final Set<BackendPool> retired = new HashSet<>();

    private final Set<Session> sessions = new HashSet<>();
    private final LinkedHashSet<Wait> held = new LinkedHashSet<>();
    private final LinkedHashSet<Wait> waiting = new LinkedHashSet<>();
    private final Map<BackendAddress, Long> shunned = new HashMap<>();
    private final Set<String> foundRows = new HashSet<>();
    private WriteSlots writeSlots = WriteSlots.off();
    private LoopStatistics statistics;
    private final LoopDelay delay;
    private QueryLog queryLog = QueryLog.off();
    private LoopTraces traces = LoopTraces.off();
    private byte[] scratch = new byte[4096];
    private Topology base = Topology.EMPTY;
    private Topology effective = Topology.EMPTY;
    private boolean ticking;
    /** Read by the thread that publishes topologies. */
    private volatile int heldCount;

    /**
     * @param newRouter is told how many commands this loop has under way at a server
     * @param newPool makes the pool of a server; a retired one if the server is not there any more
     */
    public LoopScope(
            EventLoop loop,
            Supplier<Topology> live,
            Function<ToIntFunction<BackendAddress>, Router> newRouter,
            Function<BackendAddress, BackendPool> newPool,
            BackendConnector connector,
            BackendAccount monitor,
            SessionDirectory directory,
            StatementClassifier classifier,
            RuleMatcher rules,
            CausalReads causalReads,
            FunctionCatalogue functions,
            SessionLimits limits,
            SessionEvents events,
            LongSupplier nanos) {
        this.loop = loop;
        this.live = live;
        this.router = newRouter.apply(this::busy);
        this.newPool = newPool;
        this.connector = connector;
        this.monitor = monitor;
        this.directory = directory;
        this.classifier = classifier;
        this.rules = rules;
        this.causalReads = causalReads;
        this.functions = functions;
        this.limits = limits;
        this.events = events;
        this.nanos = nanos;
        this.statistics = new LoopStatistics(0, rules.hostgroups(), new UserNames(0, List.of()), new DecisionLog(0, 1));
        this.delay = new LoopDelay(nanos);
    }

    /** Any thread: whether {@link #topologyChanged} would find somebody to serve. */
    public boolean hasHeld() {
        return heldCount > 0;
    }

    /** Any thread: how many commands wait for a source. */
    public int heldCount() {
        return heldCount;
    }

    public EventLoop loop() {
        return loop;
    }

    /** A new topology is out: those who wait for a source try again. On the loop. */
    public void topologyChanged() {
        assert loop.inEventLoop();
        for (Wait wait : List.copyOf(held)) {
            wait.topologyChanged();
        }
    }

    /** Ends all that is open at a server; the clients are told why. On the loop. */
    public void abandon(BackendAddress address, String why) {
        abandon(address, connection -> true, why);
    }

    /** Ends what waits for the first byte of a response there: it had better ask another. On the loop. */
    public void abandonUnanswered(BackendAddress address, String why) {
        abandon(address, connection -> connection.scanner().isUntouched(), why);
    }

    private void abandon(BackendAddress address, Predicate<BackendConnection> which, String why) {
        BackendPool pool = pools.get(address);
        if (pool != null) {
            pool.abandon(which, why);
        }
        for (BackendPool old : retired) {
            if (old.address().equals(address)) {
                old.abandon(which, why);
            }
        }
    }

    /** The server is no longer there: nothing is kept for it but what sessions have, until they give it back. On the loop. */
    public void retire(BackendAddress address) {
        BackendPool pool = pools.remove(address);
        if (pool != null) {
            pool.retire();
            retired.add(pool);
        }
        shunned.remove(address);
        statistics.forget(address);
    }

    /** Whether that server is known to replicate from another one. */
    boolean isReplica(BackendAddress address) {
        return topology()
                .member(address)
                .filter(member -> member.role() == Role.REPLICA)
                .isPresent();
    }

    /** The topology that routing goes by: the monitor's, less the servers that just refused this loop. */
    @SuppressWarnings("ReferenceEquality") // a new snapshot is a new object
    Topology topology() {
        Topology now = live.get();
        if (now != base) {
            base = now;
            effective = shunned.isEmpty() ? now : withoutShunned(now);
        }
        return effective;
    }

    /** This loop could not connect, or was refused as by a replica: until the monitor knows better, stay away. */
    void shun(BackendAddress address, String evidence) {
        shunned.put(address, nanos.getAsLong());
        base = Topology.EMPTY;
        events.suspect(address, evidence);
        tickLater();
    }

    private Topology withoutShunned(Topology now) {
        List<Member> members = new ArrayList<>(now.members());
        boolean changed = false;
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            Long since = shunned.get(member.address());
            if (since == null) {
                continue;
            }
            boolean seenSince = member.online() && member.observedAtNanos() - since > 0;
            if (seenSince || nanos.getAsLong() - since > SHUNNED_NANOS) {
                shunned.remove(member.address());
            } else if (member.online()) {
                members.set(i, member.offline("refused a connection"));
                changed = true;
            }
        }
        return changed ? new Topology(now.version(), members, now.note()) : now;
    }

    BackendPool pool(BackendAddress address) {
        BackendPool pool = pools.get(address);
        if (pool == null) {
            pool = newPool.apply(address);
            if (pool.isRetired()) {
                retired.add(pool);
            } else {
                pools.put(address, pool);
            }
        }
        return pool;
    }

    /** How many times as long as the others a server takes, to this loop; may be asked from any thread, as a hint. */
    public double slowness(BackendAddress address) {
        return router.slowness(address);
    }

    private int busy(BackendAddress address) {
        BackendPool pool = pools.get(address);
        return pool == null ? 0 : pool.busy();
    }

    /** What this loop's sessions would lose with that server. On the loop. */
    public List<OpenWork> openWorkAt(BackendAddress server) {
        return sessions.stream()
                .map(session -> session.openWorkAt(server))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Closes what is idle at a server that is not what it was; sessions keep what they hold. On the loop. */
    public void outdate(BackendAddress server) {
        BackendPool pool = pools.get(server);
        if (pool != null) {
            pool.outdate();
        }
    }

    /** Connections opened so far lack what servers give to new ones; sessions keep those they hold. */
    void outdateConnections() {
        topology().members().forEach(member -> pool(member.address()).outdate());
    }

    /** A place to copy SQL to, at least this long; valid until the next call. */
    byte[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new byte[Math.max(length, scratch.length * 2)];
        }
        return scratch;
    }

    /** The users who have asked for FOUND_ROWS(): after their reads the connection lingers. */
    Set<String> foundRows() {
        return foundRows;
    }

    /** Keeps a command until there is a source; false if too many wait already. */
    boolean hold(Wait wait) {
        if (held.size() >= limits.maxHeld() && !held.contains(wait)) {
            return false;
        }
        held.add(wait);
        heldCount = held.size();
        tickLater();
        return true;
    }

    void awaitLease(Wait wait) {
        waiting.add(wait);
        tickLater();
    }

    void stopWaiting(Wait wait) {
        waiting.remove(wait);
        if (held.remove(wait)) {
            heldCount = held.size();
        }
    }

    private void tickLater() {
        if (!ticking) {
            ticking = true;
            loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Ends waits that are over; runs only while somebody waits. */
    private void tick() {
        ticking = false;
        long now = nanos.getAsLong();
        expire(held, now);
        expire(waiting, now);
        if (!shunned.isEmpty()) {
            shunned.values().removeIf(since -> now - since > SHUNNED_NANOS);
            base = Topology.EMPTY;
            topologyChanged();
        }
        if (!held.isEmpty() || !waiting.isEmpty() || !shunned.isEmpty()) {
            tickLater();
        }
    }

    private static void expire(Set<Wait> waits, long now) {
        List<Wait> over = new ArrayList<>();
        for (Wait wait : waits) {
            // All of them: those that were held, tried and are held again are not in the order of their deadlines.
            if (wait.deadlineNanos() - now <= 0) {
                over.add(wait);
            }
        }
        over.forEach(Wait::tooLong);
    }

    /** From now on, the loop does what is to be done regularly. */
    public void start() {
        loop.scheduleAtFixedRate(this::tidy, 1, 1, TimeUnit.SECONDS);
        delay.watch(loop);
    }

    /** Sends idle clients away and closes idle connections. Called about once a second on the loop. */
    void tidy() {
        long now = nanos.getAsLong();
        writeSlots.tidy(now);
        pools.values().forEach(BackendPool::tidy);
        retired.removeIf(BackendPool::isEmpty);
        for (Session session : List.copyOf(sessions)) {
            session.closeIfSilent();
        }
    }

    void add(Session session) {
        sessions.add(session);
        directory.add(session);
    }

    void remove(Session session) {
        sessions.remove(session);
        directory.remove(session);
    }

    public Collection<Session> sessions() {
        return sessions;
    }

    public Collection<BackendPool> pools() {
        return pools.values();
    }

    /** From now on, interrupted writes are verified. Before the first session. */
    public void verifyWrites(WriteSlots slots) {
        writeSlots = slots;
    }

    /** From now on, so many digests and decisions are kept, and users told apart. Before the first session. */
    public void count(AdminSettings kept, UserNames users) {
        DecisionLog decisions = new DecisionLog(kept.maxDecisions(), kept.decisionsOneIn());
        statistics = new LoopStatistics(kept.maxDigests(), rules.hostgroups(), users, decisions);
    }

    /** From now on, statements are written and traced there. Before the first session. */
    public void write(QueryLog log, LoopTraces spans) {
        queryLog = log;
        traces = spans;
    }

    LoopTraces traces() {
        return traces;
    }

    QueryLog queryLog() {
        return queryLog;
    }

    /** What this loop has counted. On the loop, but for what says otherwise. */
    public LoopStatistics statistics() {
        return statistics;
    }

    /** How late this loop is. Any thread. */
    public LoopDelay delay() {
        return delay;
    }

    WriteSlots writeSlots() {
        return writeSlots;
    }

    StatementClassifier classifier() {
        return classifier;
    }

    /** Rules that take the place of those before. On the loop. */
    public void use(RuleSet next) {
        assert loop.inEventLoop();
        rules = new RuleMatcher(next);
        statistics.use(next.hostgroups());
    }

    /** Limits that take the place of those before. On the loop. */
    public void use(SessionLimits next, PoolLimits ofPools, LogSettings.Queries written) {
        assert loop.inEventLoop();
        limits = next;
        pools.values().forEach(pool -> pool.use(ofPools));
        queryLog.use(written);
    }

    /** Those of now; others are another object. */
    RuleMatcher rules() {
        return rules;
    }

    CausalReads causalReads() {
        return causalReads;
    }

    /** The stored functions of the servers, as far as they are known to read only. */
    FunctionCatalogue functions() {
        return functions;
    }

    Router router() {
        return router;
    }

    /** For what cannot wait for a connection of a pool. */
    BackendConnector connector() {
        return connector;
    }

    /** The same connection as the monitor's account. */
    PoolKey monitorsKey(PoolKey like) {
        return new PoolKey(monitor, like.shape(), like.collation());
    }

    /** The sessions of all loops. */
    SessionDirectory directory() {
        return directory;
    }

    SessionLimits limits() {
        return limits;
    }

    SessionEvents events() {
        return events;
    }

    /** The monotonic clock that everything here goes by. Any thread. */
    public long now() {
        return nanos.getAsLong();
    }

    long nanos() {
        return nanos.getAsLong();
    }

    @Nullable
    Member source() {
        return topology().source().orElse(null);
    }
}
