// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;

/** The start of a handshake response, sent alone to ask for TLS before the rest follows (manual: "SSLRequest"). */
public record SslRequest(Capabilities capabilities, int collation) {
    /** Whether the payload is one: the flag is set and nothing of a handshake response follows. */
    public static boolean matches(ByteBuf payload) {
        return payload.readableBytes() == HandshakeResponse.FIXED_LENGTH
                && HandshakeResponse.peekCapabilities(payload).has(Capabilities.CLIENT_SSL);
    }

    public void write(ByteBuf out) {
        HandshakeResponse.writeFixedPart(out, capabilities, collation);
    }
}
