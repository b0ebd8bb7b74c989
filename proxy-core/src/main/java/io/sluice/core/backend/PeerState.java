// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;
import io.netty.util.concurrent.FastThreadLocal;
import java.time.Duration;

/**
 * What the kernel knows of the other end of a TCP connection (tcp(7): TCP_INFO), which an event loop learns later, or
 * never. For Linux; NIO cannot tell, and nothing is ever the case there. For the loop of the channel.
 */
public final class PeerState {
    /** TCP_ESTABLISHED of the kernel: neither end has ended it. */
    private static final int ESTABLISHED = 1;
    /** How often in vain, so that it is no accident. */
    private static final int REPEATED = 3;

    /** Each loop's own, since every write asks. */
    private static final FastThreadLocal<EpollTcpInfo> EPOLL = new FastThreadLocal<>() {
        @Override
        protected EpollTcpInfo initialValue() {
            return new EpollTcpInfo();
        }
    };

    private static final FastThreadLocal<IoUringTcpInfo> IO_URING = new FastThreadLocal<>() {
        @Override
        protected IoUringTcpInfo initialValue() {
            return new IoUringTcpInfo();
        }
    };

    private PeerState() {}

    /**
     * Whether the connection has ended at the other end, or altogether, though the loop may not have come to it yet. Takes
     * a microsecond.
     */
    public static boolean hasEnded(Channel channel) {
        if (channel instanceof EpollSocketChannel socket) {
            return !socket.isOpen() || socket.tcpInfo(EPOLL.get()).state() != ESTABLISHED;
        }
        if (channel instanceof IoUringSocketChannel socket) {
            return !socket.isOpen() || socket.tcpInfo(IO_URING.get()).state() != ESTABLISHED;
        }
        return false;
    }

    /**
     * Whether the other end has acknowledged nothing for so long although it was asked again and again: what was sent is
     * sent anew, or it is asked whether it has room again. An end that reads nothing says each time that it has no room,
     * and is not meant.
     */
    public static boolean isSilent(Channel channel, Duration limit) {
        if (channel instanceof EpollSocketChannel socket && socket.isOpen()) {
            EpollTcpInfo info = socket.tcpInfo(EPOLL.get());
            return isSilent(info.retransmits(), info.probes(), info.lastAckRecv(), limit);
        }
        if (channel instanceof IoUringSocketChannel socket && socket.isOpen()) {
            IoUringTcpInfo info = socket.tcpInfo(IO_URING.get());
            return isSilent(info.retransmits(), info.probes(), info.lastAckRecv(), limit);
        }
        return false;
    }

    private static boolean isSilent(int retransmits, int probes, long silentMillis, Duration limit) {
        return Math.max(retransmits, probes) >= REPEATED && silentMillis > limit.toMillis();
    }
}
