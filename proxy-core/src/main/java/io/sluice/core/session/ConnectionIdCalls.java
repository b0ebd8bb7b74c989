// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.sluice.protocol.codec.Command;
import io.sluice.routing.sql.ConnectionIdText;
import io.sluice.routing.sql.LexContext;

/** Makes a command say the session's id where it calls CONNECTION_ID(); the rare statement that does is copied. */
final class ConnectionIdCalls {
    private ConnectionIdCalls() {}

    /** Takes over the command, which is one packet; returns it, or another one in its place. */
    static Command with(long id, Command command, LexContext context, ByteBufAllocator allocator) {
        byte[] text = ByteBufUtil.getBytes(command.packets(), command.bodyIndex(), command.bodyLength());
        byte[] changed = ConnectionIdText.with(id, text, text.length, context);
        return changed == null ? command : ChangedText.of(command, changed, allocator);
    }
}
