// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sluice.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Gets the bytes of packets out of a peer's frames. A frame that is stored as it is passes in parts and without a
 * copy; another is collected first, and its own length limits what is held. Confined to the channel's event loop.
 */
final class FrameReader {
    /** 3 bytes of length, the sequence id, 3 bytes of the length before compression, which is 0 if there was none. */
    static final int HEADER_LENGTH = 7;

    private final Compression compression;
    private final FrameIds sequence;
    private @Nullable ByteBuf held;
    private int storedLeft;

    FrameReader(Compression compression, FrameIds sequence) {
        this.compression = compression;
        this.sequence = sequence;
    }

    /** Adds bytes; takes over the caller's reference. */
    void feed(ByteBuf chunk, ByteBufAllocator allocator) {
        held = held == null ? chunk : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, held, chunk);
    }

    /** The next bytes, which the caller owns; null if more must come first. Nothing can be read after an exception. */
    @Nullable
    ByteBuf next(ByteBufAllocator allocator) {
        ByteBuf in = held;
        if (in == null) {
            return null;
        }
        ByteBuf plain = next(in, allocator);
        if (held != null && !in.isReadable()) {
            close();
        }
        if (plain != null) {
            sequence.received(plain.readableBytes());
        }
        return plain;
    }

    private @Nullable ByteBuf next(ByteBuf in, ByteBufAllocator allocator) {
        while (storedLeft == 0) {
            if (in.readableBytes() < HEADER_LENGTH) {
                return null;
            }
            int start = in.readerIndex();
            int length = in.getUnsignedMediumLE(start);
            int announced = in.getUnsignedMediumLE(start + 4);
            if (announced > 0) {
                return in.readableBytes() < HEADER_LENGTH + length ? null : inflated(in, length, announced, allocator);
            }
            sequence.frame(in.getUnsignedByte(start + 3));
            in.skipBytes(HEADER_LENGTH);
            storedLeft = length;
        }
        return stored(in);
    }

    private @Nullable ByteBuf stored(ByteBuf in) {
        int now = Math.min(storedLeft, in.readableBytes());
        storedLeft -= now;
        if (now == in.readableBytes()) {
            held = null;
            if (now == 0) {
                in.release();
                return null;
            }
            return in;
        }
        return in.readRetainedSlice(now);
    }

    private ByteBuf inflated(ByteBuf in, int length, int announced, ByteBufAllocator allocator) {
        sequence.frame(in.getUnsignedByte(in.readerIndex() + 3));
        in.skipBytes(HEADER_LENGTH);
        ByteBuf direct = Direct.of(in.readRetainedSlice(length), allocator);
        ByteBuf plain = null;
        try {
            Compressor compressor = compression.compressor();
            compressor.check(direct.nioBuffer(), announced);
            plain = allocator.directBuffer(announced, announced);
            compressor.decompress(direct.nioBuffer(), plain.nioBuffer(0, announced));
            ByteBuf whole = plain.writerIndex(announced);
            plain = null;
            return whole;
        } catch (ProtocolException e) {
            throw new ProtocolException("a compressed frame of " + length + " bytes: " + e.getMessage());
        } finally {
            direct.release();
            if (plain != null) {
                plain.release();
            }
        }
    }

    /** Releases what is held. */
    void close() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
