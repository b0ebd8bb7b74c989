// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ProtocolException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * COM_CHANGE_USER: a login on a connection that has one already (manual: "COM_CHANGE_USER").
 *
 * @param collation two bytes here, unlike in the handshake response; -1 if the client left it out
 * @param plugin empty if the client named none
 */
public record ChangeUserCommand(
        String user,
        byte[] authResponse,
        @Nullable String schema,
        int collation,
        String plugin,
        Map<String, String> attributes) {

    public ChangeUserCommand {
        attributes = Map.copyOf(attributes);
    }

    /** Reads a payload, which starts with the command's code; the capabilities are those of the first login. */
    public static ChangeUserCommand read(ByteBuf payload, Capabilities capabilities) {
        WireFormat.require(payload, 1);
        if (payload.readUnsignedByte() != CommandCode.COM_CHANGE_USER.code()) {
            throw new ProtocolException("not a COM_CHANGE_USER");
        }
        String user = WireFormat.readNulTerminatedString(payload);
        WireFormat.require(payload, 1);
        byte[] authResponse = WireFormat.readBytes(payload, payload.readUnsignedByte());
        String schema = ConnectAttributes.emptyToNull(WireFormat.readNulOrEndTerminatedString(payload));
        int collation = payload.readableBytes() >= 2 ? payload.readUnsignedShortLE() : -1;
        String plugin = "";
        if (capabilities.has(Capabilities.CLIENT_PLUGIN_AUTH)) {
            plugin = WireFormat.readNulOrEndTerminatedString(payload);
        }
        Map<String, String> attributes = ConnectAttributes.read(payload, capabilities);
        return new ChangeUserCommand(user, authResponse, schema, collation, plugin, attributes);
    }

    @Override
    public String toString() {
        return "ChangeUserCommand[user=" + user + ", schema=" + schema + ", plugin=" + plugin + "]";
    }
}
