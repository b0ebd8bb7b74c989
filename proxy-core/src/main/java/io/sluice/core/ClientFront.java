// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.sluice.core.account.AccountBook;
import io.sluice.core.account.FailedLogins;
import io.sluice.core.account.ServerAccounts;
import io.sluice.core.backend.PeerTimeout;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.config.MysqlSettings;
import io.sluice.core.config.MysqlSettings.TlsMode;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.log.ClientLog;
import io.sluice.core.metrics.LoginRefusal;
import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.core.session.ClientAddress;
import io.sluice.core.session.ClientPackets;
import io.sluice.core.session.ConnectionPhase;
import io.sluice.core.session.Errors;
import io.sluice.core.session.LoopScope;
import io.sluice.core.session.SessionDirectory;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.compress.Compression;
import io.sluice.protocol.handshake.Login;
import io.sluice.protocol.handshake.ServerSettings;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.ServerVersion;
import io.sluice.routing.topology.Topology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Lets clients in: counts them, keeps to the limits, and knows what the proxy presents itself as. Thread-safe. */
final class ClientFront implements ConnectionPhase.Front {
    private static final Capabilities OFFERED = new Capabilities(Capabilities.CLIENT_FOUND_ROWS
            | Capabilities.CLIENT_LOCAL_FILES
            | Capabilities.CLIENT_IGNORE_SPACE
            | Capabilities.CLIENT_IGNORE_SIGPIPE
            | Capabilities.CLIENT_INTERACTIVE
            | Capabilities.CLIENT_MULTI_STATEMENTS
            | Capabilities.CLIENT_MULTI_RESULTS
            | Capabilities.CLIENT_PS_MULTI_RESULTS
            | Capabilities.CLIENT_SESSION_TRACK
            | Capabilities.CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS
            | Capabilities.CLIENT_DEPRECATE_EOF);

    /** The first MySQL that knows CLIENT_QUERY_ATTRIBUTES. */
    private static final int QUERY_ATTRIBUTES_SINCE = 80023;

    /** Before any server was reached; a client that asks then gets an error anyway. */
    private static final String UNKNOWN_VERSION = "8.0.36";

    /** utf8mb4_0900_ai_ci, the default of that version. */
    private static final int UNKNOWN_COLLATION = 255;

    /** A schema that a user, where servers see it, may use. */
    private record KnownSchema(String user, @Nullable InetAddress host, String schema) {
        static KnownSchema of(PoolKey key, String schema) {
            return new KnownSchema(key.user(), key.client(), schema);
        }
    }

