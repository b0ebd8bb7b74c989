// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.PeerTimeout;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.config.BackendSettings;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.compress.Compression;
import io.sluice.protocol.compress.CompressionHandler;
import io.sluice.protocol.handshake.ClientHandshakeHandler;
import io.sluice.protocol.handshake.ClientHandshakeListener;
import io.sluice.protocol.handshake.ClientSettings;
import io.sluice.protocol.handshake.HandshakeFailure;
import io.sluice.protocol.handshake.HandshakeResult;
import io.sluice.protocol.proxied.ProxyHeader;
import io.sluice.protocol.tls.BackendTls;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to backends over TCP on the loop of whoever asks, and logs in. Any event loop. */
final class NettyConnector implements BackendConnector {
    private static final Logger LOG = LoggerFactory.getLogger(NettyConnector.class);

    /** Beyond the shape: what changes how the server treats a client, or what it sends. */
    private static final Capabilities OF_A_CLIENT_ALONE =
            new Capabilities(Capabilities.CLIENT_SESSION_TRACK | Capabilities.CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS);

    private final Transport transport;
    private final BackendAddresses addresses;
    private final BackendTls tls;
    private volatile Duration timeout;
    private final Duration tcpTimeout;
    private final boolean proxyProtocol;
    private final Set<Compression> compression;

    NettyConnector(Transport transport, BackendAddresses addresses, BackendTls tls, BackendSettings settings) {
        this.transport = transport;
        this.addresses = addresses;
        this.tls = tls;
        this.timeout = settings.connectTimeout();
        this.tcpTimeout = settings.tcpTimeout();
        this.proxyProtocol = settings.proxyProtocol();
        this.compression = Compressions.usable(settings.compression());
    }

    /** From now on it waits for so long. Any thread. */
    void use(Duration connectTimeout) {
        timeout = connectTimeout;
    }

    @Override
    public void connect(EventLoop loop, BackendAddress address, PoolKey key, @Nullable Alone alone, Outcome outcome) {
        connect(loop, address, key, alone, key.account().passwordFor(address), true, outcome);
    }

    /** @param first whether another password may be tried next */
    private void connect(
            EventLoop loop,
            BackendAddress address,
            PoolKey key,
            @Nullable Alone alone,
            Password password,
            boolean first,
            Outcome outcome) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(transport.channel())
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.TCP_NODELAY, true);
        Duration patience = timeout;
        ClientSettings settings = new ClientSettings(
                address.host(),
                address.port(),
                key.user(),
                password,
                alone == null ? null : alone.schema(),
                key.shape(),
                alone == null ? ClientSettings.TRACKED : alone.capabilities().and(OF_A_CLIENT_ALONE),
                key.collation(),
                tls,
                proxyProtocol ? new ProxyHeader(key.client()) : null,
                compression,
                patience,
                patience);
        SocketAddress socketAddress = addresses.of(address);
        ClientHandshakeHandler.connect(bootstrap, socketAddress, settings, new ClientHandshakeListener() {
            @Override
            public void ready(Channel channel, HandshakeResult result) {
                boolean wanted = key.shape().has(Capabilities.CLIENT_DEPRECATE_EOF);
                if (result.capabilities().isEofDeprecated() != wanted) {
                    channel.close();
                    outcome.failed(new ConnectFailure(
                            address + " does not offer CLIENT_DEPRECATE_EOF, which this client was promised", null));
                    return;
                }
                PeerTimeout.set(channel, tcpTimeout);
                CompressionHandler.addTowardsServer(channel, result.capabilities());
                Flavor flavor = ServerVersion.parse(result.serverVersion()).flavor();
                if (key.account().taken(address, password)) {
                    noteChange(address, key, password);
                }
                outcome.connected(channel, result.connectionId(), flavor, result.capabilities());
            }

            @Override
            public void failed(HandshakeFailure failure) {
                Password other = first && failure.answered()
                        ? key.account().insteadOf(password, failure.error().code())
                        : null;
                if (other != null) {
                    connect(loop, address, key, alone, other, false, outcome);
                    return;
                }
                outcome.failed(
                        new ConnectFailure(failure.error().message(), failure.answered() ? failure.error() : null));
            }
        });
    }

    /** So that one can see who still needs the old password. */
    private static void noteChange(BackendAddress address, PoolKey key, Password password) {
        boolean old = key.account().isOld(password);
        LOG.info("backend={} user={} takes={}", address, key.user(), old ? "old_password" : "password");
    }
}
