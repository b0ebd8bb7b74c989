// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.core.account.BackendAccount;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.BackendCounters;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.Permits;
import io.sluice.core.backend.PoolLimits;
import io.sluice.core.config.HostgroupSettings;
import io.sluice.core.config.MonitorSettings;
import io.sluice.core.config.RouterSettings;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.core.monitor.Monitor;
import io.sluice.core.monitor.NativeDigests;
import io.sluice.core.session.CausalReads;
import io.sluice.core.session.LoopScope;
import io.sluice.core.session.Session;
import io.sluice.core.session.SessionDirectory;
import io.sluice.core.session.SessionLimits;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyControl;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.SessionView;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.tls.BackendTls;
import io.sluice.routing.Explanation;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.balance.Balancer;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleMatcher;
import io.sluice.routing.rule.RuleSet;
import io.sluice.routing.rule.RuleSubject;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts together and runs them. Its owner's thread starts, drains and closes it; what {@link ProxyView} shows
 * may be asked for from any thread.
 */
public final class Proxy implements ProxyView, ProxyControl, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

    private static final Duration NAME_INTERVAL = Duration.ofSeconds(5);
    private static final Duration READ_INTERVAL = Duration.ofSeconds(1);
    private static final Duration KEYS_AFTER = Duration.ofSeconds(5);
    /** Statements that an explanation caches: the one it is about, in the smallest cache there is. */
    private static final int EXPLAINED = 4;

    private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(2);

    private final SluiceConfig config;
    private final LiveState live = new LiveState();
    private final RsaKeySource rsaKeys;

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup acceptor;
    private final MultiThreadIoEventLoopGroup loops;
    private final BackendAddresses addresses;
    private final Monitor monitor;
    private final NativeDigests nativeDigests;
    private final SqlParsing parsing;
    private final RuleSet rules;
    private final ClientFront front;
    private final @Nullable SslContext clientTls;
    private final Map<BackendAddress, Permits> permits = new LinkedHashMap<>();
    private final Map<BackendAddress, BackendCounters> counters = new LinkedHashMap<>();
    private final Instant startedAt;
    private final ClientListeners listeners = new ClientListeners();
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
        SessionDirectory directory =
                new SessionDirectory(random.apply("session ids").nextLong());
        front = new ClientFront(config, clientTls, rsaKeys, live, metrics, directory, nativeDigests, nanos);
        for (ServerSettings server : config.servers()) {
            permits.put(server.address(), new Permits(server.maxConnections(), threads));
            counters.put(server.address(), new BackendCounters());
        }
        transport = Transport.of(config.mysql().transport());
        acceptor = transport.loops(1, "sluice-accept");
        loops = transport.loops(threads, "sluice-loop");
        addresses = new BackendAddresses(List.copyOf(permits.keySet()), NAME_INTERVAL);
        monitor = monitor();
        parsing = new SqlParsing(config.routing().parserCache());
        rules = new RuleSet(
                config.rules(),
                new Hostgroups(
                        config.hostgroups().stream()
                                .map(HostgroupSettings::hostgroup)
                                .toList(),
                        config.defaultHostgroups()));
        BackendConnector connector = new NettyConnector(transport, addresses, tls, config.backend());
        DataPathEvents events = new DataPathEvents(metrics, monitor);
        CausalReads causalReads = causalReads(config.routing().causalReads(), nanos.getAsLong());
        List<LoopScope> scopes = new ArrayList<>();
        for (EventExecutor executor : loops) {
            EventLoop loop = (EventLoop) executor;
            scopes.add(new LoopScope(
                    loop,
                    live::topology,
                    busy -> new Router(routingSettings(), new Balancer(random.apply("routing"), busy, preferences())),
                    address -> pool(address, loop, connector, nanos),
                    connector,
                    monitorAccount(),
                    directory,
                    new StatementClassifier(StatementClassifier.CACHED_STATEMENTS_DEFAULT, parsing.structures()),
                    new RuleMatcher(rules),
                    causalReads,
                    limits(),
                    events,
                    nanos));
        }
        live.setScopes(scopes);
        front.setRandom(random.apply("scrambles"));
    }

    private Monitor monitor() {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        config.servers().forEach(server -> weights.put(server.address(), server.weight()));
        return Monitor.overJdbc(weights, config.monitor(), config.backend().tls(), live::publish);
    }

    private BackendAccount monitorAccount() {
        MonitorSettings settings = config.monitor();
        return new BackendAccount(
                settings.user(), Password.of(settings.password().reveal()));
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

    private RoutingSettings routingSettings() {
        return new RoutingSettings(
                config.monitor().maxLag(), true, config.routing().replicaTransactions());
    }

    private Balancer.Preferences preferences() {
        String here = config.routing().zone();
        Set<BackendAddress> remote = config.servers().stream()
                .filter(server -> !here.isEmpty()
                        && !server.zone().isEmpty()
                        && !server.zone().equals(here))
                .map(ServerSettings::address)
                .collect(Collectors.toUnmodifiableSet());
        return new Balancer.Preferences(remote, config.routing().slowStart());
    }

    private SessionLimits limits() {
        return new SessionLimits(
                config.mysql().maxCommandBytes(),
                config.mysql().maxPreparedStatements(),
                config.pool().acquireTimeout(),
                config.failover().hold(),
                config.failover().maxHeld(),
                config.mysql().idleTimeout(),
                config.routing().causalWait());
    }

    private static CausalReads causalReads(RouterSettings.CausalReads whose, long nowNanos) {
        return switch (whose) {
            case OFF -> CausalReads.off();
            case SESSION -> CausalReads.session();
            case USER -> CausalReads.user(nowNanos);
            case GLOBAL -> CausalReads.global(nowNanos);
        };
    }

    private BackendPool pool(BackendAddress address, EventLoop loop, BackendConnector connector, LongSupplier nanos) {
        PoolLimits poolLimits = new PoolLimits(
                config.pool().maxWaiters(),
                config.pool().maxIdleTime(),
                config.pool().maxAge(),
                config.pool().maxPreparedStatements(),
                config.backend().connectTimeout());
        return new BackendPool(
                address, loop, of(address, permits), poolLimits, connector, of(address, counters), nanos);
    }

    /** The map has every configured server, and no other address is asked for. */
    private static <T> T of(BackendAddress address, Map<BackendAddress, T> configured) {
        return Objects.requireNonNull(configured.get(address), () -> "not a configured server: " + address);
    }

    /**
     * Starts to watch the servers and lets clients in.
     *
     * @throws IOException if an address to listen on cannot be had; the message names it
     */
    public void start() throws IOException {
        monitor.start();
        if (config.authentication().passthrough() && config.authentication().readDigests()) {
            nativeDigests.start();
        }
        for (LoopScope scope : live.scopes()) {
            scope.loop().scheduleAtFixedRate(scope::tidy, 1, 1, TimeUnit.SECONDS);
        }
        Map<EventLoop, LoopScope> byLoop = new LinkedHashMap<>();
        live.scopes().forEach(scope -> byLoop.put(scope.loop(), scope));
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(acceptor, loops)
                .option(ChannelOption.SO_BACKLOG, config.mysql().maxClientBacklog())
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(
                                config.mysql().writeBufferLow(), config.mysql().writeBufferHigh()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        LoopScope scope = Objects.requireNonNull(byLoop.get(channel.eventLoop()));
                        front.accept(channel, scope);
                    }
                });
        front.open();
        listeners.open(bootstrap, config.mysql(), transport);
        listening = true;
        acceptor.schedule(this::makeRsaKeys, KEYS_AFTER.toSeconds(), TimeUnit.SECONDS);
        LOG.info("event=listening mysql={} transport={} threads={}", addresses(), transport.name(), byLoop.size());
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
    public void drain(Duration limit) {
        front.shut();
        listeners.close();
        LOG.info("event=draining clients={} deadline_ms={}", front.clientCount(), limit.toMillis());
        onEachLoop(scope -> {
            List.copyOf(scope.sessions()).forEach(Session::drain);
            return true;
        });
        front.awaitNoClients(limit);
        int left = front.clientCount();
        onEachLoop(scope -> {
            List.copyOf(scope.sessions()).forEach(Session::closeNow);
            return true;
        });
        LOG.info("event=drained clients_closed={}", left);
    }

    @Override
    public void close() {
        front.shut();
        listeners.close();
        monitor.close();
        nativeDigests.close();
        addresses.close();
        parsing.close();
        acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    // ---- the view

    @Override
    public Topology topology() {
        return live.topology();
    }

    @Override
    public List<SessionView> sessions() {
        List<SessionView> all = new ArrayList<>();
        for (List<SessionView> some :
                onEachLoop(scope -> scope.sessions().stream().map(Session::view).toList())) {
            all.addAll(some);
        }
        return all;
    }

    @Override
    public List<PoolView> pools() {
        List<PoolView> views = new ArrayList<>();
        permits.forEach((address, permitted) -> {
            BackendCounters counted = of(address, counters);
            views.add(new PoolView(
                    address,
                    permitted.limit(),
                    permitted.used(),
                    counted.leased.intValue(),
                    counted.waiting.intValue(),
                    counted.opened.sum(),
                    counted.closed.sum(),
                    counted.resets.sum(),
                    slowness(address)));
        });
        return views;
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
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        StatementClassifier classifier = new StatementClassifier(EXPLAINED, parsing.structures());
        Statement statement = classifier.classify(text, 0, text.length, LexContext.DEFAULT);
        Verdict verdict = new RuleMatcher(rules).of(RuleSubject.NOBODY).judge(null, statement, text);
        Direction direction = rules.hostgroups().direct(classifier.hints(), verdict.direction());
        return new Router(routingSettings(), new SplittableRandom())
                .explain(RouteRequest.ofNewSession(statement).directed(direction), live.topology());
    }

    /** The rules there are, for metrics. */
    public List<Rule> rules() {
        return rules.rules();
    }

    /** What the parser has found, for metrics; empty if nothing is parsed. */
    public Optional<Structures> structures() {
        return Optional.ofNullable(parsing.structures());
    }

    /** The counters of each server's connections, for metrics. */
    public Map<BackendAddress, BackendCounters> counters() {
        return Map.copyOf(counters);
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

    /** Asks every event loop; one that does not answer in time is left out, and said so. */
    private <T> List<T> onEachLoop(Function<LoopScope, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (LoopScope scope : live.scopes()) {
            answers.add(CompletableFuture.supplyAsync(() -> question.apply(scope), scope.loop()));
        }
        List<T> all = new ArrayList<>();
        for (CompletableFuture<T> answer : answers) {
            try {
                all.add(answer.get(LOOK_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                LOG.warn("event=loop_silent waited_ms={}", LOOK_TIMEOUT.toMillis());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return all;
            }
        }
        return all;
    }
}
