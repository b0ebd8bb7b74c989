// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.channel.uring.IoUringTcpInfo;
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

    private PeerState() {}

    /** Whether the connection has ended at the other end, or altogether, though the loop may not have come to it yet. */
    public static boolean hasEnded(Channel channel) {
        if (channel instanceof EpollSocketChannel socket) {
            return !socket.isOpen() || socket.tcpInfo().state() != ESTABLISHED;
        }
        if (channel instanceof IoUringSocketChannel socket) {
            return !socket.isOpen() || socket.tcpInfo().state() != ESTABLISHED;
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
            EpollTcpInfo info = socket.tcpInfo();
            return isSilent(info.retransmits(), info.probes(), info.lastAckRecv(), limit);
        }
        if (channel instanceof IoUringSocketChannel socket && socket.isOpen()) {
            IoUringTcpInfo info = socket.tcpInfo();
            return isSilent(info.retransmits(), info.probes(), info.lastAckRecv(), limit);
        }
        return false;
    }

    private static boolean isSilent(int retransmits, int probes, long silentMillis, Duration limit) {
        return Math.max(retransmits, probes) >= REPEATED && silentMillis > limit.toMillis();
    }
}
