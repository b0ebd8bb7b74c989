// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import io.sluice.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** One algorithm with its native memory; confined to a thread. All buffers are direct ones. */
interface Compressor {
    /** The room that {@link #compress} needs for so many bytes. */
    int bound(int length);

    /** Returns how many bytes were written to {@code out}, or -1 if that would have been no fewer than before. */
    int compress(ByteBuffer in, ByteBuffer out, int level);

    /** Refuses, before there is a buffer for them, so many bytes as cannot come out of {@code in}. */
    void check(ByteBuffer in, int announced);

    /**
     * Fills {@code out}.
     *
     * @throws ProtocolException unless all of {@code in} gives exactly as many bytes as there is room for
     */
    void decompress(ByteBuffer in, ByteBuffer out);

    void close();
}
