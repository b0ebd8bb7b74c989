// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.proxied;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    @Test
    void tells_the_clients_address_and_no_port() throws UnknownHostException {
        assertThat(sent("203.0.113.7", "10.0.0.1")).isEqualTo(SIGNATURE + "2111000c" + "cb0071070a00000100000cea");
        assertThat(sent("2001:db8::7", "fd00::1"))
                .isEqualTo(SIGNATURE + "21210024" + "20010db8000000000000000000000007"
                        + "fd000000000000000000000000000001" + "00000cea");
    }

    @Test
    void leaves_the_servers_address_open_where_it_is_of_the_other_family() throws UnknownHostException {
        assertThat(sent("203.0.113.7", "fd00::1")).isEqualTo(SIGNATURE + "2111000c" + "cb0071070000000000000cea");
        assertThat(sent("2001:db8::7", "10.0.0.1"))
                .isEqualTo(SIGNATURE + "21210024" + "20010db8000000000000000000000007" + "00".repeat(16) + "00000cea");
    }

    @Test
    void says_of_a_connection_of_our_own_that_it_is_one() throws UnknownHostException {
        assertThat(sent(null, "10.0.0.1")).isEqualTo(SIGNATURE + "20000000");
    }

    private static String sent(@Nullable String client, String server) throws UnknownHostException {
        ProxyHeader header = new ProxyHeader(client == null ? null : InetAddress.getByName(client));
        SocketAddress address = new InetSocketAddress(InetAddress.getByName(server), 3306);
        EmbeddedChannel channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return address;
            }
        };
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerAdded(ChannelHandlerContext added) {
                header.send(added);
            }
        });
        ByteBuf out = channel.readOutbound();
        String hex = ByteBufUtil.hexDump(out);
        out.release();
        assertThat(channel.<Object>readOutbound()).isNull();
        assertThat(channel.pipeline().names()).as("no encoder is left").hasSize(2);
        channel.finishAndReleaseAll();
        return hex;
    }
}
