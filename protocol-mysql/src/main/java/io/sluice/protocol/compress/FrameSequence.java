// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import io.sluice.protocol.ProtocolException;
import java.util.ArrayDeque;

/**
 * The sequence ids of frames with a client, which both sides count together from 0 at each command. A client may send its next
 * command ahead; the frames of the response to the one before it go on by that one's ids.
 */
final class FrameSequence implements FrameIds {
    /** Far more than a session reads ahead, even of the shortest commands. */
    private static final int MAX_STARTS = 64 * 1024;

    /** A frame with the id 0, and those after it. */
    private static final class Start {
        final long at;
        int lastId;

        Start(long at) {
            this.at = at;
        }
    }

    private final ArrayDeque<Start> ahead = new ArrayDeque<>();
    private long received;
    private int nextReceived;
    private int nextSent;

    @Override
    public void frame(int id) {
        if (id != 0 && id != nextReceived) {
            throw new ProtocolException(
                    "compressed frames out of order: sequence id " + id + " instead of " + nextReceived);
        }
        nextReceived = (id + 1) & 0xff;
        Start last = ahead.peekLast();
        if (id == 0 && (last == null || last.at != received)) {
            if (ahead.size() == MAX_STARTS) {
                throw new ProtocolException("too many compressed frames with the sequence id 0 ahead");
            }
            ahead.add(new Start(received));
        } else if (last != null) {
            last.lastId = id;
        } else {
            nextSent = nextReceived;
        }
    }

    @Override
    public void received(int bytes) {
        received += bytes;
    }

    /** All received bytes but the last {@code left} belong to commands that are done or being answered now. */
    void taken(int left) {
        Start first = ahead.peekFirst();
        while (first != null && first.at < received - left) {
            nextSent = (first.lastId + 1) & 0xff;
            ahead.removeFirst();
            first = ahead.peekFirst();
        }
    }

    @Override
    public int send() {
        int id = nextSent;
        nextSent = (id + 1) & 0xff;
        if (ahead.isEmpty()) {
            nextReceived = nextSent;
        }
        return id;
    }
}
