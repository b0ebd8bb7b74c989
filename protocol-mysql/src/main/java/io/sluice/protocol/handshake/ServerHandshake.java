// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.DomainSocketAddress;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.auth.Scramble;
import io.sluice.protocol.packet.ChangeUserCommand;
import io.sluice.protocol.packet.HandshakePacket;
import io.sluice.protocol.packet.HandshakeResponse;
import io.sluice.protocol.packet.SslRequest;
import java.net.SocketAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The connection phase with Sluice as the server: payloads in, {@link ServerStep}s out. Knows no channel, header or
 * clock. Made for one login; confined to the connection's event loop.
 */
public final class ServerHandshake {
    private final ServerSettings settings;
    private final Accounts accounts;
    private final SocketAddress client;
    private final RandomGenerator random;
    private final Scramble scramble;
    private boolean tls;
    private @Nullable ServerAuthentication authentication;
    private @Nullable String user;

    /** The generator makes scrambles, so it has to be a secure one outside tests. */
    public ServerHandshake(ServerSettings settings, Accounts accounts, SocketAddress client, RandomGenerator random) {
        this(settings, accounts, client, random, Scramble.random(random), false);
    }

    private ServerHandshake(
            ServerSettings settings,
            Accounts accounts,
            SocketAddress client,
            RandomGenerator random,
            Scramble scramble,
            boolean tls) {
        this.settings = settings;
        this.accounts = accounts;
        this.client = client;
        this.random = random;
        this.scramble = scramble;
        this.tls = tls;
    }

    /** For a connection that has a login and wants another one; {@link #changeUser} is the first step then. */
    static ServerHandshake again(ServerSettings settings, Accounts accounts, Login current, RandomGenerator random) {
        return new ServerHandshake(settings, accounts, current.client(), random, current.scramble(), current.secure());
    }

    /** The payload that opens the connection. */
    public byte[] greeting(int connectionId) {
        ByteBuf out = Unpooled.buffer(128);
        new HandshakePacket(
                        settings.serverVersion(),
                        connectionId,
                        scramble.bytes(),
                        settings.offered(),
                        settings.collation(),
                        settings.status(),
                        settings.plugin().pluginName())
                .write(out);
        return ByteBufUtil.getBytes(out);
    }

    /** Takes the payload of the client's next packet; does not keep it. Throws if it is not what may come next. */
    public ServerStep receive(ByteBuf payload) {
        if (authentication != null) {
            return authentication.receive(payload);
        }
        if (!HandshakeResponse.peekCapabilities(payload).has(Capabilities.CLIENT_PROTOCOL_41)) {
            return new ServerStep.Refused(HandshakeErrors.clientTooOld());
        }
        if (SslRequest.matches(payload)) {
            if (tls || settings.tls() == null) {
                throw new ProtocolException("the client asks for TLS, which was not offered");
            }
            tls = true;
            return new ServerStep.StartTls();
        }
        HandshakeResponse response = HandshakeResponse.read(payload);
        if (settings.tlsRequired() && !isSecure()) {
            return new ServerStep.Refused(HandshakeErrors.tlsRequired());
        }
        ServerAuthentication.Claim claim = new ServerAuthentication.Claim(
                response.user(),
                response.schema(),
                response.capabilities().and(settings.offered()),
                response.collation(),
                response.attributes(),
                response.zstdLevel(),
                isSecure());
        return authentication(claim).begin(response.plugin(), response.authResponse(), random);
    }

    /**
     * The first step of a COM_CHANGE_USER, whose payload that is. Clients that know auth plugins are always asked for
     * a new proof: they differ in which scramble they take for the one in the command.
     */
    ServerStep changeUser(ByteBuf payload, Login current) {
        ChangeUserCommand command = ChangeUserCommand.read(payload, current.capabilities());
        ServerAuthentication.Claim claim = new ServerAuthentication.Claim(
                command.user(),
                command.schema(),
                current.capabilities(),
                command.collation() < 0 ? current.collation() : command.collation(),
                command.attributes(),
                current.zstdLevel(),
                isSecure());
        return current.capabilities().has(Capabilities.CLIENT_PLUGIN_AUTH)
                ? authentication(claim).switchPlugin(random)
                : authentication(claim).begin("", command.authResponse(), random);
    }

    /** As whom the client wants to log in; null while it has not said. */
    @Nullable
    String user() {
        return user;
    }

    /** As servers see it: what passes through a Unix socket does not leave the machine. */
    private boolean isSecure() {
        return tls || client instanceof DomainSocketAddress;
    }

    private ServerAuthentication authentication(ServerAuthentication.Claim claim) {
        ServerAuthentication begun = new ServerAuthentication(claim, client, accounts, settings, scramble);
        authentication = begun;
        user = claim.user();
        return begun;
    }
}
