// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

/** The sequence ids that frames have, in both directions of a connection. */
interface FrameIds {
    /** A frame arrives; its bytes begin behind those received so far. */
    void frame(int id);

    void received(int bytes);

    /** The id of a frame that is sent now. */
    int send();
}
