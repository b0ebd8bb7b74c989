// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.NetUtil;
import io.sluice.admin.AdminReply.Entered;
import io.sluice.admin.AdminReply.Refused;
import io.sluice.admin.sql.AdminDatabase;
import io.sluice.admin.sql.AdminUser;
import io.sluice.admin.sql.AuditLog;
import io.sluice.admin.sql.Sight;
import io.sluice.core.config.AdminSettings.Role;
import io.sluice.core.config.AdminSettings.User;
import io.sluice.core.view.ProxyControl;
import io.sluice.core.view.ServerControl;
import io.sluice.core.view.ServerList;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.PasswordHash;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.handshake.Account;
import io.sluice.protocol.handshake.Accounts;
import io.sluice.protocol.handshake.Login;
import io.sluice.protocol.handshake.LoginReply;
import io.sluice.protocol.handshake.ServerHandshakeHandler;
import io.sluice.protocol.handshake.ServerHandshakeListener;
import io.sluice.protocol.handshake.ServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for operators with any MySQL client. */
public final class AdminPort implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminPort.class);

    private static final int MAX_CONNECTIONS = 64;
    private static final int DEFAULT_COLLATION = 45;
    private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(8);
    private static final Capabilities OFFERED = new Capabilities(Capabilities.CLIENT_DEPRECATE_EOF);

    private final Channel listener;
    private final AdminDatabase database;
    private final AdminStatements statements;

    /**
     * What can be changed by its statements.
     *
     * @param servers which there are
     * @param operations on them
     */
    public record Controls(
            ServerList servers, ServerControl operations, ProxyControl clients, ProcessControl process) {}

    private AdminPort(Channel listener, AdminDatabase database, AdminStatements statements) {
        this.statements = statements;
        this.listener = listener;
        this.database = database;
    }

    /**
     * Binds the port, unless nobody could log in.
     *
     * @param users who may log in; with none the port stays closed, since it would let nobody in
     * @param sight of what its tables show
     * @param version of Sluice
     * @param tls null if TLS is not offered
     * @param loops a group of NIO event loops; the caller's to close
     * @return null if there are no users
     */
    public static @Nullable AdminPort open(
            InetSocketAddress address,
            List<User> users,
            Sight sight,
            Controls controls,
            String version,
            @Nullable SslContext tls,
            RsaKeySource rsaKeys,
            EventLoopGroup loops)
            throws IOException {
        if (users.isEmpty()) {
            LOG.info("event=admin_port_off why=\"admin.users has no entry, and admin.generate_password is false\"");
            return null;
        }
        // Drivers read features off the number, so it is a server's; the rest says whose it is.
        String shownVersion = "8.4.0-Sluice-" + version.replaceFirst("^sluice ", "");
        ServerSettings settings = new ServerSettings(
                shownVersion, OFFERED, DEFAULT_COLLATION, tls, false, rsaKeys, LOGIN_TIMEOUT, AdminSession.STATUS);
        AuditLog audit = new AuditLog(Clock.systemUTC());
        AdminDatabase database =
                AdminDatabase.open(sight, controls.servers(), controls.operations(), audit, shownVersion);
        try {
            AdminStatements statements = new AdminStatements(sight.view(), controls, database, audit, shownVersion);
            Channel listener = listen(address, settings, accounts(users), statements, audit, loops);
            return new AdminPort(listener, database, statements);
        } catch (IOException e) {
            database.close();
            throw e;
        }
    }

    private static Channel listen(
            InetSocketAddress address,
            ServerSettings settings,
            Accounts accounts,
            AdminStatements statements,
            AuditLog audit,
            EventLoopGroup loops)
            throws IOException {
        AtomicInteger ids = new AtomicInteger();
        SecureRandom random = new SecureRandom();
        return Listening.on(address, "admin.listen", true, loops, MAX_CONNECTIONS, channel -> {
            int id = ids.incrementAndGet();
            channel.pipeline()
                    .addLast(new ReadTimeoutHandler(IDLE_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .addLast(ServerHandshakeHandler.login(
                            channel.remoteAddress(),
                            settings,
                            accounts,
                            id,
                            random,
                            new Entrance(id, channel, statements, audit)));
        });
    }

    private static Accounts accounts(List<User> users) {
        Map<String, Account> accounts = new HashMap<>();
        users.forEach(user -> accounts.put(user.name(), new AdminAccount(user)));
        return (user, client) -> accounts.get(user);
    }

    public SocketAddress address() {
        return listener.localAddress();
    }

    /** Does as LOAD CONFIG; the audit, and with it the log, tells what came of it. Any thread; does not wait. */
    public void reload(String cause) {
        statements.reload(new AdminUser(0, "", cause, Role.ADMIN));
    }

    @Override
    public void close() {
        ChannelFuture unused = listener.close();
        database.close();
    }

    private static String text(SocketAddress client) {
        return client instanceof InetSocketAddress inet ? NetUtil.toSocketAddressString(inet) : String.valueOf(client);
    }

    /** One of the admin users. */
    private record AdminAccount(Credentials credentials, Role role) implements Account {
        AdminAccount(User user) {
            this(credentials(user), user.role());
        }

        private static Credentials credentials(User user) {
            PasswordHash hash = user.hash();
            return hash == null
                    ? Credentials.ofPassword(Password.of(user.password().reveal()))
                    : Credentials.ofNativeDigests(List.of(hash.nativeDigest().orElseThrow()));
        }
    }

    /** What becomes of one login. */
    private record Entrance(int id, Channel channel, AdminStatements statements, AuditLog audit)
            implements ServerHandshakeListener {

        @Override
        public void loggedIn(Login login, LoginReply reply) {
            String schema = login.schema();
            AdminReply entered = statements.enter(schema == null ? "" : schema);
            if (entered instanceof Refused refused) {
                reply.reject(refused.error());
                return;
            }
            channel.pipeline()
                    .addLast(new AdminSession(
                            statements,
                            new AdminUser(
                                    id, login.user(), text(login.client()), ((AdminAccount) login.account()).role()),
                            login.capabilities(),
                            ((Entered) entered).schema()));
            if (reply.accept(AdminSession.STATUS)) {
                LOG.info("event=admin_login user={} client={}", login.user(), login.client());
            }
        }

        @Override
        public void refused(@Nullable String user, SqlError error) {
            audit.loginRefused(text(channel.remoteAddress()), error.message());
        }

        @Override
        public void failed(Throwable cause) {
            LOG.info("event=admin_login_failed client={} cause=\"{}\"", channel.remoteAddress(), cause.toString());
        }
    }
}
