// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.sluice.core.account.BackendAccount;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.BackendCounters;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.FakeServer;
import io.sluice.core.backend.Permits;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.PoolLimits;
import io.sluice.core.backend.TestLoop;
import io.sluice.core.config.LimitSettings;
import io.sluice.core.limit.Limit;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.auth.Password;
import io.sluice.routing.Reason;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.catalogue.FunctionCatalogue;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleMatcher;
import io.sluice.routing.rule.RuleSet;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.ServerVersion;
import io.sluice.routing.topology.Topology;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A source, two replicas, and sessions between them and their clients, all on one {@link TestLoop}. */
final class SessionBench implements SessionEvents, AutoCloseable {
    static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(2);
    static final Duration HOLD = Duration.ofSeconds(5);
    static final Duration SETUP_TIMEOUT = Duration.ofMillis(300);
    static final int MAX_HELD = 3;
    /** Of users who have their own. */
    static final Map<String, Duration> HOLDS = Map.of("hasty", Duration.ZERO, "patient", HOLD.multipliedBy(2));

    private static final String SOURCE_READS = "source reads";
    private static final Password PASSWORD = Password.of("secret");

    final TestLoop loop = new TestLoop();
    final FakeServer source = new FakeServer(loop, "source");
    final FakeServer replica1 = new FakeServer(loop, "replica1");
    final FakeServer replica2 = new FakeServer(loop, "replica2");
    final List<String> suspected = new ArrayList<>();
    final List<String> heard = new ArrayList<>();
    final List<String> evidence = new ArrayList<>();
    final List<Integer> ownErrors = new ArrayList<>();
    final List<String> mispredictions = new ArrayList<>();
    final List<Reason> reasons = new ArrayList<>();
    final List<Boolean> waits = new ArrayList<>();
    final List<Boolean> replays = new ArrayList<>();
    final FunctionCatalogue functions = new FunctionCatalogue();

    final List<Limit> limits;

    private final LocalAddress front = new LocalAddress(SessionBench.class);
    private final Map<BackendAddress, BackendCounters> counters = new HashMap<>();
    private final Map<BackendAddress, Permits> permits = new HashMap<>();
    private final List<Channel> clients = new ArrayList<>();
    private final LoopScope scope;
    private Topology topology = Topology.EMPTY;
    int refusedAccounts;
    private @Nullable Session lastSession;
    private Capabilities capabilities = new Capabilities(Capabilities.CLIENT_PROTOCOL_41
            | Capabilities.CLIENT_DEPRECATE_EOF
            | Capabilities.CLIENT_MULTI_STATEMENTS
            | Capabilities.CLIENT_LOCAL_FILES);
    private @Nullable String schema;
    private String user = "user";
    private @Nullable String backendUser;
    private long nextId;

    SessionBench(int connectionsPerServer, int maxPreparedPerConnection) {
        this(connectionsPerServer, maxPreparedPerConnection, 100);
    }

    SessionBench(int connectionsPerServer, int maxPreparedPerConnection, int maxWaiters) {
        this(
                connectionsPerServer,
                maxPreparedPerConnection,
                maxWaiters,
                CausalReads.session(),
                Duration.ZERO,
                0,
                List.of());
    }

    /** Reads may wait on replicas. */
    SessionBench(CausalReads causalReads, Duration causalWait) {
        this(4, 4, 100, causalReads, causalWait, 0, List.of());
    }

    /** With rules, beside the hostgroup 2 that is replica2, and users who have a default hostgroup. */
    SessionBench(Rule... rules) {
        this(4, 4, 100, CausalReads.session(), Duration.ZERO, 0, List.of(), rules);
    }

    /** With limits on statements. */
    SessionBench(int connectionsPerServer, LimitSettings... limits) {
        this(connectionsPerServer, 4, 100, CausalReads.session(), Duration.ZERO, 0, List.of(limits));
    }

    /** The source serves no more reads than so for lack of a replica; one of them may wait, for a second. */
    static SessionBench withSourceReads(int most) {
        LimitSettings settings = LimitSettings.ofAll(SOURCE_READS, most, 1, Duration.ofSeconds(1));
        return new SessionBench(4, 4, 100, CausalReads.session(), Duration.ZERO, 0, List.of(settings));
    }

