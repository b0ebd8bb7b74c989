// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.core.backend.PreparedStatementCache.Entry;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.PacketWriter;
import java.util.Arrays;

/**
 * COM_STMT_EXECUTE on its way to a connection (manual: "COM_STMT_EXECUTE"): the statement id becomes the server's, and
 * the parameter types, which a client sends with its first execution only, are added for a server that has not seen
 * them.
 */
final class ExecuteCommand {
    /** Command code, statement id, flags, iteration count. */
    private static final int FIXED = 1 + 4 + 1 + 4;

    private ExecuteCommand() {}

    static int statementId(Command command) {
        if (command.payloadLength() < 5) {
            throw new ProtocolException(command.code() + " without a statement id");
        }
        return command.packets().getIntLE(command.bodyIndex());
    }

    /** Puts the id that the server knows in the place of the client's, in the buffer itself. */
    static void patchStatementId(ByteBuf packets, int serverId) {
        packets.setIntLE(packets.readerIndex() + PacketWriter.HEADER_LENGTH + 1, serverId);
    }

    /** Remembers the parameter types if the client sends them with this execution. */
    static void learnTypes(Command command, Prepared prepared) {
        if (prepared.parameters == 0) {
            return;
        }
        int start = command.packets().readerIndex() + PacketWriter.HEADER_LENGTH;
        int flag = FIXED + bitmapLength(prepared.parameters);
        int typesLength = 2 * prepared.parameters;
        if (command.payloadLength() < flag + 1) {
            throw new ProtocolException("COM_STMT_EXECUTE is too short for " + prepared.parameters + " parameters");
        }
        if (command.packets().getByte(start + flag) != 1) {
            return;
        }
        if (command.payloadLength() < flag + 1 + typesLength) {
            throw new ProtocolException("COM_STMT_EXECUTE is too short for the types of its parameters");
        }
        byte[] types = new byte[typesLength];
        command.packets().getBytes(start + flag + 1, types);
        if (!Arrays.equals(types, prepared.types())) {
            prepared.setTypes(types);
        }
    }

    /**
     * The command as this connection's server needs it. Returns a buffer that the caller owns; the command keeps its
     * own reference.
     */
    static ByteBuf forServer(Command command, Prepared prepared, Entry entry, ByteBufAllocator allocator) {
        patchStatementId(command.packets(), entry.statementId());
        byte[] types = prepared.types();
        if (prepared.parameters == 0 || types == null) {
            return command.packets().retainedDuplicate();
        }
        boolean known = Arrays.equals(types, entry.types());
        entry.setTypes(types);
        if (known || sendsTypes(command, prepared)) {
            return command.packets().retainedDuplicate();
        }
        return withTypes(command, prepared, types, allocator);
    }

    private static boolean sendsTypes(Command command, Prepared prepared) {
        int flag = PacketWriter.HEADER_LENGTH + FIXED + bitmapLength(prepared.parameters);
        return command.packets().getByte(command.packets().readerIndex() + flag) == 1;
    }

    /** Copies the command with the types put in, since it grows in the middle. */
    private static ByteBuf withTypes(Command command, Prepared prepared, byte[] types, ByteBufAllocator allocator) {
        ByteBuf payload = joinedPayload(command, allocator);
        ByteBuf grown = allocator.buffer(payload.readableBytes() + types.length);
        ByteBuf out = allocator.buffer(payload.readableBytes() + types.length + 64);
        try {
            grown.writeBytes(payload, FIXED + bitmapLength(prepared.parameters));
            payload.skipBytes(1);
            grown.writeByte(1).writeBytes(types).writeBytes(payload);
            PacketWriter.write(out, 0, grown);
            return out;
        } finally {
            payload.release();
            grown.release();
        }
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
