// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.AuthException;
import io.sluice.protocol.auth.AuthPlugin;
import io.sluice.protocol.auth.ClientAuth;
import io.sluice.protocol.auth.Scramble;
import io.sluice.protocol.auth.ServerAuth;
import io.sluice.protocol.compress.Compression;
import io.sluice.protocol.compress.CompressionHandler;
import io.sluice.protocol.packet.AuthSwitchRequest;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.HandshakePacket;
import io.sluice.protocol.packet.HandshakeResponse;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.packet.SslRequest;
import io.sluice.protocol.packet.WireFormat;
import io.sluice.protocol.tls.BackendTls;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The connection phase with Sluice as the client of a backend: payloads in, {@link ClientStep}s out. Knows no
 * channel, header or clock. Made for one login; confined to the connection's event loop.
 */
public final class ClientHandshake {
    // Offered by every server since 5.7, and without meaning for the bytes of responses.
    private static final int WANTED = Capabilities.CLIENT_LONG_FLAG
            | Capabilities.CLIENT_PROTOCOL_41
            | Capabilities.CLIENT_TRANSACTIONS
            | Capabilities.CLIENT_RESERVED2
            | Capabilities.CLIENT_PLUGIN_AUTH
            | Capabilities.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA
            | Capabilities.CLIENT_CONNECT_ATTRS;
    private static final int NEEDED =
            Capabilities.CLIENT_PROTOCOL_41 | Capabilities.CLIENT_RESERVED2 | Capabilities.CLIENT_PLUGIN_AUTH;
    private static final Map<String, String> ATTRIBUTES = Map.of("program_name", "sluice");
    private static final int UTF8MB4_GENERAL_CI = 45;
    private static final ClientStep AWAIT = new ClientStep.Await();

    private final ClientSettings settings;
    private final int collation;
    private boolean tls;
    private Capabilities capabilities = new Capabilities(0);
    private @Nullable HandshakePacket greeting;
    private @Nullable ClientAuth exchange;

    public ClientHandshake(ClientSettings settings) {
        this.settings = settings;
        this.collation = settings.collation() <= 0xff ? settings.collation() : UTF8MB4_GENERAL_CI;
    }

    /** Takes the payload of the server's next packet; does not keep it. Throws if it is not what may come next. */
    public ClientStep receive(ByteBuf payload) {
        WireFormat.require(payload, 1);
        int header = payload.getUnsignedByte(payload.readerIndex());
        if (header == ErrPacket.HEADER) {
            return new ClientStep.Failed(new HandshakeFailure(ErrPacket.read(payload), true));
        }
        try {
            HandshakePacket greeted = greeting;
            return greeted == null ? respond(HandshakePacket.read(payload)) : authenticate(greeted, header, payload);
        } catch (AuthException e) {
            return new ClientStep.Failed(new HandshakeFailure(e.error(), true));
        }
    }

    private ClientStep respond(HandshakePacket packet) throws AuthException {
        greeting = packet;
        Capabilities offered = packet.capabilities();
        if (!offered.and(new Capabilities(NEEDED)).equals(new Capabilities(NEEDED))) {
            throw new ProtocolException("the server is too old: its capabilities are " + offered);
        }
        BackendTls wantedTls = settings.tls();
        tls = wantedTls.isEnabled() && offered.has(Capabilities.CLIENT_SSL);
        if (wantedTls.isRequired() && !tls) {
            return failed(HandshakeErrors.tlsFailed("the server offers no TLS, and the TLS mode demands it"));
        }
        // LONG_PASSWORD, which MariaDB does not offer, keeps its server from reading extended flags of its own.
        capabilities = offered.and(new Capabilities(
                        WANTED | settings.shape().bits() | settings.more().bits()))
                .with(Capabilities.CLIENT_LONG_PASSWORD)
                .with(compression(offered))
                .with(settings.schema() == null ? 0 : Capabilities.CLIENT_CONNECT_WITH_DB)
                .with(tls ? Capabilities.CLIENT_SSL : 0);
        byte[] response = response(packet);
        if (!tls) {
            return new ClientStep.Send(response);
        }
        ByteBuf out = Unpooled.buffer(32);
        new SslRequest(capabilities, collation).write(out);
        return new ClientStep.StartTls(ByteBufUtil.getBytes(out), response);
    }

