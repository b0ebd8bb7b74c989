// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Asked by an event loop that does nothing else meanwhile, and so has not come to what happens. */
class PeerStateTest {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    @Test
    void an_end_shows_before_the_loop_comes_to_it() throws Exception {
        assumeTrue(Epoll.isAvailable(), () -> "no epoll here: " + Epoll.unavailabilityCause());
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Channel channel = new Bootstrap()
                    .group(group)
                    .channel(EpollSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(server.getLocalSocketAddress())
                    .sync()
                    .channel();
            Socket peer = server.accept();
            boolean[] seen = channel.eventLoop()
                    .submit(() -> {
                        boolean before = PeerState.hasEnded(channel);
                        peer.close();
                        long begin = System.nanoTime();
                        while (!PeerState.hasEnded(channel) && System.nanoTime() - begin < LIMIT_NANOS) {
                            Thread.onSpinWait();
                        }
                        return new boolean[] {before, PeerState.hasEnded(channel), channel.isActive()};
                    })
                    .get();
            assertThat(seen)
                    .as("ended before, ended after, still active to the loop")
                    .containsExactly(false, true, true);
            assertThat(channel.eventLoop()
                            .submit(() -> PeerState.isSilent(channel, Duration.ZERO))
                            .get())
                    .as("silent, although nobody was asked in vain")
                    .isFalse();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
