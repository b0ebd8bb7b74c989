// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.routing.sql.ConnectionIdText;
import io.sluice.routing.sql.LexContext;

/** Makes a command say the session's id where it calls CONNECTION_ID(); the rare statement that does is copied. */
final class ConnectionIdCalls {
    private ConnectionIdCalls() {}

    /** Takes over the command, which is one packet; returns it, or another one in its place. */
    static Command with(long id, Command command, LexContext context, ByteBufAllocator allocator) {
        byte[] text = ByteBufUtil.getBytes(command.packets(), command.bodyIndex(), command.bodyLength());
        byte[] changed = ConnectionIdText.with(id, text, text.length, context);
        if (changed == null) {
            return command;
        }
        ByteBuf packet = allocator.buffer(PacketWriter.HEADER_LENGTH + 1 + changed.length);
        int start = PacketWriter.begin(packet);
        packet.writeByte(command.code().code()).writeBytes(changed);
        PacketWriter.end(packet, start, 0);
        command.packets().release();
        return new Command(command.code(), packet, changed.length + 1);
    }
}
