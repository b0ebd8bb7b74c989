// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.response;

import static io.sluice.protocol.codec.PacketWriter.HEADER_LENGTH;
import static io.sluice.protocol.codec.PacketWriter.MAX_PAYLOAD;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.packet.WireFormat;
import org.jspecify.annotations.Nullable;

/**
 * Walks the packet headers of a response and finds the few packets that carry its end and the server's state. All
 * other bytes go through as the chunks in which they came. One per backend connection, confined to its event loop.
 *
 * <p>What the first byte of a packet means depends on where it stands (manual: "Command Response"). The states follow
 * the manual's diagrams of COM_QUERY and COM_STMT_PREPARE responses. Three traps: a packet after one of 0xFFFFFF bytes
 * continues it and says nothing by its first byte; 0xFE starts a row whose first column has 16 MB or more, unless the
 * packet is shorter than that; with a cursor the classic EOF packet after the definitions is the end.
 */
public final class ResponseScanner {
    /** An OK packet with long trackers (GTID sets) is the longest packet that is collected. */
    private static final int MAX_COLLECTED = 8 << 20;

    private static final int CLASSIC_EOF_LIMIT = 9;

    private enum State {
        FIRST,
        DEFINITIONS,
        EOF_AFTER_DEFINITIONS,
        ROWS,
        PREPARE_FIRST,
        PREPARE_DEFINITIONS,
        PREPARE_EOF,
        FIELD_LIST,
        TEXT,
        EVENTS,
        DONE
    }

    /** Receives what the scanner finds, in the order of the bytes. */
    public interface Sink {
        /** Bytes to pass on unchanged; the sink takes over the reference. */
        void relay(ByteBuf bytes);

        /**
         * A packet that the session must know. {@code payload} is borrowed for the call.
         *
         * @return null to pass the packet on unchanged, else the packet (with header) to pass on in its place, an empty
         *     buffer for none
         */
        @Nullable
        ByteBuf terminal(TerminalPacket kind, ByteBuf payload, int sequenceId);
    }

    private State state = State.DONE;
    private boolean eofDeprecated;
    private boolean cursorAsked;
    private int definitionsLeft;
    private int columnsAfterParameters;
    private int skip;
    private boolean continuation;
    private int sequenceId;
    /** Of the packet before the one that is being read. */
    private int goodSequenceId;
    /** While a chunk is read: how much of it has gone to the sink, and where the next packet starts. */
    private int relayedTo;

    private int position;
    /** Start of a packet that cannot be judged yet, copied. */
    private @Nullable ByteBuf held;
    /** Start of a packet that passes but is not complete yet, as a slice; goes out with the next chunk. */
    private @Nullable ByteBuf partial;

    /** Prepares for the response to a command that was just sent. */
    public void begin(ResponseKind kind, boolean eofIsDeprecated) {
        if (!isDone()) {
            throw new IllegalStateException("a response is still being read: " + state);
        }
        eofDeprecated = eofIsDeprecated;
        cursorAsked = kind == ResponseKind.CURSOR_RESULT;
        continuation = false;
        sequenceId = 0;
        state = switch (kind) {
            case RESULT, CURSOR_RESULT -> State.FIRST;
            case PREPARE -> State.PREPARE_FIRST;
            case ROWS -> State.ROWS;
            case FIELD_LIST -> State.FIELD_LIST;
            case TEXT -> State.TEXT;
            case BINLOG -> State.EVENTS;
        };
    }

    /** Whether the response has been read to its last byte. */
    public boolean isDone() {
        return state == State.DONE && skip == 0;
    }

    /** Whether a response is awaited of which no packet has come; part of the first one counts as nothing. */
    public boolean isUntouched() {
        return !isDone() && sequenceId == 0;
    }

    /** Whether all bytes relayed so far end with a packet, so that an ERR packet may follow them. */
    public boolean isAtPacketBoundary() {
        return skip == 0 || partial != null;
    }

