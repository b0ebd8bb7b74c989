// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.packet.WireFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The query attributes of a COM_QUERY (manual: "COM_QUERY"). Under CLIENT_QUERY_ATTRIBUTES they stand between the
 * command code and the text: a count, the number of sets, which is always 1, and if there are any a bitmap of NULLs, the
 * types with names, and the values. Sluice takes them off when a command comes in and puts them back when it goes to a
 * server that understands them, so that in between all texts start where they always did.
 */
public final class QueryAttributes {
    /** What a query without attributes carries: none, of one set. Not to be changed. */
    @SuppressWarnings("MutablePublicArray") // read for every query, and written by nobody
    public static final byte[] NONE = {0, 1};

    private static final int HEADER_AND_CODE = PacketWriter.HEADER_LENGTH + 1;
    private static final int MAX_COUNT = 65_535;

    /** Copying so few bytes costs less than a second buffer, and a write of two. */
    private static final int COPIED_UP_TO = 4096;

    private QueryAttributes() {}

    /** The attributes of a COM_QUERY whose client has the capability, for {@link #strip} and {@link #insert}. */
    public static byte[] of(Command command) {
        ByteBuf in = command.packets().duplicate();
        in.readerIndex(command.bodyIndex()).writerIndex(command.bodyIndex() + command.bodyLength());
        int start = in.readerIndex();
        read(in, null, Map.of());
        boolean none = in.readerIndex() - start == NONE.length;
        return none ? NONE : ByteBufUtil.getBytes(in, start, in.readerIndex() - start);
    }

    /**
     * The attributes with a name that begins so, in their order: strings, and whole numbers as decimal digits. Those that
     * are NULL, or something else, are left out.
     *
     * @param attributes as {@link #of} gave them
     * @param prefix compared byte by byte, and left out of the names
     */
    public static Map<String, String> texts(byte[] attributes, String prefix) {
        Map<String, String> texts = new LinkedHashMap<>(4);
        read(Unpooled.wrappedBuffer(attributes), prefix, texts);
        return texts;
    }

    /**
     * Those of a COM_STMT_EXECUTE, as {@link #texts} has those of a COM_QUERY: parameters behind the statement's own, with
     * names if the types come along.
     *
     * @param in from the number of parameters on; read
     * @param own how many parameters the statement has
     * @param sentBefore which of them have no value here, since COM_STMT_SEND_LONG_DATA has brought it
     */
    public static Map<String, String> textsOfExecution(ByteBuf in, int own, IntPredicate sentBefore, String prefix) {
        int count = count(in);
        if (count <= own) {
            return Map.of();
        }
        byte[] nulls = WireFormat.readBytes(in, (count + 7) / 8);
        WireFormat.require(in, 1);
        if (in.readByte() == 0) {
            return Map.of();
        }
        Map<String, String> texts = new LinkedHashMap<>(4);
        readParameters(in, count, nulls, own, sentBefore, prefix, texts);
        return texts;
    }

    /** Reads over all of them; adds those whose names begin with the prefix, if there is one. */
    private static void read(ByteBuf in, @Nullable String prefix, Map<String, String> texts) {
        int count = count(in);
        if (WireFormat.readLengthEncodedInteger(in) != 1) {
            throw new ProtocolException("malformed query attributes");
        }
        if (count == 0) {
            return;
        }
        byte[] nulls = WireFormat.readBytes(in, (count + 7) / 8);
        WireFormat.require(in, 1);
        if (in.readByte() == 0) {
            throw new ProtocolException("query attributes without types");
        }
        readParameters(in, count, nulls, 0, parameter -> false, prefix, texts);
    }

    private static int count(ByteBuf in) {
        long count = WireFormat.readLengthEncodedInteger(in);
        if (count < 0 || count > MAX_COUNT) {
            throw new ProtocolException("malformed query attributes");
        }
        return (int) count;
    }

