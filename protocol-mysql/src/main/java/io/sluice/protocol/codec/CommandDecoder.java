// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import static io.sluice.protocol.codec.PacketWriter.HEADER_LENGTH;
import static io.sluice.protocol.codec.PacketWriter.MAX_PAYLOAD;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ProtocolException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the bytes of one client into commands. Confined to the client's event loop; owns the bytes it holds.
 *
 * <p>A chunk that is exactly one command, the usual case, becomes that command without a copy. A command longer than
 * the limit is read to its end and thrown away, so that the client learns the reason on a connection that still works.
 */
public final class CommandDecoder {
    private static final int MIN_BUFFER = 4096;

    private final int maxCommandBytes;
    private final @Nullable IntConsumer taken;
    private @Nullable ByteBuf buffered;
    private long discarding;
    private boolean discardContinues;

    /** @param maxCommandBytes the longest payload that becomes a command, in bytes */
    public CommandDecoder(int maxCommandBytes) {
        this(maxCommandBytes, null);
    }

    /**
     * @param taken told, whenever bytes may have been taken, how many are left; for a client that compresses. Frames
     *     have ids of their own then: those of packets mean nothing, some clients leave them all 0, and they are set
     */
    public CommandDecoder(int maxCommandBytes, @Nullable IntConsumer taken) {
        this.maxCommandBytes = maxCommandBytes;
        this.taken = taken;
    }

    /** Adds bytes; takes over the caller's reference. */
    public void feed(ByteBuf chunk, ByteBufAllocator allocator) {
        ByteBuf held = buffered;
        if (held == null) {
            buffered = chunk;
            return;
        }
        int total = held.readableBytes() + chunk.readableBytes();
        if (held.writableBytes() < chunk.readableBytes() || held.refCnt() > 1 || held.isReadOnly()) {
            // Copied because the command must be contiguous; grown in few steps up to the packet's end, or beyond it
            // where
            // the command goes on in further packets, but never at once to what a header promises.
            int expected = expectedLength(held);
            long roomy = total <= expected
                    ? Math.min(Math.max(4L * total, MIN_BUFFER), expected)
                    : Math.min(2L * held.readableBytes(), maxCommandBytes);
            ByteBuf joined = allocator.buffer((int) Math.max(total, roomy));
            joined.writeBytes(held);
            held.release();
            held = joined;
        }
        held.writeBytes(chunk);
        chunk.release();
        buffered = held;
    }

    /** Bytes that wait to become commands. */
    public int bufferedBytes() {
        return buffered == null ? 0 : buffered.readableBytes();
    }

    /**
     * The next complete command, or null if more bytes are needed. The caller owns the command's reference.
     *
     * @throws CommandTooLongException once the last byte of such a command has been thrown away
     * @throws ProtocolException if packets are out of order; the connection cannot go on
     */
    public @Nullable Command next() {
        try {
            return decode();
        } finally {
            told(bufferedBytes());
        }
    }

    private void told(int left) {
        if (taken != null) {
            taken.accept(left);
        }
    }

    private @Nullable Command decode() {
        ByteBuf in = buffered;
        if (in == null || (discarding != 0 || discardContinues) && !discard(in)) {
            return null;
        }
        int payload = 0;
        int position = in.readerIndex();
        for (int sequenceId = 0; ; sequenceId++) {
            if (in.writerIndex() - position < HEADER_LENGTH) {
                return null;
            }
            int length = in.getUnsignedMediumLE(position);
            if (taken == null) {
                checkSequence(in.getUnsignedByte(position + 3), sequenceId & 0xff);
            } else {
                in.setByte(position + 3, sequenceId);
            }
            if (payload + (long) length > maxCommandBytes) {
                return startDiscarding(in, position, length);
            }
            payload += length;
            position += HEADER_LENGTH + length;
            if (length < MAX_PAYLOAD) {
                break;
            }
        }
        return position > in.writerIndex() ? null : take(in, position, payload);
    }

    private Command take(ByteBuf in, int end, int payload) {
        if (payload == 0) {
            throw new ProtocolException("a command without a code");
        }
        CommandCode code = CommandCode.of(in.getByte(in.readerIndex() + HEADER_LENGTH));
        if (end == in.writerIndex()) {
            buffered = null;
            return new Command(code, in, payload);
        }
        ByteBuf packets = in.readRetainedSlice(end - in.readerIndex());
        return new Command(code, packets, payload);
    }

    private @Nullable Command startDiscarding(ByteBuf in, int position, int length) {
        in.readerIndex(position);
        discarding = HEADER_LENGTH + (long) length;
        discardContinues = length == MAX_PAYLOAD;
        discard(in);
        return null;
    }

    /** Throws bytes away up to the end of the long command, and says so then; false if more must come. */
    private boolean discard(ByteBuf in) {
        while (true) {
            int now = (int) Math.min(discarding, in.readableBytes());
            in.skipBytes(now);
            discarding -= now;
            if (discarding > 0) {
                dropIfEmpty(in);
                return false;
            }
            if (!discardContinues) {
                dropIfEmpty(in);
                throw new CommandTooLongException(maxCommandBytes);
            }
            if (in.readableBytes() < HEADER_LENGTH) {
                dropIfEmpty(in);
                return false;
            }
            int length = in.getUnsignedMediumLE(in.readerIndex());
            discarding = HEADER_LENGTH + (long) length;
            discardContinues = length == MAX_PAYLOAD;
        }
    }

    private void dropIfEmpty(ByteBuf in) {
        if (!in.isReadable()) {
            in.release();
            buffered = null;
        }
    }

    /** Takes all bytes held, raw; null if there are none. Used where what follows is not a command (file uploads). */
    public @Nullable ByteBuf takeBuffered() {
        ByteBuf held = buffered;
        buffered = null;
        told(0);
        return held;
    }

    /** Releases what is held. */
    public void close() {
        if (buffered != null) {
            buffered.release();
            buffered = null;
        }
    }

    private int expectedLength(ByteBuf held) {
        if (held.readableBytes() < HEADER_LENGTH) {
            return 0;
        }
        long expected = HEADER_LENGTH + (long) held.getUnsignedMediumLE(held.readerIndex());
        return (int) Math.min(expected, maxCommandBytes);
    }

    private static void checkSequence(int found, int expected) {
        if (found != expected) {
            throw new ProtocolException("packets out of order: sequence id " + found + " instead of " + expected);
        }
    }
}
