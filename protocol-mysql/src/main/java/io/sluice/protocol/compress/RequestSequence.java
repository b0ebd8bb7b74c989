// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

/**
 * The sequence ids of frames with a server, which counts on from 0 at each command and expects the same of us. Commands
 * may be sent ahead of the responses to those before, so that what arrives says nothing about the next frame sent, but
 * while the server reads a file that it has asked for. The ids that it sends are not checked.
 */
final class RequestSequence implements FrameIds {
    private int nextSent;
    private int lastReceived;
    private boolean heardSince;

    /** What is sent now is a new command. */
    void command() {
        nextSent = 0;
        heardSince = false;
    }

    /** What is sent now goes on after the server's last frame, or after what was sent since. */
    void answer() {
        if (heardSince) {
            nextSent = (lastReceived + 1) & 0xff;
            heardSince = false;
        }
    }

    @Override
    public void frame(int id) {
        lastReceived = id;
        heardSince = true;
    }

    @Override
    public void received(int bytes) {}

    @Override
    public int send() {
        int id = nextSent;
        nextSent = (id + 1) & 0xff;
        return id;
    }
}