    /** Transactions of so many bytes are done again when their connection is lost. */
    static SessionBench withReplay(int bytes) {
        return new SessionBench(4, 4, 100, CausalReads.session(), Duration.ZERO, bytes, List.of());
    }

    private SessionBench(
            int connectionsPerServer,
            int maxPreparedPerConnection,
            int maxWaiters,
            CausalReads causalReads,
            Duration causalWait,
            int replayBytes,
            List<LimitSettings> limitSettings,
            Rule... rules) {
        limits = limitSettings.stream()
                .map(settings -> new Limit(settings, loop::nanos))
                .toList();
        Limit sourceReads = limits.stream()
                .filter(limit -> limit.name().equals(SOURCE_READS))
                .findFirst()
                .orElse(null);
        RuleSet ruleSet = new RuleSet(
                List.of(rules),
                new Hostgroups(
                        List.of(Hostgroup.ofMembers(2, "", Set.of(replica2.address()), null)),
                        Map.of("careful", 0, "reports", 2)));
        BackendConnector connector = FakeServer.connector(source, replica1, replica2);
        for (FakeServer server : List.of(source, replica1, replica2)) {
            counters.put(server.address(), new BackendCounters());
            permits.put(server.address(), new Permits(connectionsPerServer, 1));
        }
        PoolLimits poolLimits = new PoolLimits(
                maxWaiters, Duration.ofMinutes(5), Duration.ofMinutes(30), maxPreparedPerConnection, SETUP_TIMEOUT);
        scope = new LoopScope(
                loop.loop(),
                () -> topology,
                busy -> new Router(RoutingSettings.DEFAULT, new Random(1)),
                address -> new BackendPool(
                        address,
                        loop.loop(),
                        permits.get(address),
                        poolLimits,
                        connector,
                        counters.get(address),
                        loop::nanos),
                connector,
                new BackendAccount("monitor", PASSWORD),
                new SessionDirectory(0),
                new StatementClassifier(64, new Structures(Runnable::run, 1 << 20)),
                new RuleMatcher(ruleSet),
                causalReads,
                functions,
                new SessionLimits(
                        1 << 20,
                        3,
                        ACQUIRE_TIMEOUT,
                        HOLD,
                        HOLDS,
                        MAX_HELD,
                        Duration.ofHours(1),
                        Duration.ofMinutes(1),
                        causalWait,
                        replayBytes,
                        sourceReads == null ? limits : List.of(),
                        sourceReads),
                this,
                loop::nanos);
        new ServerBootstrap()
                .group(loop.loop())
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(front);
        publish(source, replica1);
    }

    private void accept(Channel channel) {
        LexContext context =
                LexContext.DEFAULT.withMultiStatements(capabilities.has(Capabilities.CLIENT_MULTI_STATEMENTS));
        PoolKey key = new PoolKey(
                new BackendAccount(backendUser == null ? user : backendUser, PASSWORD), capabilities.shape(), 255);
        Session session =
                new Session(++nextId, user, channel, capabilities, key, schema, context, scope, new NoOwner());
        lastSession = session;
        channel.pipeline().addLast(new CommandPhaseHandler(session));
    }

    private final class NoOwner implements SessionOwner {
        @Override
        public String clientAddress() {
            return "nowhere";
        }

        @Override
        public SocketAddress clientSocket() {
            return new InetSocketAddress("10.1.2.3", 4321);
        }

        @Override
        public void changeUser(Session session, ByteBuf payload, @Nullable ByteBuf surplus) {
            payload.release();
            if (surplus != null) {
                surplus.release();
            }
        }

        @Override
        public void accountRefused() {
            refusedAccounts++;
        }
    }

    // ---- clients

    /** Servers know clients from now on by this name; null for their own. */
    SessionBench knownAs(@Nullable String name) {
        backendUser = name;
        return this;
    }

