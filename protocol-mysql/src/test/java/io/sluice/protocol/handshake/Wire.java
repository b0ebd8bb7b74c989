// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.Shape;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.auth.RsaKeys;
import io.sluice.protocol.tls.BackendTls;
import io.sluice.protocol.tls.ServerTls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Both handlers in memory, with a wire between them that can be cut into chunks of any size. */
final class Wire {
    static final RsaKeySource KEYS = RsaKeySource.of(RsaKeys.generate());
    static final io.netty.handler.ssl.SslContext TLS = tls();
    static final Shape SHAPE = new Shape(Capabilities.CLIENT_DEPRECATE_EOF | Capabilities.CLIENT_MULTI_RESULTS);
    static final int AUTOCOMMIT = 2;
    static final java.net.SocketAddress ADDRESS = new java.net.InetSocketAddress("127.0.0.1", 3306);

    record User(Credentials credentials) implements Account {}

    /** Notes what a listener is told, and what reaches the command phase. */
    static final class Ending implements ServerHandshakeListener, ClientHandshakeListener {
        @Nullable
        Login login;

        @Nullable
        LoginReply reply;

        @Nullable
        SqlError refusal;

        @Nullable
        Throwable failure;

        @Nullable
        HandshakeResult result;

        @Nullable
        HandshakeFailure clientFailure;

        int calls;
        boolean acceptAtOnce = true;
        long refusalDelayMillis;
        Runnable whenRefused = () -> {};
        final StringBuilder commandPhase = new StringBuilder();

        @Override
        public long refusalDelayMillis(SqlError error) {
            return refusalDelayMillis;
        }

        @Override
        public void loggedIn(Login login, LoginReply reply) {
            this.login = login;
            this.reply = reply;
            calls++;
            reply.channel().pipeline().addLast(sink());
            if (acceptAtOnce) {
                reply.accept(AUTOCOMMIT);
            }
        }

        @Override
        public void refused(@Nullable String user, SqlError error) {
            refusal = error;
            whenRefused.run();
            calls++;
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
            calls++;
        }

        @Override
        public void ready(Channel channel, HandshakeResult ready) {
            result = ready;
            calls++;
            channel.pipeline().addLast(sink());
        }

        @Override
        public void failed(HandshakeFailure failed) {
            clientFailure = failed;
            calls++;
        }

        private ChannelInboundHandlerAdapter sink() {
            return new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    ByteBuf chunk = (ByteBuf) message;
                    commandPhase.append(chunk.toString(StandardCharsets.ISO_8859_1));
                    chunk.release();
                }
            };
        }
    }

    final Ending onServer = new Ending();
    final Ending onClient = new Ending();
    final EmbeddedChannel server = new EmbeddedChannel();
    final EmbeddedChannel client = new EmbeddedChannel();
    private final int chunkBytes;

    Wire(int chunkBytes) {
        this.chunkBytes = chunkBytes;
        // Deadlines pass when a test says so, not when the machine is slow.
        server.freezeTime();
        client.freezeTime();
    }

    static ServerSettings serverSettings(boolean tls, boolean required) {
        return serverSettings("9.7.4", tls, required);
    }

    static ServerSettings serverSettings(String version, boolean tls, boolean required) {
        return serverSettings(version, tls, required, KEYS);
    }

    static ServerSettings serverSettings(String version, boolean tls, boolean required, RsaKeySource keys) {
        Capabilities offered = new Capabilities(SHAPE.bits() | Capabilities.CLIENT_SESSION_TRACK);
        return new ServerSettings(version, offered, 255, tls ? TLS : null, required, keys, Duration.ofSeconds(10));
    }

    static ClientSettings clientSettings(String user, String password, BackendTls tls) {
        return clientSettings(user, Password.of(password), tls);
    }

    static ClientSettings clientSettings(String user, Password password, BackendTls tls) {
        return new ClientSettings(
                "localhost",
                3306,
                user,
                password,
                "app",
                SHAPE,
                ClientSettings.TRACKED,
                45,
                tls,
                null,
                Set.of(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5));
    }

    static BackendTls backendTls(BackendTls.Mode mode) {
        try {
            return BackendTls.of(mode, null, null, null);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static io.netty.handler.ssl.SslContext tls() {
        try {
            Path directory = Files.createTempDirectory("sluice-tls");
            try {
                return ServerTls.selfSigned(directory, null);
            } finally {
                for (String name : new String[] {"server-cert.pem", "server-key.pem"}) {
                    Files.deleteIfExists(directory.resolve(name));
                }
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Wire startServer(ServerSettings settings, Accounts accounts) {
        server.pipeline()
                .addLast(ServerHandshakeHandler.login(
                        server.remoteAddress(), settings, accounts, 77, new SecureRandom(), onServer));
        return this;
    }

    Wire startClient(ClientSettings settings) {
        client.pipeline().addLast(new ClientHandshakeHandler(settings, onClient));
        return this;
    }

    /** Carries bytes until neither side has any left. */
    Wire run() {
        boolean moved = true;
        while (moved) {
            moved = carry(server, client) | carry(client, server);
        }
        return this;
    }

    private boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        boolean moved = false;
        ByteBuf out;
        while ((out = from.readOutbound()) != null) {
            moved = true;
            byte[] bytes = new byte[out.readableBytes()];
            out.readBytes(bytes);
            out.release();
            for (int start = 0; start < bytes.length && to.isOpen(); start += chunkBytes) {
                int end = Math.min(bytes.length, start + chunkBytes);
                ByteBuf chunk = to.alloc().buffer(end - start).writeBytes(Arrays.copyOfRange(bytes, start, end));
                to.writeInbound(chunk);
            }
        }
        return moved;
    }

    /** Closes both ends and whatever they hold. */
    void close() {
        server.finishAndReleaseAll();
        client.finishAndReleaseAll();
    }
}
