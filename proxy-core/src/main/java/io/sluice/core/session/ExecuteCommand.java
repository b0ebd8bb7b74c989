// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.PreparedStatementCache.Entry;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.WireFormat;
import java.util.Arrays;

/**
 * COM_STMT_EXECUTE on its way to a connection (manual: "COM_STMT_EXECUTE"): the statement id becomes the server's, and
 * the parameter types, which a client sends with its first execution only, are added for a server that has not seen
 * them. Query attributes are further parameters behind those of the statement.
 */
final class ExecuteCommand {
    /** Command code, statement id, flags, iteration count. */
    private static final int FIXED = 1 + 4 + 1 + 4;

    private static final int FLAGS = 1 + 4;

    /** CURSOR_TYPE_READ_ONLY and those that no server has implemented. */
    private static final int CURSOR_TYPES = 7;

    /** A flag of clients with CLIENT_QUERY_ATTRIBUTES; servers that lack it take any flag for a cursor. */
    private static final int PARAMETER_COUNT_AVAILABLE = 8;

    private ExecuteCommand() {}

    static int statementId(Command command) {
        int least = switch (command.code()) {
            case COM_STMT_EXECUTE -> FIXED;
            case COM_STMT_FETCH -> 1 + 4 + 4; // the number of rows
            case COM_STMT_SEND_LONG_DATA -> 1 + 4 + 2; // the number of the parameter
            default -> 1 + 4;
        };
        if (command.payloadLength() < least) {
            throw new ProtocolException(command.code() + " of " + command.payloadLength() + " bytes");
        }
        return command.packets().getIntLE(command.bodyIndex());
    }

    /** Puts the id that the server knows in the place of the client's, in the buffer itself. */
    static void patchStatementId(ByteBuf packets, int serverId) {
        packets.setIntLE(packets.readerIndex() + PacketWriter.HEADER_LENGTH + 1, serverId);
    }

    /** Which parameter a COM_STMT_SEND_LONG_DATA brings. */
    static int longDataParameter(ByteBuf packets) {
        return packets.getUnsignedShortLE(packets.readerIndex() + PacketWriter.HEADER_LENGTH + 1 + 4);
    }

    /** Whether the client asks for a cursor instead of all rows. */
    static boolean opensCursor(Command command) {
        int at = command.packets().readerIndex() + PacketWriter.HEADER_LENGTH + FLAGS;
        return command.payloadLength() > FLAGS && (command.packets().getByte(at) & CURSOR_TYPES) != 0;
    }

    /** Remembers the parameter types if the client sends them with this execution. */
    static void learnTypes(Command command, Prepared prepared, boolean attributed) {
        if (prepared.parameters == 0) {
            return;
        }
        ByteBuf in = parameters(command);
        int count = attributed ? (int) WireFormat.readLengthEncodedInteger(in) : prepared.parameters;
        if (count < prepared.parameters || !skipTo(in, bitmapLength(count) + 1)) {
            throw new ProtocolException("COM_STMT_EXECUTE is too short for " + prepared.parameters + " parameters");
        }
        if (in.getByte(in.readerIndex() - 1) != 1) {
            return;
        }
        byte[] types = new byte[2 * prepared.parameters];
        for (int i = 0; i < types.length; i += 2) {
            WireFormat.require(in, 2);
            in.readBytes(types, i, 2);
            if (attributed) {
                WireFormat.readLengthEncodedBytes(in); // the name that the parameter may have
            }
        }
        if (!Arrays.equals(types, prepared.types())) {
            prepared.setTypes(types);
        }
    }

    /** What follows the fixed part, as far as it is in the first packet. */
    static ByteBuf parameters(Command command) {
        int start = command.packets().readerIndex() + PacketWriter.HEADER_LENGTH;
        int length = Math.min(command.payloadLength(), PacketWriter.MAX_PAYLOAD);
        if (length < FIXED) {
            throw new ProtocolException("COM_STMT_EXECUTE of " + length + " bytes");
        }
        return command.packets().slice(start + FIXED, length - FIXED);
    }

    private static boolean skipTo(ByteBuf in, int length) {
        if (in.readableBytes() < length) {
            return false;
        }
        in.skipBytes(length);
        return true;
    }

