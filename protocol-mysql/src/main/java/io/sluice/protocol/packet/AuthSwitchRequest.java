// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.ProtocolException;
import java.util.Arrays;

/** The server asks for another auth plugin (manual: "Protocol::AuthSwitchRequest"). */
public record AuthSwitchRequest(String plugin, byte[] scramble) {
    public static final int HEADER = 0xfe;

    /** A scramble of this length is text that a NUL ends; parsec's, which is longer, is bytes. */
    private static final int TEXT_LENGTH = 20;

    public static AuthSwitchRequest read(ByteBuf payload) {
        WireFormat.require(payload, 1);
        if (payload.readUnsignedByte() != HEADER) {
            throw new ProtocolException("not an auth switch request");
        }
        if (!payload.isReadable()) {
            return new AuthSwitchRequest("mysql_old_password", new byte[0]); // the form of servers before 5.5
        }
        String plugin = WireFormat.readNulOrEndTerminatedString(payload);
        byte[] scramble = WireFormat.readBytes(payload, payload.readableBytes());
        boolean nul = scramble.length == TEXT_LENGTH + 1 && scramble[TEXT_LENGTH] == 0;
        return new AuthSwitchRequest(plugin, nul ? Arrays.copyOf(scramble, TEXT_LENGTH) : scramble);
    }

    public void write(ByteBuf out) {
        out.writeByte(HEADER);
        WireFormat.writeNulTerminatedString(out, plugin);
        out.writeBytes(scramble);
        if (scramble.length == TEXT_LENGTH) {
            out.writeByte(0);
        }
    }
}
