// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import io.sluice.protocol.ProtocolException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** zlib, at its default level as servers have it: clients cannot choose one. */
final class ZlibCompressor implements Compressor {
    /** No stream of zlib grows more than so many times. */
    private static final int MAX_GROWTH = 1032;

    private final Deflater deflater = new Deflater();
    private final Inflater inflater = new Inflater();

    @Override
    public int bound(int length) {
        return length - 1;
    }

    @Override
    public int compress(ByteBuffer in, ByteBuffer out, int level) {
        deflater.reset();
        deflater.setInput(in);
        deflater.finish();
        int length = deflater.deflate(out);
        return deflater.finished() ? length : -1;
    }

    @Override
    public void check(ByteBuffer in, int announced) {
        if (announced > (long) MAX_GROWTH * in.remaining()) {
            throw new ProtocolException(announced + " bytes cannot come out of " + in.remaining());
        }
    }

    @Override
    public void decompress(ByteBuffer in, ByteBuffer out) {
        inflater.reset();
        inflater.setInput(in);
        try {
            while (out.hasRemaining() && inflater.inflate(out) > 0) {
                // Goes on until all is there or nothing more comes.
            }
            // The end of the stream may still be unread.
            if (!inflater.finished() && inflater.inflate(ByteBuffer.allocate(1)) > 0) {
                throw new ProtocolException("longer than announced");
            }
        } catch (DataFormatException e) {
            throw new ProtocolException("not zlib's: " + e.getMessage());
        }
        if (out.hasRemaining() || !inflater.finished() || inflater.getRemaining() > 0) {
            throw new ProtocolException("not as long as announced");
        }
    }

    @Override
    public void close() {
        deflater.end();
        inflater.end();
    }
}