    /** The sequence id of a packet that would follow those relayed so far. */
    public int nextSequenceId() {
        return (partial != null ? sequenceId : sequenceId + 1) & 0xff;
    }

    /** Releases what is held back; used when the connection is lost. */
    public void close() {
        state = State.DONE;
        skip = 0;
        if (held != null) {
            held.release();
            held = null;
        }
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    /**
     * Reads a chunk, whose reference it takes over. A packet that began in this chunk but does not end in it is held
     * back, without a copy, so that a response can be broken off at a packet boundary. If the server breaks the
     * protocol, what came before is relayed first.
     *
     * @return the bytes after the end of the response, owned by the caller, or null if there are none
     */
    public @Nullable ByteBuf scan(ByteBuf chunk, Sink sink, ByteBufAllocator allocator) {
        if (partial != null) {
            ByteBuf before = partial;
            partial = null;
            sink.relay(before);
        }
        relayedTo = chunk.readerIndex();
        position = relayedTo;
        goodSequenceId = sequenceId;
        try {
            if (held != null && !resume(chunk, sink)) {
                chunk.release();
                return null;
            }
            return walk(chunk, sink, allocator);
        } catch (RuntimeException e) {
            sequenceId = goodSequenceId;
            relaySlice(chunk, relayedTo, position, sink);
            chunk.release();
            throw e;
        }
    }

    private @Nullable ByteBuf walk(ByteBuf chunk, Sink sink, ByteBufAllocator allocator) {
        relayedTo = chunk.readerIndex();
        position = relayedTo;
        int end = chunk.writerIndex();
        int packetStart = -1;
        while (position < end && !isDone()) {
            if (skip > 0) {
                int now = Math.min(skip, end - position);
                skip -= now;
                position += now;
                continue;
            }
            goodSequenceId = sequenceId;
            packetStart = position;
            int needed = needed(chunk, position, end - position);
            if (needed > end - position) {
                hold(chunk, position, end, allocator);
                break;
            }
            if (needed == 0) {
                // A packet that passes: its header and what it brings of its payload.
                sequenceId = chunk.getUnsignedByte(position + 3);
                skip = HEADER_LENGTH + chunk.getUnsignedMediumLE(position);
                continue;
            }
            ByteBuf replacement = read(chunk, position, needed, sink);
            if (replacement != null) {
                relaySlice(chunk, relayedTo, position, sink);
                relayOwned(replacement, sink);
                relayedTo = position + needed;
            }
            position += needed;
        }
        if (skip > 0 && packetStart >= relayedTo) {
            relaySlice(chunk, relayedTo, packetStart, sink);
            partial = chunk.retainedSlice(packetStart, end - packetStart);
            chunk.release();
            return null;
        }
        return finish(chunk, relayedTo, position, end, sink);
    }

    private @Nullable ByteBuf finish(ByteBuf chunk, int start, int position, int end, Sink sink) {
        if (position == end && start == chunk.readerIndex() && start < end) {
            sink.relay(chunk);
            return null;
        }
        relaySlice(chunk, start, position, sink);
        if (isDone() && position < end) {
            return chunk.readerIndex(position);
        }
        chunk.release();
        return null;
    }

    /**
     * How many bytes from a packet's start on must be there before it can be judged: 0 if it just passes, else the
     * length of the packet with its header. May be called with fewer bytes than it asks for.
     */
    private int needed(ByteBuf in, int position, int available) {
        if (available < HEADER_LENGTH) {
            return HEADER_LENGTH; // and no more, since the packet may be empty
        }
        int length = in.getUnsignedMediumLE(position);
        if (continuation) {
            continuation = length == MAX_PAYLOAD;
            return 0;
        }
        if (length > 0 && available <= HEADER_LENGTH) {
            return HEADER_LENGTH + 1;
        }
        int first = length == 0 ? -1 : in.getUnsignedByte(position + HEADER_LENGTH);
        if (isPassing(first, length)) {
            continuation = length == MAX_PAYLOAD;
            return 0;
        }
        if (length == 0 || length > MAX_COLLECTED) {
            throw new ProtocolException("a packet of " + length + " bytes where a response cannot have one");
        }
        return HEADER_LENGTH + length;
    }

    private boolean isPassing(int first, int length) {
        switch (state) {
            case ROWS:
                return first != 0xff && !isEnd(first, length);
            case DEFINITIONS:
                if (first == 0xff) {
                    return false;
                }
                definitionRead();
                return true;
            case PREPARE_DEFINITIONS:
                prepareDefinitionRead();
                return true;
            case PREPARE_EOF:
                prepareDefinitionsEnded();
                return true;
            case FIELD_LIST:
                return first != 0xff && !isEnd(first, length);
            case EVENTS:
                return first != 0xff && first != 0xfe; // events begin with 0
            case TEXT:
                if (first == 0xff) {
                    return false;
                }
                state = State.DONE;
                return true;
            default:
                return false;
        }
    }

    private boolean isEnd(int first, int length) {
        return first == 0xfe && length < (eofDeprecated ? MAX_PAYLOAD : CLASSIC_EOF_LIMIT);
    }

    private void definitionRead() {
        if (--definitionsLeft == 0) {
            state = eofDeprecated ? State.ROWS : State.EOF_AFTER_DEFINITIONS;
        }
    }

    private void prepareDefinitionRead() {
        if (--definitionsLeft == 0) {
            if (eofDeprecated) {
                prepareDefinitionsEnded();
            } else {
                state = State.PREPARE_EOF;
            }
        }
    }

    private void prepareDefinitionsEnded() {
        definitionsLeft = columnsAfterParameters;
        columnsAfterParameters = 0;
        state = definitionsLeft > 0 ? State.PREPARE_DEFINITIONS : State.DONE;
    }

    /** Reads a whole packet; returns what the sink wants in its place. */
    private @Nullable ByteBuf read(ByteBuf in, int position, int length, Sink sink) {
        ByteBuf payload = in.slice(position + HEADER_LENGTH, length - HEADER_LENGTH);
        sequenceId = in.getUnsignedByte(position + 3);
        int first = payload.getUnsignedByte(0);
        if (first == 0xff) {
            state = State.DONE;
            return sink.terminal(TerminalPacket.ERR, payload, sequenceId);
        }
        switch (state) {
            case FIRST:
                return readFirst(payload, first, sink);
            case PREPARE_FIRST:
                return readPrepareOk(payload, first, sink);
            case EOF_AFTER_DEFINITIONS:
                requireEof(payload, first);
                if (cursorAsked && ServerStatus.cursorExists(payload.getUnsignedShortLE(3))) {
                    state = State.DONE;
                    return sink.terminal(TerminalPacket.EOF, payload, sequenceId);
                }
                state = State.ROWS;
                return null;
            case ROWS:
            case FIELD_LIST:
            case EVENTS:
                return readEnd(payload, sink);
            default:
                throw new AssertionError(state);
        }
    }

    private @Nullable ByteBuf readFirst(ByteBuf payload, int first, Sink sink) {
        if (first == 0x00) {
            return readOk(payload, sink);
        }
        if (first == WireFormat.NULL_MARK) {
            return sink.terminal(TerminalPacket.FILE_REQUEST, payload, sequenceId);
        }
        long columns = first < WireFormat.NULL_MARK ? first : WireFormat.readLengthEncodedInteger(payload.duplicate());
        if (columns <= 0 || columns > 0xffffff) {
            throw new ProtocolException("a result set of " + columns + " columns");
        }
        definitionsLeft = (int) columns;
        state = State.DEFINITIONS;
        return null;
    }

    private @Nullable ByteBuf readOk(ByteBuf payload, Sink sink) {
        int start = payload.readerIndex();
        payload.skipBytes(1);
        WireFormat.readLengthEncodedInteger(payload);
        WireFormat.readLengthEncodedInteger(payload);
        WireFormat.require(payload, 4); // status flags and the count of warnings, which sinks read
        state = ServerStatus.moreResultsExist(payload.readUnsignedShortLE()) ? State.FIRST : State.DONE;
        payload.readerIndex(start);
        return sink.terminal(TerminalPacket.OK, payload, sequenceId);
    }

    private @Nullable ByteBuf readEnd(ByteBuf payload, Sink sink) {
        if (eofDeprecated && payload.readableBytes() >= 7) {
            return readOk(payload, sink);
        }
        requireEof(payload, 0xfe);
        boolean more = ServerStatus.moreResultsExist(payload.getUnsignedShortLE(3));
        state = more ? State.FIRST : State.DONE;
        return sink.terminal(TerminalPacket.EOF, payload, sequenceId);
    }

    private @Nullable ByteBuf readPrepareOk(ByteBuf payload, int first, Sink sink) {
        if (first != 0x00 || payload.readableBytes() < 12) {
            throw new ProtocolException("no prepare-OK packet where one should be");
        }
        int columns = payload.getUnsignedShortLE(5);
        int parameters = payload.getUnsignedShortLE(7);
        definitionsLeft = parameters;
        columnsAfterParameters = columns;
        if (parameters > 0) {
            state = State.PREPARE_DEFINITIONS;
        } else {
            prepareDefinitionsEnded();
        }
        return sink.terminal(TerminalPacket.PREPARE_OK, payload, sequenceId);
    }

    private static void requireEof(ByteBuf payload, int first) {
        if (first != 0xfe || payload.readableBytes() < 5) {
            throw new ProtocolException("no EOF packet where one should be");
        }
    }

    private void hold(ByteBuf chunk, int from, int end, ByteBufAllocator allocator) {
        // Copied, since the rest of the packet comes in another chunk; only terminal packets and split headers get
        // here. Grows as bytes come, not by what the header promises.
        ByteBuf buffer = allocator.buffer(Math.max(end - from, 64));
        buffer.writeBytes(chunk, from, end - from);
        held = buffer;
    }

    /** Completes the packet held back with bytes of the chunk; false if it needs more. */
    private boolean resume(ByteBuf chunk, Sink sink) {
        ByteBuf buffer = java.util.Objects.requireNonNull(held);
        while (true) {
            int needed = needed(buffer, buffer.readerIndex(), buffer.readableBytes());
            int missing = needed - buffer.readableBytes();
            if (missing > 0) {
                buffer.writeBytes(chunk, Math.min(missing, chunk.readableBytes()));
                if (buffer.readableBytes() < needed) {
                    return false;
                }
                continue;
            }
            held = null;
            if (needed == 0) {
                sequenceId = buffer.getUnsignedByte(buffer.readerIndex() + 3);
                skip = HEADER_LENGTH + buffer.getUnsignedMediumLE(buffer.readerIndex()) - buffer.readableBytes();
                sink.relay(buffer);
                return true;
            }
            readHeld(buffer, needed, sink);
            return true;
        }
    }

    private void readHeld(ByteBuf buffer, int length, Sink sink) {
        ByteBuf replacement;
        try {
            replacement = read(buffer, buffer.readerIndex(), length, sink);
        } catch (RuntimeException e) {
            buffer.release();
            throw e;
        }
        if (replacement == null) {
            sink.relay(buffer);
        } else {
            buffer.release();
            relayOwned(replacement, sink);
        }
    }

    private static void relaySlice(ByteBuf chunk, int from, int to, Sink sink) {
        if (from < to) {
            sink.relay(chunk.retainedSlice(from, to - from));
        }
    }

    private static void relayOwned(ByteBuf bytes, Sink sink) {
        if (bytes.isReadable()) {
            sink.relay(bytes);
        } else {
            bytes.release();
        }
    }
}