    /** One algorithm at most: of two, a server takes zlib. */
    private int compression(Capabilities offered) {
        for (Compression preferred : List.of(Compression.ZSTD, Compression.ZLIB)) {
            if (settings.compression().contains(preferred) && offered.has(preferred.capability())) {
                return preferred.capability();
            }
        }
        return 0;
    }

    /** Answers with the server's plugin if that is possible; else with native, and the server will ask to switch. */
    private byte[] response(HandshakePacket packet) throws AuthException {
        AuthPlugin named = AuthPlugin.named(packet.plugin());
        AuthPlugin plugin = named != null && suitsGreeting(named) ? named : AuthPlugin.MYSQL_NATIVE_PASSWORD;
        byte[] data = start(plugin, packet.scramble());
        ByteBuf out = Unpooled.buffer(256);
        new HandshakeResponse(
                        capabilities,
                        collation,
                        settings.user(),
                        data,
                        settings.schema(),
                        plugin.pluginName(),
                        ATTRIBUTES,
                        CompressionHandler.DEFAULT_ZSTD_LEVEL)
                .write(out);
        return ByteBufUtil.getBytes(out);
    }

    /** Whether its answer can follow from the scramble of the greeting, from what is known of the password. */
    private boolean suitsGreeting(AuthPlugin plugin) {
        boolean showsPassword = plugin == AuthPlugin.MYSQL_CLEAR_PASSWORD && !tls;
        return plugin.scrambleLength() == Scramble.LENGTH
                && !showsPassword
                && settings.password().hasText();
    }

    private ClientStep authenticate(HandshakePacket greeted, int header, ByteBuf payload) throws AuthException {
        return switch (header) {
            case OkPacket.OK_HEADER -> ready(greeted, OkPacket.read(payload, capabilities));
            case AuthSwitchRequest.HEADER -> switchPlugin(AuthSwitchRequest.read(payload));
            case ServerAuth.MORE_DATA_HEADER -> reply(payload.skipBytes(1));
            case ServerAuth.PARSEC_HEADER -> reply(payload); // MariaDB marks data only if it could be mistaken
            default -> throw new ProtocolException("0x" + Integer.toHexString(header) + " during login");
        };
    }

    private ClientStep switchPlugin(AuthSwitchRequest request) throws AuthException {
        AuthPlugin plugin = AuthPlugin.named(request.plugin());
        if (plugin == null) {
            throw AuthException.unknownPlugin(request.plugin());
        }
        return new ClientStep.Send(start(plugin, request.scramble()));
    }

    private ClientStep reply(ByteBuf data) throws AuthException {
        if (exchange == null) {
            throw new ProtocolException("data for an auth plugin before any was chosen");
        }
        CompletableFuture<byte[]> reply = exchange.reply(data);
        if (reply == null) {
            return AWAIT;
        }
        boolean there = reply.isDone() && !reply.isCompletedExceptionally();
        return there ? new ClientStep.Send(reply.join()) : new ClientStep.SendLater(reply);
    }

    private byte[] start(AuthPlugin plugin, byte[] scramble) throws AuthException {
        if (plugin != AuthPlugin.MYSQL_CLEAR_PASSWORD && scramble.length < plugin.scrambleLength()) {
            throw new ProtocolException("a scramble of " + scramble.length + " bytes for " + plugin.pluginName());
        }
        boolean mayAskForKey = settings.tls().mode() == BackendTls.Mode.DISABLED;
        Scramble used = Scramble.of(Arrays.copyOf(scramble, plugin.scrambleLength()));
        ClientAuth begun = ClientAuth.start(plugin, settings.password(), used, tls, mayAskForKey);
        exchange = begun;
        return begun.firstData();
    }

    private ClientStep ready(HandshakePacket greeted, OkPacket ok) {
        return new ClientStep.Ready(new HandshakeResult(
                greeted.serverVersion(), greeted.connectionId(), capabilities, ok.status(), collation, tls));
    }

    private static ClientStep failed(SqlError error) {
        return new ClientStep.Failed(new HandshakeFailure(error, false));
    }
}