    /** Clients from now on have this default schema. */
    SessionBench withSchema(@Nullable String name) {
        schema = name;
        return this;
    }

    /** Clients from now on are this user. */
    SessionBench as(String name) {
        user = name;
        return this;
    }

    /** Clients from now on have, or lack, these capabilities. */
    SessionBench with(int flags) {
        capabilities = capabilities.with(flags);
        return this;
    }

    SessionBench without(int flags) {
        capabilities = capabilities.without(flags);
        return this;
    }

    TestClient client() {
        Channel channel = connect(new ChannelInboundHandlerAdapter());
        TestClient client = new TestClient(loop, channel, capabilities.isEofDeprecated());
        loop.settle();
        return client;
    }

    /** A client past the login that only this handler understands. */
    Channel connect(ChannelHandler handler) {
        Channel channel = new Bootstrap()
                .group(loop.loop())
                .channel(LocalChannel.class)
                .handler(handler)
                .connect(front)
                .channel();
        clients.add(channel);
        return channel;
    }

    /** The session of the client that connected last. */
    Session session() {
        return java.util.Objects.requireNonNull(lastSession);
    }

    // ---- topologies

    /** Makes this the topology: the first server is the source unless null; the rest are replicas in step with it. */
    void publish(@Nullable FakeServer theSource, FakeServer... replicas) {
        List<Member> members = new ArrayList<>();
        if (theSource != null) {
            members.add(member(theSource, Role.SOURCE, UUID + ":1-10"));
        }
        for (FakeServer replica : replicas) {
            members.add(member(replica, Role.REPLICA, UUID + ":1-10"));
        }
        publish(members);
    }

    void publish(List<Member> members) {
        topology = new Topology(topology.version() + 1, members, "");
        scope.topologyChanged();
        loop.settle();
    }

    Member member(FakeServer server, Role role, String executed) {
        return new Member(
                server.address(),
                1,
                role,
                true,
                ServerVersion.parse("8.4.0"),
                server.address().host(),
                Duration.ZERO,
                GtidSet.parse(executed),
                loop.nanos(),
                "");
    }

    LoopScope scope() {
        return scope;
    }

    // ---- checks

    int leased() {
        return counters.values().stream()
                .mapToInt(counted -> counted.leased.intValue())
                .sum();
    }

    int waiting() {
        return counters.values().stream()
                .mapToInt(counted -> counted.waiting.intValue())
                .sum();
    }

    long resets() {
        return counters.values().stream()
                .mapToLong(counted -> counted.resets.sum())
                .sum();
    }

    /** Ends the clients; what they leave behind must be nothing. */
    @Override
    public void close() {
        for (FakeServer server : List.of(source, replica1, replica2)) {
            server.hold(false);
            server.holdConnects(false);
        }
        clients.forEach(Channel::close);
        loop.settle();
        assertThat(scope.sessions()).as("sessions left").isEmpty();
        assertThat(scope.hasHeld()).as("commands held").isFalse();
        assertThat(leased()).as("connections leased").isZero();
        assertThat(waiting()).as("requests waiting").isZero();
        assertThat(limits).as("limits").allMatch(limit -> limit.running() == 0 && limit.waiting() == 0);
        scope.pools().forEach(BackendPool::retire);
        loop.settle();
        permits.forEach((address, left) ->
                assertThat(left.used()).as("permits of %s", address).isZero());
        loop.close();
    }

    // ---- events

    @Override
    public void answered(Reason reason) {
        reasons.add(reason);
    }

    @Override
    public void ownError(int code) {
        ownErrors.add(code);
    }

    @Override
    public void serverError() {}

    @Override
    public void heardFrom(BackendAddress backend, long nanos) {
        heard.add(backend.host());
    }

    @Override
    public void suspect(BackendAddress backend, String why) {
        suspected.add(backend.host());
        evidence.add(why);
    }

    @Override
    public void waited(boolean reached) {
        waits.add(reached);
    }

    @Override
    public void replayed(boolean done) {
        replays.add(done);
    }

    @Override
    public void mispredicted(BackendAddress backend, String what) {
        mispredictions.add(backend.host());
    }
}
