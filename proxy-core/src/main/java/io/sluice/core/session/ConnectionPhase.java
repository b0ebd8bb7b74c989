// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.sluice.core.account.BackendAccount;
import io.sluice.core.account.LoginAttempt;
import io.sluice.core.account.ProxyAccount;
import io.sluice.core.account.ServerLogin;
import io.sluice.core.account.Verdict;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.PoolKey;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.compress.CompressionHandler;
import io.sluice.protocol.handshake.Accounts;
import io.sluice.protocol.handshake.Login;
import io.sluice.protocol.handshake.LoginReply;
import io.sluice.protocol.handshake.ServerHandshakeHandler;
import io.sluice.protocol.handshake.ServerHandshakeListener;
import io.sluice.protocol.handshake.ServerSettings;
import io.sluice.protocol.proxied.ProxyHeaderReader;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.ServerVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection as a whole: its login, the session that follows, and further logins by COM_CHANGE_USER. One per
 * client; confined to its event loop.
 */
public final class ConnectionPhase implements ServerHandshakeListener, SessionOwner {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPhase.class);

    private static final String HANDSHAKE = "handshake";
    private static final String COMMANDS = "commands";

    /** What all clients have in common. Called on all event loops. */
    public interface Front {
        /** As of now: the version follows the servers. */
        ServerSettings serverSettings();

        /** Done when the servers are known well enough to greet clients as they do, or will not be soon. */
        CompletableFuture<Void> firstLook();

        Accounts accounts();

        /** What routing takes the servers to be; null if they are not known. */
        @Nullable
        ServerVersion serverVersion();

        /** Whether a peer at that address, trusted with it, tells by a header of the PROXY protocol who the client is. */
        boolean awaitsProxyHeader(SocketAddress peer);

        /** A peer that was trusted did not send the header. */
        void proxyHeaderRefused();

        /** Where servers are told that such a client is; null if they are told nothing. */
        @Nullable
        InetAddress hostForServers(SocketAddress client);

        boolean isKnownSchema(PoolKey key, String schema);

        void schemaIsKnown(PoolKey key, String schema);

        /** How long a client waits for that refusal: longer and longer if it guesses passwords. */
        long refusalDelayMillis(SocketAddress client, SqlError error);

        void loginAccepted(long id, Login login, SocketAddress client);

        /**
         * A client was told that it may not come in.
         *
         * @param user null while the client has not said who it is
         */
        void loginRefused(@Nullable String user, SocketAddress client, SqlError error);

        /**
         * A client is gone.
         *
         * @param loggedIn whether somebody was logged in
         */
        void closed(long id, boolean loggedIn);
    }

    private final long id;
    private final Channel channel;
    private final LoopScope scope;
    private final Front front;
    private final RandomGenerator random;
    /** Where the client is: the channel's peer, unless that is a proxy, too, and has told. */
    private SocketAddress client;

    private @Nullable Login login;
    private @Nullable ProxyAccount account;
    /** The session before a COM_CHANGE_USER, until the next one takes its place. */
    private @Nullable Session before;

    public ConnectionPhase(long id, Channel channel, LoopScope scope, Front front, RandomGenerator random) {
        this.id = id;
        this.channel = channel;
        this.scope = scope;
        this.front = front;
        this.random = random;
        this.client = channel.remoteAddress();
    }

    /** Greets the client, once it is known who it is. */
    public void start() {
        channel.closeFuture().addListener(done -> closed());
        if (front.firstLook().isDone()) {
            meet();
        } else {
            channel.config().setAutoRead(false);
            front.firstLook().whenCompleteAsync((done, failure) -> meet(), channel.eventLoop());
        }
    }

    private void meet() {
        if (!channel.isOpen()) {
            return;
        }
        channel.config().setAutoRead(true);
        if (front.awaitsProxyHeader(client)) {
            ProxyHeaderReader.add(channel, front.serverSettings().timeout(), new HeaderListener());
        } else {
            greet();
        }
    }

    private void greet() {
        channel.pipeline()
                .addLast(
                        HANDSHAKE,
                        ServerHandshakeHandler.login(
                                client, front.serverSettings(), front.accounts(), (int) id, random, this));
    }

    private final class HeaderListener implements ProxyHeaderReader.Listener {
        @Override
        public void told(@Nullable InetSocketAddress told) {
            if (told != null) {
                client = told;
            }
            greet();
        }

        @Override
        public void absent() {
            refused("none within " + front.serverSettings().timeout().toMillis() + " ms");
            channel.writeAndFlush(ClientPackets.err(channel.alloc(), Errors.noProxyHeader(), 0))
                    .addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void malformed(String reason) {
            refused("malformed: " + reason);
        }

        private void refused(String why) {
            LOG.warn("client={} proxy_header=\"{}\"", clientAddress(), why);
            front.proxyHeaderRefused();
        }
    }

    @Override
    public SocketAddress clientSocket() {
        return client;
    }

    @Override
    public String clientAddress() {
        return ClientAddress.text(client);
    }

    @Override
    public void loggedIn(Login proven, LoginReply reply) {
        leave();
        if (proven.account() instanceof ProxyAccount listed) {
            admit(proven, listed, reply);
            return;
        }
        ServerLogin server = (user, password, first, answer) ->
                new LoginProof(scope, key(proven, new BackendAccount(user, password)), first, answer).start();
        CompletableFuture<Verdict> decision = ((LoginAttempt) proven.account()).decide(server);
        if (decision.isDone()) {
            decision.thenAccept(verdict -> decided(proven, verdict, reply));
        } else {
            decision.thenAcceptAsync(verdict -> decided(proven, verdict, reply), scope.loop());
        }
    }

    private PoolKey key(Login proven, BackendAccount backend) {
        return new PoolKey(
                backend, proven.capabilities().shape(), proven.collation(), front.hostForServers(proven.client()));
    }

    private void decided(Login proven, Verdict verdict, LoginReply reply) {
        ProxyAccount account = verdict.account();
        if (account != null) {
            admit(proven, account, reply);
            return;
        }
        SqlError error = verdict.error();
        if (error == null) {
            reject(proven, reply, Errors.accessDenied(proven.user(), proven.clientHost()));
            return;
        }
        BackendAccount expired = verdict.expired();
        Member source = scope.topology().source().orElse(null);
        if (expired == null || source == null) {
            reject(proven, error, reply);
            return;
        }
        // The server may let in who can change the password; that is for it to say.
        BackendConnector.Alone alone = new BackendConnector.Alone(proven.capabilities(), proven.schema());
        scope.connector()
                .connect(
                        scope.loop(),
                        source.address(),
                        key(proven, expired),
                        alone,
                        new ExpiredLogin(proven, error, reply));
    }

    private void reject(Login proven, SqlError error, LoginReply reply) {
        String host = isOnOurHost(proven) ? null : proven.clientHost();
        reject(proven, reply, Errors.naming(proven.user(), proven.user(), host, error));
    }

    /** What comes of a login to change an expired password. */
    private final class ExpiredLogin implements BackendConnector.Outcome {
        private final Login proven;
        private final SqlError expired;
        private final LoginReply reply;

        ExpiredLogin(Login proven, SqlError expired, LoginReply reply) {
            this.proven = proven;
            this.expired = expired;
            this.reply = reply;
        }

        @Override
        public void connected(Channel backend, long threadId, Flavor flavor, Capabilities capabilities) {
            if (!channel.isActive()) {
                backend.close();
                return;
            }
            CompressionHandler.add(channel, proven.capabilities(), proven.zstdLevel());
            Sandbox.join(channel, backend, COMMANDS);
            front.loginAccepted(id, proven, client);
            reply.accept(ServerStatus.SERVER_STATUS_AUTOCOMMIT);
        }

        @Override
        public void failed(ConnectFailure failure) {
            SqlError error = failure.error();
            reject(proven, error == null ? expired : error, reply);
        }
    }

    /** What the server calls us by, it would call such a client by, too. */
    private boolean isOnOurHost(Login proven) {
        if (proven.client() instanceof InetSocketAddress theirs
                && channel.localAddress() instanceof InetSocketAddress ours) {
            InetAddress address = theirs.getAddress();
            return address != null && (address.isLoopbackAddress() || address.equals(ours.getAddress()));
        }
        return true;
    }

    private void admit(Login proven, ProxyAccount entering, LoginReply reply) {
        if (!channel.isActive()) {
            return;
        }
        if (!entering.tls().isMetBy(proven.secure(), certificate())) {
            reject(proven, reply, Errors.accessDenied(proven.user(), proven.clientHost()));
            return;
        }
        if (!entering.enter()) {
            reject(proven, reply, Errors.tooManyOfUser(entering.name(), entering.maxClients()));
            return;
        }
        login = proven;
        account = entering;
        PoolKey key = key(proven, entering.backend());
        String schema = proven.schema() == null || proven.schema().isEmpty() ? entering.schema() : proven.schema();
        if (schema.isEmpty() || front.isKnownSchema(key, schema)) {
            enter(proven, key, schema.isEmpty() ? null : schema, reply);
            return;
        }
        new SchemaCheck(scope, key, schema, error -> {
                    if (error != null) {
                        boolean ours = error.code() == Errors.BACKEND_REFUSES;
                        if (ours) {
                            accountRefused();
                        }
                        // The host is that of the account.
                        reject(proven, reply, ours ? error : Errors.naming(key.user(), proven.user(), null, error));
                    } else {
                        front.schemaIsKnown(key, schema);
                        enter(proven, key, schema, reply);
                    }
                })
                .start();
    }

    /** What the client has shown, from an authority that it may come from; null if nothing. */
    private @Nullable X509Certificate certificate() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        try {
            return tls != null && tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate shown
                    ? shown
                    : null;
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    private void enter(Login proven, PoolKey key, @Nullable String schema, LoginReply reply) {
        if (!channel.isActive()) {
            return;
        }
        LexContext context = LexContext.DEFAULT
                .withMultiStatements(key.shape().has(Capabilities.CLIENT_MULTI_STATEMENTS))
                .withVersion(front.serverVersion());
        // Behind the handshake, which still sends the OK uncompressed; on COM_CHANGE_USER it stands already.
        CompressionHandler.add(channel, proven.capabilities(), proven.zstdLevel());
        Session next =
                new Session(id, proven.user(), channel, proven.capabilities(), key, schema, context, scope, this);
        if (before != null) {
            next.inheritWrites(before);
            before = null;
        }
        channel.pipeline().addLast(COMMANDS, new CommandPhaseHandler(next));
        front.loginAccepted(id, proven, client);
        reply.accept(ServerStatus.SERVER_STATUS_AUTOCOMMIT);
    }

    private void reject(Login proven, LoginReply reply, SqlError error) {
        front.loginRefused(proven.user(), client, error);
        long millis = refusalDelayMillis(error);
        if (millis == 0) {
            reply.reject(error);
        } else {
            scope.loop().schedule(() -> reply.reject(error), millis, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public long refusalDelayMillis(SqlError error) {
        return front.refusalDelayMillis(client, error);
    }

    @Override
    public void refused(@Nullable String user, SqlError error) {
        front.loginRefused(user, client, error);
    }

    @Override
    public void changeUser(Session ended, ByteBuf payload, @Nullable ByteBuf surplus) {
        before = ended;
        try {
            ServerHandshakeHandler again = ServerHandshakeHandler.changeUser(
                    front.serverSettings(), front.accounts(), Objects.requireNonNull(login), payload, random, this);
            channel.pipeline().remove(COMMANDS);
            channel.pipeline().addLast(HANDSHAKE, again);
        } catch (ProtocolException e) {
            ServerVersion version = front.serverVersion();
            SqlError error = Errors.malformed(version != null && version.isMariadb());
            front.loginRefused(null, client, error);
            channel.writeAndFlush(ClientPackets.err(channel.alloc(), error, 1))
                    .addListener(ChannelFutureListener.CLOSE);
        } finally {
            payload.release();
        }
        if (surplus != null) {
            passOn(surplus);
        }
    }

    /** Bytes that have come through TLS and compression already: to whom the client talks now. */
    private void passOn(ByteBuf bytes) {
        ChannelHandlerContext last = channel.pipeline().lastContext();
        try {
            ((ChannelInboundHandler) last.handler()).channelRead(last, bytes);
        } catch (Exception e) {
            channel.pipeline().fireExceptionCaught(e);
        }
    }

    @Override
    public void accountRefused() {
        if (account != null) {
            account.doubt();
        }
    }

    private void closed() {
        boolean loggedIn = login != null;
        leave();
        front.closed(id, loggedIn);
    }

    /** The account that was logged in, if there was one, has a client less. */
    private void leave() {
        if (account != null) {
            account.leave();
            account = null;
            login = null;
        }
    }
}
