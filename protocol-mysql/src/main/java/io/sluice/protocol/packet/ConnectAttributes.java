// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names and values by which a client describes itself; the same in handshake response and COM_CHANGE_USER. */
final class ConnectAttributes {
    private ConnectAttributes() {}

    static Map<String, String> read(ByteBuf payload, Capabilities capabilities) {
        if (!capabilities.has(Capabilities.CLIENT_CONNECT_ATTRS) || !payload.isReadable()) {
            return Map.of();
        }
        ByteBuf block = WireFormat.readLengthEncodedBytes(payload);
        Map<String, String> attributes = new LinkedHashMap<>();
        while (block.isReadable()) {
            String name = WireFormat.readLengthEncodedString(block);
            attributes.put(name, WireFormat.readLengthEncodedString(block));
        }
        return attributes;
    }

    static void write(ByteBuf out, Map<String, String> attributes) {
        int length = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            length += encodedLength(attribute.getKey()) + encodedLength(attribute.getValue());
        }
        WireFormat.writeLengthEncodedInteger(out, length);
        attributes.forEach((name, value) -> {
            WireFormat.writeLengthEncodedString(out, name);
            WireFormat.writeLengthEncodedString(out, value);
        });
    }

    private static int encodedLength(String text) {
        int length = text.getBytes(StandardCharsets.UTF_8).length;
        return length + (length < WireFormat.NULL_MARK ? 1 : length <= 0xffff ? 3 : 4);
    }

    static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
