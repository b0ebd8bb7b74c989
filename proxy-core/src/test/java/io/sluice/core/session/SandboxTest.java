// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.protocol.packet.ErrPacket;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SandboxTest {
    /** COM_QUERY, its continuation, an empty packet, and a query whose second byte is COM_CHANGE_USER's. */
    private static final byte[] HARMLESS = {2, 0, 0, 0, 3, 'x', 1, 0, 0, 1, 0x11, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0x11, 'x'};

    private static final byte[] CHANGE_USER = {3, 0, 0, 0, 0x11, 'a', 0};

    private final EmbeddedChannel client = new EmbeddedChannel();
    private final EmbeddedChannel backend = new EmbeddedChannel();

    @BeforeEach
    void join() {
        Sandbox.join(client, backend, "pipe");
    }

    @AfterEach
    void release() {
        client.finishAndReleaseAll();
        backend.finishAndReleaseAll();
    }

    @Test
    void bytes_pass_both_ways_as_they_come() {
        for (int chunk = 1; chunk <= HARMLESS.length; chunk++) {
            send(HARMLESS, chunk);
            assertThat(sent(backend)).isEqualTo(HARMLESS);
        }
        backend.writeInbound(Unpooled.wrappedBuffer(CHANGE_USER));
        assertThat(sent(client)).isEqualTo(CHANGE_USER);
    }

    @Test
    void another_login_is_refused_wherever_chunks_end() {
        for (int chunk = 1; chunk <= CHANGE_USER.length; chunk++) {
            EmbeddedChannel server = new EmbeddedChannel();
            EmbeddedChannel other = new EmbeddedChannel();
            Sandbox.join(other, server, "pipe");
            send(other, HARMLESS, HARMLESS.length);
            send(other, Arrays.copyOf(CHANGE_USER, 5), chunk);
            assertThat(ErrPacket.read(Unpooled.wrappedBuffer(sent(other)).skipBytes(4))
                            .code())
                    .isEqualTo(Errors.NOT_SUPPORTED);
            assertThat(other.isOpen()).isFalse();
            assertThat(server.isOpen()).isFalse();
            assertThat(sent(server)).startsWith(HARMLESS).hasSizeLessThanOrEqualTo(HARMLESS.length + 4);
        }
    }

    @Test
    void a_side_that_ends_ends_the_other() {
        backend.close();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void a_side_that_takes_no_more_keeps_the_other_from_being_read() {
        backend.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        backend.runPendingTasks();
        assertThat(client.config().isAutoRead()).isFalse();
        backend.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        backend.runPendingTasks();
        assertThat(client.config().isAutoRead()).isTrue();
    }

    private void send(byte[] bytes, int chunk) {
        send(client, bytes, chunk);
    }

    private static void send(EmbeddedChannel from, byte[] bytes, int chunk) {
        for (int at = 0; at < bytes.length && from.isOpen(); at += chunk) {
            from.writeInbound(Unpooled.copiedBuffer(Arrays.copyOfRange(bytes, at, Math.min(at + chunk, bytes.length))));
        }
    }

    private static byte[] sent(EmbeddedChannel to) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = to.readOutbound(); part != null; part = to.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return Arrays.copyOf(all.array(), all.readableBytes());
    }
}
