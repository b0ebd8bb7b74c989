// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.compress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts bytes for a peer into frames. Confined to the channel's event loop; owns the bytes it holds. */
final class FrameWriter {
    /** So many bytes make a frame without waiting for more; together they compress well, and it does not take long. */
    static final int BATCH = 64 * 1024;

    /** Longer ones are cut, so that the room for their compressed form stays small. */
    static final int MAX_FRAME = 1024 * 1024;

    /** Servers store what is shorter as it is: clients expect no less, but the effort would be in vain. */
    static final int MIN_COMPRESSED = 50;

    private final Compression compression;
    private final int level;
    private final FrameIds sequence;
    private @Nullable ByteBuf batch;
    /** Whether the batch is a buffer made here, rather than one that others may still read or write behind. */
    private boolean joined;

    FrameWriter(Compression compression, int level, FrameIds sequence) {
        this.compression = compression;
        this.level = level;
        this.sequence = sequence;
    }

    /** Adds bytes; takes over the caller's reference. True if there are enough to write. */
    boolean add(ByteBuf bytes, ByteBufAllocator allocator) {
        ByteBuf held = batch;
        if (held == null) {
            batch = bytes;
            joined = false;
            return bytes.readableBytes() >= BATCH;
        }
        if (!joined) {
            // Copied because a frame is compressed in one piece.
            ByteBuf room = allocator.directBuffer(BATCH);
            room.writeBytes(held);
            held.release();
            held = room;
            joined = true;
        }
        batch = held.writeBytes(bytes);
        bytes.release();
        return held.readableBytes() >= BATCH;
    }

    /** Gives all there is to {@code out}, which owns it then; nothing if there is nothing. */
    void write(ByteBufAllocator allocator, Consumer<ByteBuf> out) {
        ByteBuf bytes = batch;
        if (bytes == null) {
            return;
        }
        batch = null;
        if (bytes.readableBytes() >= MIN_COMPRESSED) {
            bytes = Direct.of(bytes, allocator);
        }
        try {
            while (bytes.isReadable()) {
                frame(bytes.readSlice(Math.min(bytes.readableBytes(), MAX_FRAME)), allocator, out);
            }
        } finally {
            bytes.release();
        }
    }

    private void frame(ByteBuf plain, ByteBufAllocator allocator, Consumer<ByteBuf> out) {
        int length = plain.readableBytes();
        if (length < MIN_COMPRESSED) {
            ByteBuf frame = allocator.directBuffer(FrameReader.HEADER_LENGTH + length);
            header(frame, length, 0);
            out.accept(frame.writeBytes(plain));
            return;
        }
        Compressor compressor = compression.compressor();
        int bound = compressor.bound(length);
        ByteBuf frame = allocator.directBuffer(FrameReader.HEADER_LENGTH + bound);
        int compressed;
        try {
            compressed =
                    compressor.compress(plain.nioBuffer(), frame.nioBuffer(FrameReader.HEADER_LENGTH, bound), level);
        } catch (RuntimeException | Error e) {
            frame.release();
            throw e;
        }
        if (compressed < 0) {
            header(frame, length, 0);
            out.accept(frame);
            out.accept(plain.retain());
        } else {
            header(frame, compressed, length);
            out.accept(frame.writerIndex(FrameReader.HEADER_LENGTH + compressed));
        }
    }

    private void header(ByteBuf frame, int length, int before) {
        frame.writeMediumLE(length).writeByte(sequence.send()).writeMediumLE(before);
    }

    /** Releases what is held. */
    void close() {
        if (batch != null) {
            batch.release();
            batch = null;
        }
    }
}
