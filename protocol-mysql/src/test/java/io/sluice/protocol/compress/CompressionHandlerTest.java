// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.testing.Mutations;
import io.sluice.protocol.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompressionHandlerTest {
    /** COM_QUERY: select "012345678901234567890123456789012345", as the manual's example has it. */
    private static final String QUERY = "220000" + "00" + "320000" + "789cd3636060602e4ecd494d2e5150323034323631353"
            + "3b7b0c4cd52020" + "00cd10a6c";

    private static final String PING = "050000" + "00" + "000000" + "010000000e";

    /** What the handlers behind get. */
    private static final class Behind extends ChannelInboundHandlerAdapter {
        final ByteBuf plain = Unpooled.buffer();
        int reads;
        int pauseAfter = Integer.MAX_VALUE;

        @Nullable
        Throwable failure;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            plain.writeBytes((ByteBuf) message);
            ((ByteBuf) message).release();
            if (++reads == pauseAfter) {
                context.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            assertThat(failure).isNull();
            failure = cause;
        }
    }

    private final List<EmbeddedChannel> channels = new ArrayList<>();
    private Behind behind = new Behind();

    private EmbeddedChannel channel(Compression compression) {
        behind = new Behind();
        EmbeddedChannel channel = new EmbeddedChannel(new CompressionHandler(compression, 3), behind);
        channels.add(channel);
        return channel;
    }

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    @Test
    void zlib_wins_where_both_are_agreed_on() {
        int zlib = Capabilities.CLIENT_COMPRESS;
        int zstd = Capabilities.CLIENT_ZSTD_COMPRESSION_ALGORITHM;
        assertThat(Compression.of(new Capabilities(zlib | zstd))).contains(Compression.ZLIB);
        assertThat(Compression.of(new Capabilities(zstd))).contains(Compression.ZSTD);
        assertThat(Compression.of(new Capabilities(~(zlib | zstd)))).isEmpty();
        assertThat(Compression.ZSTD.obstacle()).isNull();
    }

    @Test
    void reads_the_frames_of_the_manual() {
        EmbeddedChannel channel = channel(Compression.ZLIB);
        receive(channel, QUERY + PING);
        assertThat(ByteBufUtil.hexDump(behind.plain))
                .isEqualTo("2e00000003"
                        + ByteBufUtil.hexDump("select \"012345678901234567890123456789012345\""
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        + "010000000e");
    }

    @Test
    void stores_what_is_short_and_compresses_the_rest_if_that_helps() {
        EmbeddedChannel channel = channel(Compression.ZLIB);
        receive(channel, PING);
        CompressionHandler.taken(channel).accept(0);
        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[49]));
        assertThat(ByteBufUtil.hexDump(sent(channel))).startsWith("310000" + "01" + "000000" + "00");
        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[50]));
        assertThat(ByteBufUtil.hexDump(sent(channel))).startsWith("0c0000" + "02" + "320000" + "789c");
        channel.writeOutbound(Unpooled.wrappedBuffer(Mutations.random(100, new Random(1))));
        assertThat(ByteBufUtil.hexDump(sent(channel))).startsWith("640000" + "03" + "000000");
    }

    @Test
    void numbers_frames_on_from_the_commands_last() {
        EmbeddedChannel channel = channel(Compression.ZLIB);
        receive(channel, "010000" + "00" + "000000" + "01" + "010000" + "01" + "000000" + "00");
        receive(channel, PING); // sent ahead
        IntConsumer taken = CompressionHandler.taken(channel);
        taken.accept(5);
        assertThat(idOfNext(channel)).isEqualTo(2);
        assertThat(idOfNext(channel)).isEqualTo(3);
        taken.accept(0);
        assertThat(idOfNext(channel)).isEqualTo(1);
        receive(channel, "010000" + "02" + "000000" + "00"); // an answer within the exchange
        assertThat(idOfNext(channel)).isEqualTo(3);
        assertThat(behind.failure).isNull();
    }

    @Test
    void ids_start_over_at_256_frames() {
        EmbeddedChannel channel = channel(Compression.ZLIB);
        StringBuilder command = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            command.append("010000")
                    .append(String.format("%02x", i & 0xff))
                    .append("000000")
                    .append("aa");
        }
        receive(channel, command.toString());
        CompressionHandler.taken(channel).accept(0);
        assertThat(idOfNext(channel)).isEqualTo(300 & 0xff);
        assertThat(behind.failure).isNull();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void what_is_written_reads_the_same_however_it_is_cut(Compression compression) {
        byte[] whole = new byte[400];
        new Random(1).nextBytes(whole);
        Arrays.fill(whole, 30, 300, (byte) 7);
        byte[] frames = written(compression, whole, new int[] {20, 120, 121, 400});
        for (int cut = 0; cut <= frames.length; cut++) {
            EmbeddedChannel channel = channel(compression);
            receive(channel, Arrays.copyOf(frames, cut));
            receive(channel, Arrays.copyOfRange(frames, cut, frames.length));
            assertThat(ByteBufUtil.getBytes(behind.plain)).as("cut at %d", cut).isEqualTo(whole);
            channel.finishAndReleaseAll();
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void random_bytes_come_through_in_random_pieces(Compression compression) {
        Seeds.forEach(10, random -> {
            byte[] whole = Mutations.random(1 + random.nextInt(200_000), random);
            Arrays.fill(whole, whole.length / 3, whole.length / 3 * 2, (byte) 1);
            int[] writes = Mutations.cuts(whole.length, random);
            byte[] frames = written(compression, whole, writes.length > 500 ? new int[] {whole.length} : writes);
            EmbeddedChannel channel = channel(compression);
            int start = 0;
            int[] ends = random.nextBoolean() ? new int[] {frames.length} : Mutations.cuts(frames.length, random);
            for (int end : ends.length > 500 ? new int[] {frames.length / 2, frames.length} : ends) {
                receive(channel, Arrays.copyOfRange(frames, start, end));
                start = end;
            }
            assertThat(behind.failure).isNull();
            assertThat(behind.plain).isEqualTo(Unpooled.wrappedBuffer(whole));
        });
    }

    @Test
    void holds_frames_while_the_channel_is_not_to_be_read() {
        EmbeddedChannel channel = channel(Compression.ZLIB);
        behind.pauseAfter = 2;
        receive(channel, PING.repeat(5));
        assertThat(behind.reads).isEqualTo(2);
        channel.config().setAutoRead(true);
        assertThat(behind.reads).isEqualTo(5);
    }

    @Test
    void writes_are_done_when_their_frames_are() {
        EmbeddedChannel channel = channel(Compression.ZLIB);
        channel.write(Unpooled.wrappedBuffer(new byte[10]), channel.voidPromise());
        var done = channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[10]));
        assertThat(done.isSuccess()).isTrue();
        assertThat(ByteBufUtil.hexDump(sent(channel))).startsWith("140000" + "00" + "000000");
    }

    @Test
    void refuses_ids_out_of_order() {
        refuses(Compression.ZLIB, "010000" + "00" + "000000" + "01" + "010000" + "02" + "000000" + "00", "order");
    }

    @Test
    void refuses_more_than_zlib_could_announce() {
        String body = QUERY.substring(14);
        refuses(Compression.ZLIB, "220000" + "00" + "ffffff" + body, "cannot come out");
    }

    @Test
    void refuses_frames_of_another_length_than_announced() {
        refuses(Compression.ZLIB, QUERY.replaceFirst("320000", "310000"), "longer");
        refuses(Compression.ZLIB, QUERY.replaceFirst("320000", "330000"), "announced");
        String zeros = ByteBufUtil.hexDump(written(Compression.ZSTD, new byte[80], new int[] {80}));
        assertThat(zeros.substring(8, 14)).isEqualTo("500000");
        refuses(Compression.ZSTD, zeros.replaceFirst("500000", "510000"), "announced");
        refuses(Compression.ZSTD, zeros.replaceFirst("500000", "4f0000"), "announced");
        refuses(Compression.ZSTD, zeros.replaceFirst("500000", "ffffff"), "announced");
    }

    @Test
    void refuses_garbage() {
        String garbage = "0a0000" + "00" + "640000" + "00010203040506070809";
        refuses(Compression.ZLIB, garbage, "not zlib's");
        refuses(Compression.ZSTD, garbage, "not zstd's");
    }

    private void refuses(Compression compression, String frames, String cause) {
        EmbeddedChannel channel = channel(compression);
        receive(channel, frames);
        assertThat(behind.failure).isInstanceOf(ProtocolException.class).hasMessageContaining(cause);
        int before = behind.reads;
        receive(channel, PING);
        assertThat(behind.reads).as("nothing is read behind a broken frame").isEqualTo(before);
    }

    private byte[] written(Compression compression, byte[] whole, int[] ends) {
        EmbeddedChannel channel = channel(compression);
        int start = 0;
        Random random = new Random(ends.length);
        for (int end : ends) {
            channel.write(Unpooled.copiedBuffer(whole, start, end - start));
            if (random.nextInt(3) == 0) {
                channel.flush();
            }
            start = end;
        }
        channel.flush();
        return sent(channel);
    }

    private static int idOfNext(EmbeddedChannel channel) {
        channel.writeOutbound(Unpooled.wrappedBuffer(new byte[1]));
        return sent(channel)[3];
    }

    private static byte[] sent(EmbeddedChannel channel) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    private static void receive(EmbeddedChannel channel, String hex) {
        receive(channel, ByteBufUtil.decodeHexDump(hex));
    }

    private static void receive(EmbeddedChannel channel, byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }
}