    /** Types and names of all parameters, then their values; the first few are no attributes. */
    private static void readParameters(
            ByteBuf in,
            int count,
            byte[] nulls,
            int own,
            IntPredicate sentBefore,
            @Nullable String prefix,
            Map<String, String> texts) {
        int[] types = new int[count];
        @Nullable String[] wanted = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            WireFormat.require(in, 2);
            types[i] = in.readUnsignedShortLE() & 0xff;
            ByteBuf its = WireFormat.readLengthEncodedBytes(in);
            if (prefix != null && i >= own) {
                String name = its.toString(UTF_8);
                wanted[i] = name.startsWith(prefix) ? name.substring(prefix.length()) : null;
            }
        }
        for (int i = 0; i < count; i++) {
            boolean hasValue = (nulls[i / 8] & 1 << i % 8) == 0 && !sentBefore.test(i);
            int start = in.readerIndex();
            if (hasValue) {
                skipValue(in, types[i]);
            }
            String text =
                    hasValue && wanted[i] != null ? text(in.slice(start, in.readerIndex() - start), types[i]) : null;
            if (text != null) {
                texts.put(wanted[i], text);
            }
        }
    }

    private static @Nullable String text(ByteBuf value, int type) {
        return switch (type) {
            case 1 -> String.valueOf(value.readByte());
            case 2 -> String.valueOf(value.readShortLE());
            case 3 -> String.valueOf(value.readIntLE());
            case 8 -> String.valueOf(value.readLongLE());
            default -> isString(type) ? WireFormat.readLengthEncodedBytes(value).toString(UTF_8) : null;
        };
    }

    /** VARCHAR, and all kinds of blobs and strings. */
    private static boolean isString(int type) {
        return type == 15 || type >= 245;
    }

    /** Binary values have the length of their type, or say it (manual: "Binary Protocol Value"). */
    private static void skipValue(ByteBuf in, int type) {
        int length = switch (type) {
            case 6 -> 0; // NULL
            case 1 -> 1; // TINY
            case 2, 13 -> 2; // SHORT, YEAR
            case 3, 4, 9 -> 4; // LONG, FLOAT, INT24
            case 5, 8 -> 8; // DOUBLE, LONGLONG
            default -> -1;
        };
        if (length < 0) {
            WireFormat.readLengthEncodedBytes(in);
        } else {
            WireFormat.require(in, length);
            in.skipBytes(length);
        }
    }

    /** The command without its attributes; takes over the reference to the one given. */
    public static Command strip(Command command, byte[] attributes, ByteBufAllocator allocator) {
        int length = command.payloadLength() - attributes.length;
        ByteBuf in = command.packets();
        if (!command.isSinglePacket()) {
            return new Command(command.code(), reframed(in, attributes.length, new byte[0], allocator), length);
        }
        // In place: the header and the code move up to the text, and nothing is copied.
        int start = in.readerIndex() + attributes.length;
        in.setMediumLE(start, length);
        in.setByte(start + 3, 0);
        in.setByte(start + 4, command.code().code());
        in.readerIndex(start);
        return new Command(command.code(), in, length);
    }

    /** The packets of a COM_QUERY with the attributes put in; takes over the reference, returns a new one. */
    public static ByteBuf insert(ByteBuf packets, byte[] attributes, ByteBufAllocator allocator) {
        int length = packets.readableBytes() - PacketWriter.HEADER_LENGTH + attributes.length;
        if (length >= PacketWriter.MAX_PAYLOAD) {
            return reframed(packets, 0, attributes, allocator);
        }
        boolean copied = length <= COPIED_UP_TO;
        ByteBuf start = allocator.buffer(HEADER_AND_CODE + (copied ? length : attributes.length));
        start.writeMediumLE(length).writeByte(0).writeByte(packets.getByte(packets.readerIndex() + 4));
        start.writeBytes(attributes);
        if (copied) {
            start.writeBytes(packets.skipBytes(HEADER_AND_CODE));
            packets.release();
            return start;
        }
        CompositeByteBuf out = allocator.compositeBuffer(2);
        return out.addComponents(true, start, packets.skipBytes(HEADER_AND_CODE));
    }

    /** Long commands shift against their packet boundaries: new headers between slices of the old bytes. */
    private static ByteBuf reframed(ByteBuf packets, int dropped, byte[] inserted, ByteBufAllocator allocator) {
        CompositeByteBuf payload = allocator.compositeBuffer(Integer.MAX_VALUE);
        CompositeByteBuf out = allocator.compositeBuffer(Integer.MAX_VALUE);
        try {
            ByteBuf in = packets.duplicate();
            payload.addComponent(
                    true,
                    allocator
                            .buffer(1 + inserted.length)
                            .writeByte(in.getByte(in.readerIndex() + PacketWriter.HEADER_LENGTH))
                            .writeBytes(inserted));
            int skipped = 1 + dropped;
            while (in.isReadable()) {
                int length = in.readUnsignedMediumLE();
                in.skipBytes(1 + skipped);
                payload.addComponent(true, in.readRetainedSlice(length - skipped));
                skipped = 0;
            }
            int sequenceId = 0;
            int length;
            do {
                length = Math.min(payload.readableBytes(), PacketWriter.MAX_PAYLOAD);
                ByteBuf header = allocator.buffer(PacketWriter.HEADER_LENGTH);
                out.addComponent(true, header.writeMediumLE(length).writeByte(sequenceId++));
                out.addComponent(true, payload.readRetainedSlice(length));
            } while (length == PacketWriter.MAX_PAYLOAD);
            return out;
        } finally {
            payload.release();
            packets.release();
        }
    }
}
