// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.proxied;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxyHeaderReaderTest {
    private static final byte[] V1 = "PROXY TCP4 203.0.113.7 10.0.0.1 51234 6033\r\n".getBytes(US_ASCII);
    private static final byte[] V1_IPV6 = "PROXY TCP6 2001:db8::7 ::1 51234 6033\r\n".getBytes(US_ASCII);
    private static final byte[] V1_UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(US_ASCII);
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final byte[] V2 = hex(SIGNATURE + "2111000c" + "cb007107" + "0a000001" + "c8221791");
    private static final byte[] V2_EXTENDED =
            hex(SIGNATURE + "21110015" + "cb007107" + "0a000001" + "c8221791" + "020006" + "636c69656e74");
    private static final byte[] V2_IPV6 = hex(SIGNATURE + "21210024" + "20010db8000000000000000000000007"
            + "00000000000000000000000000000001" + "c8221791");
    private static final byte[] V2_MAPPED = hex(SIGNATURE + "21210024" + "00000000000000000000ffffcb007107"
            + "00000000000000000000000000000001" + "c8221791");
    private static final byte[] V2_LOCAL = hex(SIGNATURE + "20000000");
    private static final byte[] V2_UNSPECIFIED = hex(SIGNATURE + "21000000");
    private static final byte[] V2_UNIX = hex(SIGNATURE + "213100d8" + "2f61" + "00".repeat(214));
    /** A header of each kind. */
    static final byte[][] HEADERS = {V1, V1_IPV6, V1_UNKNOWN, V2, V2_EXTENDED, V2_IPV6, V2_LOCAL, V2_UNIX};

    private static final byte[] V2_DATAGRAM = hex(SIGNATURE + "2112000c" + "cb007107" + "0a000001" + "c8221791");

    private final List<String> heard = new ArrayList<>();
    private final ByteBuf behind = Unpooled.buffer();

    private final EmbeddedChannel channel = open(new EmbeddedChannel());

    private EmbeddedChannel open(EmbeddedChannel opened) {
        ProxyHeaderReader.add(opened, Duration.ofSeconds(10), new ProxyHeaderReader.Listener() {
            @Override
            public void told(@Nullable InetSocketAddress client) {
                heard.add("told " + client);
                opened.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        behind.writeBytes((ByteBuf) message);
                        ((ByteBuf) message).release();
                    }
                });
            }

            @Override
            public void absent() {
                heard.add("absent");
            }

            @Override
            public void malformed(String reason) {
                heard.add("malformed");
            }
        });
        return opened;
    }

    @Test
    void tells_the_clients_address() {
        assertThat(said(V1)).isEqualTo("told /203.0.113.7:51234");
        assertThat(said(V1_IPV6)).isEqualTo("told /[2001:db8:0:0:0:0:0:7]:51234");
        assertThat(said(V2)).isEqualTo("told /203.0.113.7:51234");
        assertThat(said(V2_EXTENDED)).isEqualTo("told /203.0.113.7:51234");
        assertThat(said(V2_IPV6)).isEqualTo("told /[2001:db8:0:0:0:0:0:7]:51234");
        assertThat(said(V2_MAPPED)).isEqualTo("told /203.0.113.7:51234");
    }

    @Test
    void knows_no_address_where_the_header_has_none() {
        assertThat(said(V1_UNKNOWN)).isEqualTo("told null");
        assertThat(said(V2_LOCAL)).isEqualTo("told null");
        assertThat(said(V2_UNSPECIFIED)).isEqualTo("told null");
        assertThat(said(V2_DATAGRAM)).isEqualTo("told null");
        assertThat(said(V2_UNIX)).isEqualTo("told null");
    }

    @Test
    void reads_byte_by_byte_and_leaves_what_follows_to_the_next_handler() {
        for (byte[] header : List.of(V1, V2, V2_EXTENDED, V2_LOCAL)) {
            EmbeddedChannel dripping = open(new EmbeddedChannel());
            for (byte value : header) {
                assertThat(heard).isEmpty();
                dripping.writeInbound(Unpooled.wrappedBuffer(new byte[] {value}));
            }
            assertThat(heard).hasSize(1);
            dripping.finishAndReleaseAll();
            heard.clear();
        }
        channel.writeInbound(Unpooled.wrappedBuffer(V2, new byte[] {1, 2, 3}));
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {4}));
        assertThat(ByteBufUtil.getBytes(behind)).containsExactly(1, 2, 3, 4);
        assertThat(heard).hasSize(1);
        assertThat(channel.pipeline().names()).hasSize(2); // the one that takes what follows, and the tail
        channel.finishAndReleaseAll();
        behind.release();
    }

    @Test
    void closes_on_what_is_no_header() {
        byte[] handshakeResponse = new byte[40];
        handshakeResponse[0] = 36;
        byte[] endless = "PROXY TCP4 ".repeat(20).getBytes(US_ASCII);
        byte[] huge = hex(SIGNATURE + "2111ffff" + "cb007107".repeat(1200));
        byte[] wrongAddress = "PROXY TCP4 example.com 10.0.0.1 51234 6033\r\n".getBytes(US_ASCII);
        byte[] wrongPort = "PROXY TCP4 203.0.113.7 10.0.0.1 99999 6033\r\n".getBytes(US_ASCII);
        byte[] tooShort = hex(SIGNATURE + "21110004" + "cb007107");
        byte[] wrongVersion = hex(SIGNATURE + "3111000c" + "cb007107" + "0a000001" + "c8221791");
        assertThat(said(endless)).isEqualTo("malformed");
        assertThat(said(huge)).isEqualTo("malformed");
        assertThat(said(wrongAddress)).isEqualTo("malformed");
        assertThat(said(wrongPort)).isEqualTo("malformed");
        assertThat(said(tooShort)).isEqualTo("malformed");
        assertThat(said(wrongVersion)).isEqualTo("malformed");
        assertThat(said(new byte[200])).isEqualTo("malformed");
        channel.writeInbound(Unpooled.wrappedBuffer(handshakeResponse));
        assertThat(heard).isEmpty(); // may be the start of a line still
        late();
        assertThat(heard).containsExactly("absent");
    }

    @Test
    void notices_its_absence_at_the_deadline() {
        channel.writeInbound(Unpooled.copiedBuffer("PROXY TCP4 203", US_ASCII));
        late();
        assertThat(heard).containsExactly("absent");
        assertThat(channel.isOpen()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void a_health_check_that_says_nothing_is_no_event() {
        channel.finishAndReleaseAll();
        late();
        assertThat(heard).isEmpty();
    }

    private String said(byte[] bytes) {
        heard.clear();
        EmbeddedChannel own = open(new EmbeddedChannel());
        own.writeInbound(Unpooled.wrappedBuffer(bytes));
        String first = String.join(" and ", heard);
        assertThat(own.isOpen()).isEqualTo(!first.equals("malformed"));
        own.finishAndReleaseAll();
        assertThat(heard).hasSize(1);
        heard.clear();
        return first;
    }

    private void late() {
        channel.advanceTimeBy(10, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
