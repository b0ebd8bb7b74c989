// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringSocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/**
 * For how long the machine at the other end may acknowledge nothing before the kernel gives a connection up. Of its own
 * accord it asks after two hours who has nothing to acknowledge, and repeats for a quarter of an hour what is not
 * acknowledged (tcp(7): TCP_KEEPIDLE, TCP_USER_TIMEOUT). A server that is slow, or hangs, is not meant: its machine answers.
 */
public final class PeerTimeout {
    /** Of the time it may be silent, a third goes by before it is asked, and the rest is for four questions. */
    private static final int QUESTIONS = 4;

    private PeerTimeout() {}

    /** Any thread; nothing happens to what is no TCP connection. */
    public static void set(Channel channel, Duration limit) {
        askWhileQuiet(channel, limit);
        limitUnacknowledged(channel, Math.toIntExact(limit.toMillis()));
    }

    /** The same, but only while nothing waits to be acknowledged: the other end may take its time with what was sent. */
    public static void askWhileQuiet(Channel channel, Duration limit) {
        int idle = atLeastASecond(limit.dividedBy(3));
        int gap = atLeastASecond(limit.dividedBy(6));
        ChannelConfig config = channel.config();
        if (channel instanceof EpollSocketChannel) {
            config.setOption(EpollChannelOption.TCP_KEEPIDLE, idle);
            config.setOption(EpollChannelOption.TCP_KEEPINTVL, gap);
            config.setOption(EpollChannelOption.TCP_KEEPCNT, QUESTIONS);
        } else if (channel instanceof IoUringSocketChannel) {
            config.setOption(IoUringChannelOption.TCP_KEEPIDLE, idle);
            config.setOption(IoUringChannelOption.TCP_KEEPINTVL, gap);
            config.setOption(IoUringChannelOption.TCP_KEEPCNT, QUESTIONS);
        } else if (channel instanceof NioSocketChannel) {
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), idle);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), gap);
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), QUESTIONS);
        }
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
    }

    /**
     * From now on the other end may take its time with what was sent. The kernel does not tell a server that reads nothing
     * for a while, such as a file for which it has no room, from one that is not there.
     */
    public static void letItTakeItsTime(Channel channel) {
        limitUnacknowledged(channel, 0);
    }

    /**
     * Before the channel is closed: what the kernel has not sent yet is not sent any more. Else it would be repeated, and a
     * cut that heals bring a server what was given up long ago.
     */
    static void forgetUnsent(Channel channel) {
        if (channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
    }

    /** NIO has no such option: there it is as the kernel has it. */
    private static void limitUnacknowledged(Channel channel, int millis) {
        if (channel instanceof EpollSocketChannel) {
            channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, millis);
        } else if (channel instanceof IoUringSocketChannel) {
            channel.config().setOption(IoUringChannelOption.TCP_USER_TIMEOUT, millis);
        }
    }

    private static int atLeastASecond(Duration time) {
        return Math.toIntExact(Math.max(1, time.toSeconds()));
    }
}
