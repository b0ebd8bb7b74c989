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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The compressed protocol with a server, which expects its frames numbered from 0 at each command. */
class ServerCompressionTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final CompressionHandler handler = open();
    private final List<String> heard = new ArrayList<>();

    private CompressionHandler open() {
        CompressionHandler.addTowardsServer(channel, new Capabilities(Capabilities.CLIENT_COMPRESS));
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                heard.add(ByteBufUtil.hexDump((ByteBuf) message));
                ((ByteBuf) message).release();
                if (heard.size() == 2) {
                    context.channel().config().setAutoRead(false);
                }
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                heard.add("complete");
            }
        });
        return Objects.requireNonNull(CompressionHandler.of(channel));
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void is_not_there_if_it_was_not_agreed_on() {
        EmbeddedChannel plain = new EmbeddedChannel();
        CompressionHandler.addTowardsServer(plain, new Capabilities(0));
        assertThat(CompressionHandler.of(plain)).isNull();
        plain.finishAndReleaseAll();
    }

    @Test
    void each_command_begins_with_a_frame_0_also_where_several_are_sent_at_once() {
        command(5);
        command(3);
        channel.flush();
        assertThat(sentIds()).containsExactly(0, 0);
        receive(1);
        receive(2);
        command(7);
        channel.flush();
        assertThat(sentIds()).containsExactly(0);
    }

    @Test
    void the_frames_of_a_long_command_are_numbered_through_whatever_arrives_meanwhile() {
        command(5);
        channel.flush();
        assertThat(sentIds()).containsExactly(0);
        handler.beginCommand();
        for (int part = 0; part < 3; part++) {
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[10]), channel.voidPromise());
            receive(7);
        }
        assertThat(sentIds()).containsExactly(0, 1, 2);
    }

    @Test
    void a_file_goes_on_from_the_frame_that_asked_for_it_and_past_255() {
        command(5);
        channel.flush();
        assertThat(sentIds()).containsExactly(0);
        receive(1);
        for (int part = 0; part < 300; part++) {
            handler.goOn();
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[10]), channel.voidPromise());
        }
        List<Integer> ids = sentIds();
        assertThat(ids).hasSize(300).startsWith(2, 3, 4).endsWith(44, 45);
        assertThat(ids.get(254)).isZero();
    }

    /** Else nobody would flush what was passed on after a pause. */
    @Test
    void what_was_held_during_a_pause_is_followed_by_a_read_complete() {
        channel.writeInbound(Unpooled.wrappedBuffer(frame(1), frame(2), frame(3)));
        assertThat(heard).containsExactly("aa", "aa", "complete");
        channel.config().setAutoRead(true);
        assertThat(heard).containsExactly("aa", "aa", "complete", "aa", "complete");
    }

    private void command(int length) {
        handler.beginCommand();
        channel.write(Unpooled.wrappedBuffer(new byte[length]), channel.voidPromise());
    }

    private void receive(int id) {
        channel.writeInbound(Unpooled.wrappedBuffer(frame(id)));
    }

    /** One byte, stored. */
    private static byte[] frame(int id) {
        return new byte[] {1, 0, 0, (byte) id, 0, 0, 0, (byte) 0xaa};
    }

    private List<Integer> sentIds() {
        List<Integer> ids = new ArrayList<>();
        ByteBuf all = Unpooled.buffer();
        ByteBuf out;
        while ((out = channel.readOutbound()) != null) {
            all.writeBytes(out);
            out.release();
        }
        while (all.isReadable()) {
            int length = all.readUnsignedMediumLE();
            ids.add((int) all.readUnsignedByte());
            all.skipBytes(3 + length);
        }
        return ids;
    }
}