    /**
     * The command as this connection's server needs it. Returns a buffer that the caller owns; the command keeps its
     * own reference.
     *
     * @param attributed whether the client speaks with CLIENT_QUERY_ATTRIBUTES
     */
    static ByteBuf forServer(
            Command command, Prepared prepared, Entry entry, boolean attributed, BackendConnection connection) {
        patchStatementId(command.packets(), entry.statementId());
        boolean stripped = attributed && !connection.takesAttributes();
        byte[] types = prepared.types();
        boolean known = true;
        if (prepared.parameters > 0 && types != null) {
            known = Arrays.equals(types, entry.types()) || sendsTypes(command, prepared, attributed);
            entry.setTypes(types);
        }
        return known && !stripped
                ? command.packets().retainedDuplicate()
                : rewritten(
                        command,
                        prepared,
                        attributed,
                        stripped,
                        connection.channel().alloc());
    }

    private static boolean sendsTypes(Command command, Prepared prepared, boolean attributed) {
        ByteBuf in = parameters(command);
        int count = attributed ? (int) WireFormat.readLengthEncodedInteger(in) : prepared.parameters;
        return in.getByte(in.readerIndex() + bitmapLength(count)) == 1;
    }

    /**
     * Copies the command with its types, since it grows or shrinks in the middle. Without attributes, the values of
     * those stay at the end, where a server that does not expect any does not look.
     */
    private static ByteBuf rewritten(
            Command command, Prepared prepared, boolean attributed, boolean stripped, ByteBufAllocator allocator) {
        ByteBuf in = joinedPayload(command, allocator);
        ByteBuf payload = allocator.buffer(in.readableBytes() + 3 * prepared.parameters + 8);
        ByteBuf out = allocator.buffer(in.readableBytes() + 3 * prepared.parameters + 64);
        try {
            int flags = in.getByte(FLAGS);
            payload.writeBytes(in, FIXED).setByte(FLAGS, stripped ? flags & ~PARAMETER_COUNT_AVAILABLE : flags);
            if (prepared.parameters > 0) {
                rewriteParameters(in, payload, prepared, attributed, attributed && !stripped);
            }
            PacketWriter.write(out, 0, payload);
            return out;
        } finally {
            in.release();
            payload.release();
        }
    }

    private static void rewriteParameters(
            ByteBuf in, ByteBuf out, Prepared prepared, boolean attributed, boolean keepsAttributes) {
        int count = attributed ? (int) WireFormat.readLengthEncodedInteger(in) : prepared.parameters;
        int kept = keepsAttributes ? count : prepared.parameters;
        if (keepsAttributes) {
            WireFormat.writeLengthEncodedInteger(out, kept);
        }
        out.writeBytes(in, bitmapLength(kept));
        in.skipBytes(bitmapLength(count) - bitmapLength(kept));
        boolean typed = in.readByte() == 1;
        for (int i = 0; typed && i < count; i++) {
            in.skipBytes(2);
            if (attributed) {
                WireFormat.readLengthEncodedBytes(in);
            }
        }
        byte[] types = prepared.types();
        out.writeByte(types == null ? 0 : 1);
        for (int i = 0; types != null && i < types.length; i += 2) {
            out.writeBytes(types, i, 2);
            if (keepsAttributes) {
                out.writeByte(0); // a parameter has no name
            }
        }
        out.writeBytes(in);
    }

    private static ByteBuf joinedPayload(Command command, ByteBufAllocator allocator) {
        ByteBuf in = command.packets().duplicate();
        ByteBuf payload = allocator.buffer(command.payloadLength());
        while (in.isReadable()) {
            int length = in.readUnsignedMediumLE();
            in.skipBytes(1);
            payload.writeBytes(in, length);
        }
        return payload;
    }

    /** The bytes after the command code of a command that spans packets. */
    static byte[] joinedBody(Command command) {
        ByteBuf payload = joinedPayload(command, command.packets().alloc());
        try {
            return ByteBufUtil.getBytes(payload, payload.readerIndex() + 1, payload.readableBytes() - 1);
        } finally {
            payload.release();
        }
    }

    private static int bitmapLength(int parameters) {
        return (parameters + 7) / 8;
    }
}
