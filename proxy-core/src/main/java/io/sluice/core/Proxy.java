// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.core.account.BackendAccount;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.BackendCounters;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.discovery.Discovery;
import io.sluice.core.failover.Operations;
import io.sluice.core.limit.Limit;
import io.sluice.core.log.Journals;
import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.core.monitor.CatalogueReader;
import io.sluice.core.monitor.Monitor;
import io.sluice.core.monitor.NativeDigests;
import io.sluice.core.session.CausalReads;
import io.sluice.core.session.LoopScope;
import io.sluice.core.session.Session;
import io.sluice.core.session.SessionDirectory;
import io.sluice.core.statistics.UserNames;
import io.sluice.core.trace.Traces;
import io.sluice.core.view.HistoryView;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyControl;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.RuleList;
import io.sluice.core.view.ServerControl;
import io.sluice.core.view.ServerList;
import io.sluice.core.view.SessionView;
import io.sluice.core.view.StatisticsView;
import io.sluice.core.view.UserList;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.tls.BackendTls;
import io.sluice.routing.Explanation;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.balance.Balancer;
import io.sluice.routing.catalogue.FunctionCatalogue;
import io.sluice.routing.catalogue.TableCatalogue;
import io.sluice.routing.rule.RuleMatcher;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts together and runs them. Its owner's thread starts and closes it; what {@link ProxyView} shows
 * may be asked for from any thread.
 */