    private volatile SluiceConfig config;
    private final LiveState live;
    private final CompletableFuture<Void> firstLook;
    private final ProxyMetrics metrics;
    private final SessionDirectory directory;
    private final @Nullable SslContext tls;
    private final AccountBook accounts;
    private final FailedLogins failedLogins;
    private final RsaKeySource rsaKeys;
    private final int compression;
    private final Cache<KnownSchema, Boolean> knownSchemas = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofSeconds(10))
            .build();
    private final AtomicInteger clients = new AtomicInteger();
    private ClientLog log = ClientLog.off();
    private volatile boolean open;
    private volatile boolean paused;
    private volatile @Nullable ServerSettings settings;
    private @Nullable RandomGenerator random;

    ClientFront(
            SluiceConfig config,
            @Nullable SslContext tls,
            RsaKeySource rsaKeys,
            LiveState live,
            CompletableFuture<Void> firstLook,
            ProxyMetrics metrics,
            SessionDirectory directory,
            Function<String, List<byte[]>> nativeDigests,
            LongSupplier nanos) {
        this.config = config;
        this.tls = tls;
        this.rsaKeys = rsaKeys;
        this.compression = Compressions.usable(config.mysql().compression()).stream()
                .mapToInt(Compression::capability)
                .reduce(0, (some, more) -> some | more);
        this.live = live;
        this.firstLook = firstLook;
        this.metrics = metrics;
        this.directory = directory;
        ServerAccounts serverAccounts =
                new ServerAccounts(config.authentication(), config.mysql().maxClientsPerUser(), nativeDigests, nanos);
        failedLogins = new FailedLogins(config.authentication().guessing(), nanos);
        accounts = new AccountBook(
                config.users(), config.authentication().passthrough() ? serverAccounts : null, this::hostForServers);
    }

    void setRandom(RandomGenerator generator) {
        random = generator;
    }

    /** From now on these are the settings, for clients that come. Any thread. */
    void use(SluiceConfig next) {
        config = next;
    }

    /** From now on, logins are written there. Before the first client. */
    void write(ClientLog to) {
        log = to;
    }

    private void accept(Channel channel, LoopScope scope) {
        metrics.clientAccepted();
        PeerTimeout.askWhileQuiet(channel, config.mysql().tcpTimeout());
        int limit = config.mysql().maxClients();
        if (clients.incrementAndGet() > limit || !isOpen()) {
            SqlError error = !open ? Errors.shuttingDown() : paused ? Errors.paused() : Errors.tooManyClients(limit);
            clients.decrementAndGet();
            loginRefused(null, channel.remoteAddress(), error);
            channel.writeAndFlush(ClientPackets.err(channel.alloc(), error, 0))
                    .addListener(ChannelFutureListener.CLOSE);
            return;
        }
        new ConnectionPhase(directory.nextId(), channel, scope, this, Objects.requireNonNull(random)).start();
    }

    /** How clients are served, wherever they connect. Each has the scope of its event loop. */
    ServerBootstrap bootstrap(EventLoopGroup acceptor, EventLoopGroup loops) {
        Map<EventLoop, LoopScope> byLoop = new HashMap<>();
        live.scopes().forEach(scope -> byLoop.put(scope.loop(), scope));
        MysqlSettings mysql = config.mysql();
        return new ServerBootstrap()
                .group(acceptor, loops)
                .option(ChannelOption.SO_BACKLOG, mysql.maxClientBacklog())
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(mysql.writeBufferLow(), mysql.writeBufferHigh()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, Objects.requireNonNull(byLoop.get(channel.eventLoop())));
                    }
                });
    }

    void open() {
        open = true;
    }

    void shut() {
        open = false;
    }

    /** Whether clients are kept out until further notice. */
    void pause(boolean on) {
        paused = on;
    }

    boolean isOpen() {
        return open && !paused;
    }

    int clientCount() {
        return clients.get();
    }

    /** Blocks until all clients have gone or the time is over. */
    void awaitNoClients(Duration limit) {
        synchronized (clients) {
            long deadline = System.nanoTime() + limit.toNanos();
            while (clients.get() > 0) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return;
                }
                try {
                    clients.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    @Override
    public CompletableFuture<Void> firstLook() {
        return firstLook;
    }

    @Override
    public ServerSettings serverSettings() {
        String version = versionText();
        ServerVersion server = serverVersion();
        Capabilities offered = offered(server);
        int collation = server == null ? UNKNOWN_COLLATION : server.greetingCollation();
        ServerSettings current = settings;
        if (current == null
                || !current.serverVersion().equals(version)
                || !current.offers(offered)
                || current.collation() != collation
                || !current.timeout().equals(config.mysql().handshakeTimeout())) {
            current = new ServerSettings(
                    version,
                    offered,
                    collation,
                    tls,
                    config.mysql().tls().mode() == TlsMode.REQUIRED,
                    rsaKeys,
                    config.mysql().handshakeTimeout());
            settings = current;
        }
        return current;
    }

    private Capabilities offered(@Nullable ServerVersion version) {
        boolean attributes = version != null && !version.isMariadb() && version.number() >= QUERY_ATTRIBUTES_SINCE;
        Capabilities base = OFFERED.with(compression);
        return attributes ? base.with(Capabilities.CLIENT_QUERY_ATTRIBUTES) : base;
    }

    private String versionText() {
        if (!config.mysql().serverVersion().isEmpty()) {
            return config.mysql().serverVersion();
        }
        ServerVersion version = serverVersion();
        return version == null ? UNKNOWN_VERSION : version.greeting();
    }

    @Override
    public @Nullable ServerVersion serverVersion() {
        Topology topology = live.topology();
        Member source = topology.source().orElse(null);
        if (source != null && source.version() != null) {
            return source.version();
        }
        for (Member member : topology.members()) {
            if (member.version() != null) {
                return member.version();
            }
        }
        return null;
    }

    @Override
    public AccountBook accounts() {
        return accounts;
    }

    /** Peers of the Unix socket are no proxies. */
    @Override
    public boolean awaitsProxyHeader(SocketAddress peer) {
        return peer instanceof InetSocketAddress address
                && config.mysql().proxyProtocolNetworks().stream().anyMatch(network -> network.contains(address));
    }

    /** Loopback means this machine, which to a server is Sluice's own address rather than the server's. */
    @Override
    public @Nullable InetAddress hostForServers(SocketAddress client) {
        if (!config.backend().proxyProtocol() || !(client instanceof InetSocketAddress inet)) {
            return null;
        }
        InetAddress host = inet.getAddress();
        return host == null || host.isLoopbackAddress() ? null : host;
    }

    @Override
    public void proxyHeaderRefused() {
        metrics.loginRefused(LoginRefusal.PROXY_HEADER);
    }

    @Override
    public boolean isKnownSchema(PoolKey key, String schema) {
        return knownSchemas.getIfPresent(KnownSchema.of(key, schema)) != null;
    }

    @Override
    public void schemaIsKnown(PoolKey key, String schema) {
        knownSchemas.put(KnownSchema.of(key, schema), Boolean.TRUE);
    }

    @Override
    public long refusalDelayMillis(SocketAddress client, SqlError error) {
        if (LoginRefusal.of(error.code()) != LoginRefusal.ACCESS_DENIED) {
            return 0;
        }
        long millis = failedLogins.failed(client).toMillis();
        if (millis > 0) {
            metrics.loginDelayed();
        }
        return millis;
    }

    @Override
    public void loginAccepted(long id, Login login, SocketAddress client) {
        failedLogins.succeeded(client);
        log.loggedIn(id, login.user(), ClientAddress.text(client), login.schema(), login.secure());
    }

    @Override
    public void loginRefused(@Nullable String user, SocketAddress client, SqlError error) {
        LoginRefusal cause = LoginRefusal.of(error.code());
        metrics.loginRefused(cause);
        log.refused(user, ClientAddress.text(client), cause, error);
    }

    @Override
    public void closed(long id, boolean loggedIn) {
        metrics.clientClosed();
        if (loggedIn) {
            log.closed(id);
        }
        synchronized (clients) {
            clients.decrementAndGet();
            clients.notifyAll();
        }
    }
}
