// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.proxied;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The header, of version 2, by which a server learns whose connection it has.
 *
 * @param client null for a connection of our own, of which the server then takes the address it sees
 */
public record ProxyHeader(@Nullable InetAddress client) {
    /**
     * Sends it. The port is given as 0, which servers take for an unknown one: connections are shared by the clients of
     * one address.
     */
    public void send(ChannelHandlerContext active) {
        HAProxyMessageEncoder encoder = HAProxyMessageEncoder.INSTANCE;
        active.pipeline().addBefore(active.name(), null, encoder);
        active.writeAndFlush(message(active.channel().remoteAddress()), active.voidPromise());
        active.pipeline().remove(encoder);
    }

    private HAProxyMessage message(SocketAddress server) {
        if (client == null) {
            return new HAProxyMessage(
                    HAProxyProtocolVersion.V2, HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
        }
        boolean four = client instanceof Inet4Address;
        String destination = four ? "0.0.0.0" : "::";
        int port = 0;
        if (server instanceof InetSocketAddress inet) {
            port = inet.getPort();
            // Both must be of one family.
            destination = inet.getAddress() instanceof Inet4Address == four
                    ? NetUtil.toAddressString(inet.getAddress())
                    : destination;
        }
        return new HAProxyMessage(
                HAProxyProtocolVersion.V2,
                HAProxyCommand.PROXY,
                four ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
                NetUtil.toAddressString(client),
                destination,
                0,
                port);
    }
}
