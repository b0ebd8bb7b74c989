// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.PacketWriter;

/** Gives a command another text, of less than a packet; the rare command that gets one is copied. */
final class ChangedText {
    private ChangedText() {}

    /** Takes over the command. */
    static Command of(Command command, byte[] text, ByteBufAllocator allocator) {
        ByteBuf packet = allocator.buffer(PacketWriter.HEADER_LENGTH + 1 + text.length);
        int start = PacketWriter.begin(packet);
        packet.writeByte(command.code().code()).writeBytes(text);
        PacketWriter.end(packet, start, 0);
        command.packets().release();
        return new Command(command.code(), packet, text.length + 1);
    }
}
