// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The form of buffer that native code reads. */
final class Direct {
    private Direct() {}

    /** The same bytes, copied only if they are on the heap or in pieces. Takes over the reference, returns one. */
    static ByteBuf of(ByteBuf bytes, ByteBufAllocator allocator) {
        if (bytes.isDirect() && bytes.nioBufferCount() == 1) {
            return bytes;
        }
        ByteBuf direct = allocator.directBuffer(bytes.readableBytes());
        direct.writeBytes(bytes);
        bytes.release();
        return direct;
    }
}
