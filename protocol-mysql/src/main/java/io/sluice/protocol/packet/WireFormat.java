// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.protocol.ProtocolException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * The basic types of the protocol (manual: "Basic Data Types"): length-encoded integers and strings, NUL-terminated
 * strings. All reads check their bounds and throw {@link ProtocolException} on a truncated field.
 */
public final class WireFormat {
    /** First byte of a length-encoded integer that stands for NULL in text rows. */
    public static final int NULL_MARK = 0xfb;

    private WireFormat() {}

    /** Reads a length-encoded integer. Values above Long.MAX_VALUE come out negative, as in the manual's C code. */
    public static long readLengthEncodedInteger(ByteBuf in) {
        require(in, 1);
        int first = in.readUnsignedByte();
        if (first < NULL_MARK) {
            return first;
        }
        switch (first) {
            case 0xfc:
                require(in, 2);
                return in.readUnsignedShortLE();
            case 0xfd:
                require(in, 3);
                return in.readUnsignedMediumLE();
            case 0xfe:
                require(in, 8);
                return in.readLongLE();
            default:
                throw new ProtocolException("0x" + Integer.toHexString(first) + " is no length-encoded integer");
        }
    }

    public static void writeLengthEncodedInteger(ByteBuf out, long value) {
        if (value >= 0 && value < NULL_MARK) {
            out.writeByte((int) value);
        } else if (value >= 0 && value <= 0xffff) {
            out.writeByte(0xfc).writeShortLE((int) value);
        } else if (value >= 0 && value <= 0xffffff) {
            out.writeByte(0xfd).writeMediumLE((int) value);
        } else {
            out.writeByte(0xfe).writeLongLE(value);
        }
    }

    /** The bytes of a length-encoded string as a slice that shares {@code in}'s reference count. */
    public static ByteBuf readLengthEncodedBytes(ByteBuf in) {
        long length = readLengthEncodedInteger(in);
        if (length < 0 || length > in.readableBytes()) {
            throw truncated(in, length);
        }
        return in.readSlice((int) length);
    }

    public static String readLengthEncodedString(ByteBuf in) {
        ByteBuf bytes = readLengthEncodedBytes(in);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public static void writeLengthEncodedString(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writeLengthEncodedInteger(out, bytes.length);
        out.writeBytes(bytes);
    }

    public static void writeLengthEncodedBytes(ByteBuf out, byte[] bytes) {
        writeLengthEncodedInteger(out, bytes.length);
        out.writeBytes(bytes);
    }

    /** Reads up to a NUL byte, which is consumed. */
    public static String readNulTerminatedString(ByteBuf in) {
        int length = in.bytesBefore((byte) 0);
        if (length < 0) {
            throw new ProtocolException("a NUL-terminated string has no NUL");
        }
        String text = readString(in, length, StandardCharsets.UTF_8);
        in.skipBytes(1);
        return text;
    }

    /** Reads up to a NUL byte, which is consumed, or to the end: some clients leave out the NUL of a last field. */
    public static String readNulOrEndTerminatedString(ByteBuf in) {
        int length = in.bytesBefore((byte) 0);
        if (length < 0) {
            return readString(in, in.readableBytes(), StandardCharsets.UTF_8);
        }
        return readNulTerminatedString(in);
    }

    public static void writeNulTerminatedString(ByteBuf out, String text) {
        ByteBufUtil.writeUtf8(out, text);
        out.writeByte(0);
    }

    /** Reads exactly {@code length} bytes. */
    public static byte[] readBytes(ByteBuf in, int length) {
        require(in, length);
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    public static String readString(ByteBuf in, int length, Charset charset) {
        require(in, length);
        return in.readCharSequence(length, charset).toString();
    }

    /** Throws unless {@code length} bytes can be read. */
    public static void require(ByteBuf in, int length) {
        if (length < 0 || in.readableBytes() < length) {
            throw truncated(in, length);
        }
    }

    private static ProtocolException truncated(ByteBuf in, long length) {
        return new ProtocolException(
                "a field of " + length + " bytes is cut off after " + in.readableBytes() + ": truncated packet");
    }
}
