// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.sluice.protocol.ProtocolException;
import java.nio.ByteBuffer;

/** zstd, whose level clients choose. */
final class ZstdCompressor implements Compressor {
    /** Above it, one frame takes longer than the other clients of an event loop should wait. */
    private static final int MAX_LEVEL = 9;

    /** ZSTD_CONTENTSIZE_UNKNOWN. */
    private static final long UNKNOWN_SIZE = -1;

    private final ZstdCompressCtx out = new ZstdCompressCtx();
    private final ZstdDecompressCtx in = new ZstdDecompressCtx();

    @Override
    public int bound(int length) {
        return Math.toIntExact(Zstd.compressBound(length));
    }

    @Override
    public int compress(ByteBuffer plain, ByteBuffer compressed, int level) {
        out.setLevel(Math.max(1, Math.min(level, MAX_LEVEL)));
        int length = out.compressDirectByteBuffer(
                compressed, compressed.position(), compressed.remaining(), plain, plain.position(), plain.remaining());
        return length < plain.remaining() ? length : -1;
    }

    /** Clients compress at once what they have, so that the header of what they send has the size; streams have none. */
    @Override
    public void check(ByteBuffer compressed, int announced) {
        long size = Zstd.getDirectByteBufferFrameContentSize(compressed, compressed.position(), compressed.remaining());
        if (size != announced && size != UNKNOWN_SIZE) {
            throw new ProtocolException("not zstd's, or not as long as announced");
        }
    }

    @Override
    public void decompress(ByteBuffer compressed, ByteBuffer plain) {
        int room = plain.remaining();
        int length;
        try {
            length = in.decompressDirectByteBuffer(
                    plain, plain.position(), room, compressed, compressed.position(), compressed.remaining());
        } catch (ZstdException e) {
            throw new ProtocolException("not zstd's: " + e.getMessage());
        }
        if (length != room) {
            throw new ProtocolException("not as long as announced");
        }
    }

    @Override
    public void close() {
        out.close();
        in.close();
    }
}