public final class Proxy implements ProxyView, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

    private static final Duration NAME_INTERVAL = Duration.ofSeconds(5);
    private static final Duration READ_INTERVAL = Duration.ofSeconds(1);
    private static final Duration KEYS_AFTER = Duration.ofSeconds(5);

    private final SluiceConfig config;
    private final LiveState live = new LiveState();
    private final EachLoop eachLoop = new EachLoop(live);
    private final RsaKeySource rsaKeys;

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup acceptor;
    private final MultiThreadIoEventLoopGroup loops;
    private final BackendAddresses addresses;
    private final Monitor monitor;
    private final NativeDigests nativeDigests;
    private final FirstLook firstLook;
    private final FunctionCatalogue functions = new FunctionCatalogue();
    private final TableCatalogue tables;
    private final CatalogueReader catalogueReader;
    private final SqlParsing parsing;
    private final Rules rules;
    private final UserList users;
    private final List<Limit> limits;
    private final @Nullable Limit sourceReads;
    private final Journals journals;
    private final Traces traces;
    private final ClientFront front;
    private final @Nullable SslContext clientTls;
    private final Servers servers;
    private final Discovery discovery;
    private final Instant startedAt;
    private final ClientListeners listeners = new ClientListeners();
    private final ClientDoor door;
    private final LiveSettings settings;
    private final Succession succession;
    private final Operations operations;
    private final WriteProof writeProof;
    private volatile boolean listening;

    /**
     * Starts the parts but lets nobody in yet.
     *
     * @param metrics counts what happens
     * @param nanos the monotonic clock of everything that measures time
     * @param random makes a generator for each event loop and one for scrambles; those must be secure
     * @throws IOException if certificates cannot be read or made
     */
    public Proxy(
            SluiceConfig config,
            ProxyMetrics metrics,
            Instant startedAt,
            LongSupplier nanos,
            Function<String, RandomGenerator> random)
            throws IOException {
        this.config = config;
        this.startedAt = startedAt;
        rsaKeys = RsaKeySource.kept(config.dataDir());
        int threads = config.mysql().threads() == 0
                ? Runtime.getRuntime().availableProcessors()
                : config.mysql().threads();
        BackendTls tls = TlsFiles.backendTls(config.backend());
        clientTls = TlsFiles.clientTls(config);
        nativeDigests = nativeDigests();
        tables = config.routing().tellsTablesApart() ? new TableCatalogue() : TableCatalogue.OFF;
        catalogueReader = catalogueReader();
        SessionDirectory directory =
                new SessionDirectory(random.apply("session ids").nextLong());
        firstLook = new FirstLook(this::readAccounts);
        journals = Journals.open(config.log());
        traces = Traces.open(config.tracing());
        front = new ClientFront(
                config, clientTls, rsaKeys, live, firstLook.taken(), metrics, directory, nativeDigests, nanos);
        front.write(journals.clientLog());
        door = new ClientDoor(front, listeners, eachLoop, directory);
        servers = new Servers(config.servers(), config.pool().maxConnections(), threads);
        transport = Transport.of(config.mysql().transport());
        acceptor = transport.loops(1, "sluice-accept");
        loops = transport.loops(threads, "sluice-loop");
        succession = new Succession(config, transport, acceptor, listeners);
        addresses = new BackendAddresses(servers.weights().keySet(), NAME_INTERVAL);
        monitor = monitor();
        addresses.onMove(this::moved);
        servers.onChange(weights -> addresses.follow(weights.keySet(), () -> monitor.list(servers.weights())));
        discovery = Discovery.overJdbc(
                config.discovery(),
                servers,
                live::observed,
                config.monitor(),
                config.backend().tls());
        operations = new Operations(
                new ProxyGate(live, monitor, eachLoop),
                config.failover(),
                config.monitor(),
                config.backend().tls(),
                metrics::fenced);
        parsing = new SqlParsing(config.routing().parserCache());
        rules = new Rules(config.rules(), config.allHostgroups(), eachLoop);
        users = new ListedUsers(config, front.accounts(), rules);
        limits = config.limits().stream()
                .map(settings -> new Limit(settings, nanos))
                .toList();
        sourceReads = config.routing().sourceReads() == 0 ? null : new Limit(config.sourceReads(), nanos);
        NettyConnector connector = new NettyConnector(transport, addresses, tls, config.backend());
        settings = new LiveSettings(config, eachLoop, front, monitor, connector, limits, sourceReads);
        DataPathEvents events = new DataPathEvents(metrics, monitor);
        CausalReads causalReads = CausalReads.of(config.routing().causalReads(), nanos.getAsLong())
                .byTable(tables);
        List<LoopScope> scopes = new ArrayList<>();
        for (EventExecutor executor : loops) {
            EventLoop loop = (EventLoop) executor;
            scopes.add(new LoopScope(
                    loop,
                    live::topology,
                    busy -> new Router(routingSettings(), new Balancer(random.apply("routing"), busy, preferences())),
                    address -> pool(address, loop, connector, nanos),
                    connector,
                    BackendAccount.of(config.monitor()),
                    directory,
                    new StatementClassifier(StatementClassifier.CACHED_STATEMENTS_DEFAULT, parsing.structures()),
                    new RuleMatcher(rules.set()),
                    causalReads,
                    functions,
                    settings.ofSessions(),
                    events,
                    nanos));
        }
        writeProof = new WriteProof(config, live::observed, scopes, nanos);
        UserNames users = new UserNames(config.http().maxUsers(), config.userNames());
        scopes.forEach(scope -> scope.count(config.admin(), users));
        scopes.forEach(scope -> scope.write(journals.queryLog(), traces.forLoop()));
        live.setScopes(scopes);
        front.setRandom(random.apply("scrambles"));
    }

    private void moved(BackendAddress address) {
        live.outdate(address);
        monitor.moved(address);
        nativeDigests.renew();
        catalogueReader.renew();
    }

    private Monitor monitor() {
        Consumer<Topology> publish = topology -> {
            live.publish(topology);
            firstLook.take(topology);
        };
        return Monitor.overJdbc(
                servers.weights(), config.monitor(), config.backend().tls(), publish, seen -> operations.rivals(seen));
    }

    private CompletableFuture<?> readAccounts() {
        boolean wanted =
                config.authentication().passthrough() && config.authentication().readDigests();
        return wanted ? nativeDigests.start() : CompletableFuture.completedFuture(null);
    }

    private NativeDigests nativeDigests() {
        Duration recheck = config.authentication().recheck();
        return new NativeDigests(
                config.monitor(),
                config.backend().tls(),
                recheck.compareTo(READ_INTERVAL) < 0 ? READ_INTERVAL : recheck,
                config.authentication().maxCached(),
                () -> live.topology().source().map(Member::address).orElse(null));
    }

    private CatalogueReader catalogueReader() {
        return new CatalogueReader(
                config.monitor(),
                config.backend().tls(),
                config.routing().catalogueInterval(),
                () -> live.topology().source().map(Member::address).orElse(null),
                functions,
                tables);
    }

    private RoutingSettings routingSettings() {
        return new RoutingSettings(
                config.monitor().maxLag(), true, config.routing().replicaTransactions());
    }

    private Balancer.Preferences preferences() {
        return new Balancer.Preferences(this::isRemote, config.routing().slowStart());
    }

    private boolean isRemote(BackendAddress address) {
        Servers.Server server = servers.get(address);
        String here = config.routing().zone();
        String there = server == null ? "" : server.settings().zone();
        return !here.isEmpty() && !there.isEmpty() && !there.equals(here);
    }

    private BackendPool pool(BackendAddress address, EventLoop loop, BackendConnector connector, LongSupplier nanos) {
        Servers.Server known = servers.get(address);
        Servers.Server server = known == null ? servers.stranger(address) : known;
        BackendPool pool = new BackendPool(
                address, loop, server.permits(), settings.ofPools(), connector, server.counters(), nanos);
        if (known == null) {
            pool.retire(); // somebody acts on an older topology
        }
        return pool;
    }

    /** Starts to watch the servers; fails if {@link #takeOver} is to follow, and there is nobody to take over from. */
    public void watch(boolean takeover) throws IOException {
        if (takeover) {
            succession.refuseIfImpossible();
        }
        monitor.start();
        discovery.start();
        firstLook.begin();
        catalogueReader.start();
        live.scopes().forEach(LoopScope::start);
    }

    /**
     * Lets clients in.
     *
     * @throws IOException if an address to listen on cannot be had; the message names it
     */
    public void listen() throws IOException {
        listen(Map.of());
    }

    /** Once the servers are known, lets clients in by the sockets of the Sluice that runs with the same data_dir. */
    public void takeOver() throws IOException {
        firstLook.taken().join();
        succession.takeOver(this::listen);
    }

    /**
     * Offers the clients' sockets to a Sluice that is started with --takeover.
     *
     * @param alsoRelease closes what else it listens on
     * @return done when another one has taken over
     */
    public CompletionStage<Void> offer(Runnable alsoRelease) {
        return succession.offer(() -> {
            listening = false;
            alsoRelease.run();
        });
    }

    /** Another process has taken over: lets clients go as they are idle, and all at the limit. Blocks. */
    public void retire(Duration limit) {
        new Retirement(eachLoop, front).idle(limit);
    }

    private void listen(Map<String, FileDescriptor> inherited) throws IOException {
        front.open();
        listeners.open(front.bootstrap(acceptor, loops), config.mysql(), transport, inherited);
        listening = true;
        acceptor.schedule(this::makeRsaKeys, KEYS_AFTER.toSeconds(), TimeUnit.SECONDS);
        LOG.info(
                "event=listening mysql={} transport={} threads={}",
                addresses(),
                transport.name(),
                live.scopes().size());
    }

    /** What clients are shown; null if TLS is switched off. */
    public @Nullable SslContext clientTls() {
        return clientTls;
    }

    /** Before a client without TLS asks for them, but not while the start has better things to do. */
    private void makeRsaKeys() {
        rsaKeys.get().exceptionally(failure -> {
            LOG.warn("rsa_keys_failed=\"{}\"", failure.getMessage());
            return null;
        });
    }

    /** For another port of this process. */
    public RsaKeySource rsaKeys() {
        return rsaKeys;
    }

    /** Where clients connect, as logs show it; the ports are real ones also where the configuration said 0. */
    public String addresses() {
        return listeners.toString();
    }

    @Override
    public void close() {
        front.shut();
        listeners.close();
        succession.close();
        discovery.close();
        monitor.close();
        nativeDigests.close();
        operations.close();
        writeProof.close();
        catalogueReader.close();
        addresses.close();
        parsing.close();
        acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        journals.close();
        traces.close();
    }

    // ---- the view

    @Override
    public Topology topology() {
        return live.topology();
    }

    @Override
    public List<SessionView> sessions() {
        List<SessionView> all = new ArrayList<>();
        for (List<SessionView> some : eachLoop.ask(
                scope -> scope.sessions().stream().map(Session::view).toList())) {
            all.addAll(some);
        }
        return all;
    }

    @Override
    public List<PoolView> pools() {
        return servers.pools(this::slowness);
    }

    /** In the eyes of the event loop that thinks worst of it; a loop may be about to change its mind. */
    private double slowness(BackendAddress address) {
        return live.scopes().stream()
                .mapToDouble(scope -> scope.slowness(address))
                .max()
                .orElse(1);
    }

    @Override
    public Explanation explain(String sql) {
        return new Explainer(parsing, rules, functions, routingSettings()).explain(sql, live.topology());
    }

    /** What the data path has counted. */
    public StatisticsView statistics() {
        return new AllStatistics(eachLoop, config.admin(), journals, traces);
    }

    /** What an operator may do to clients. */
    public ProxyControl clients() {
        return door;
    }

    /** Takes the settings that can change, whenever some have. */
    public Consumer<SluiceConfig> settings() {
        return settings;
    }

    /** What an operator may do to servers. */
    public ServerControl serverControl() {
        return operations;
    }

    /** Which rules there are, and how that is changed. */
    public RuleList rules() {
        return rules;
    }

    /** Which users are listed, and how that is changed. */
    public UserList users() {
        return users;
    }

    /** Those on statements, for metrics. */
    public List<Limit> limits() {
        return Stream.concat(limits.stream(), Stream.ofNullable(sourceReads)).toList();
    }

    /** What the parser has found, for metrics; empty if nothing is parsed. */
    public Optional<Structures> structures() {
        return Optional.ofNullable(parsing.structures());
    }

    /** Which servers there are, and how that is changed. */
    public ServerList servers() {
        return servers;
    }

    /** The counters of a server's connections, for metrics; null for one that is not there any more. */
    public @Nullable BackendCounters counters(BackendAddress address) {
        Servers.Server server = servers.get(address);
        return server == null ? null : server.counters();
    }

    @Override
    public HistoryView history() {
        return monitor.history();
    }

    @Override
    public boolean accepting() {
        return listening && front.isOpen();
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public int clientCount() {
        return front.clientCount();
    }
}
