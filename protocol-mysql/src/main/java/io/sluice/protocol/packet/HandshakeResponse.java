// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The client's answer to the handshake (manual: "Protocol::HandshakeResponse41").
 *
 * @param capabilities what the client asks for; says which of the fields are there
 * @param collation one byte on the wire
 * @param authResponse the first data of the auth plugin; a secret if the plugin is mysql_clear_password
 * @param schema the default schema, null if none is asked for
 * @param plugin the name of the client's auth plugin, empty if it named none
 * @param zstdLevel how much the client wants zstd to try; 0 if it does not ask for zstd
 */
public record HandshakeResponse(
        Capabilities capabilities,
        int collation,
        String user,
        byte[] authResponse,
        @Nullable String schema,
        String plugin,
        Map<String, String> attributes,
        int zstdLevel) {

    /** Length of the part that an SSL request consists of. */
    static final int FIXED_LENGTH = 32;

    private static final int FILLER = 23;
    private static final int MAX_PACKET = 1 << 30;

    public HandshakeResponse {
        attributes = Map.copyOf(attributes);
    }

    /** Reads the flags and leaves the payload as it was; 16 bits are enough to tell a client before 4.1. */
    public static Capabilities peekCapabilities(ByteBuf payload) {
        WireFormat.require(payload, 2);
        int start = payload.readerIndex();
        boolean protocol41 = (payload.getUnsignedShortLE(start) & Capabilities.CLIENT_PROTOCOL_41) != 0;
        if (!protocol41) {
            return new Capabilities(payload.getUnsignedShortLE(start));
        }
        WireFormat.require(payload, 4);
        return new Capabilities(payload.getIntLE(start));
    }

    public static HandshakeResponse read(ByteBuf payload) {
        WireFormat.require(payload, FIXED_LENGTH);
        Capabilities capabilities = new Capabilities(payload.readIntLE());
        if (!capabilities.has(Capabilities.CLIENT_PROTOCOL_41)) {
            throw new ProtocolException("a handshake response of a client before MySQL 4.1");
        }
        payload.skipBytes(4); // the largest packet that the client takes: servers ignore it, too
        int collation = payload.readUnsignedByte();
        payload.skipBytes(FILLER);
        String user = WireFormat.readNulTerminatedString(payload);
        byte[] authResponse = readAuthResponse(payload, capabilities);
        String schema = null;
        if (capabilities.has(Capabilities.CLIENT_CONNECT_WITH_DB) && payload.isReadable()) {
            schema = ConnectAttributes.emptyToNull(WireFormat.readNulOrEndTerminatedString(payload));
        }
        String plugin = "";
        if (capabilities.has(Capabilities.CLIENT_PLUGIN_AUTH)) {
            plugin = WireFormat.readNulOrEndTerminatedString(payload);
        }
        Map<String, String> attributes = ConnectAttributes.read(payload, capabilities);
        boolean zstd = capabilities.has(Capabilities.CLIENT_ZSTD_COMPRESSION_ALGORITHM) && payload.isReadable();
        int level = zstd ? payload.readUnsignedByte() : 0;
        return new HandshakeResponse(capabilities, collation, user, authResponse, schema, plugin, attributes, level);
    }

    private static byte[] readAuthResponse(ByteBuf payload, Capabilities capabilities) {
        if (capabilities.has(Capabilities.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA)) {
            ByteBuf bytes = WireFormat.readLengthEncodedBytes(payload);
            return WireFormat.readBytes(bytes, bytes.readableBytes());
        }
        if (capabilities.has(Capabilities.CLIENT_RESERVED2)) { // CLIENT_SECURE_CONNECTION
            WireFormat.require(payload, 1);
            return WireFormat.readBytes(payload, payload.readUnsignedByte());
        }
        int length = payload.bytesBefore((byte) 0);
        byte[] bytes = WireFormat.readBytes(payload, length);
        payload.skipBytes(1);
        return bytes;
    }

    /** Writes with the length forms that the flags CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA or 4.1 ask for. */
    public void write(ByteBuf out) {
        writeFixedPart(out, capabilities, collation);
        WireFormat.writeNulTerminatedString(out, user);
        if (capabilities.has(Capabilities.CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA)) {
            WireFormat.writeLengthEncodedBytes(out, authResponse);
        } else {
            if (authResponse.length > 0xff) {
                throw new IllegalArgumentException("an auth response of " + authResponse.length + " bytes");
            }
            out.writeByte(authResponse.length).writeBytes(authResponse);
        }
        if (capabilities.has(Capabilities.CLIENT_CONNECT_WITH_DB)) {
            WireFormat.writeNulTerminatedString(out, schema == null ? "" : schema);
        }
        if (capabilities.has(Capabilities.CLIENT_PLUGIN_AUTH)) {
            WireFormat.writeNulTerminatedString(out, plugin);
        }
        if (capabilities.has(Capabilities.CLIENT_CONNECT_ATTRS)) {
            ConnectAttributes.write(out, attributes);
        }
        if (capabilities.has(Capabilities.CLIENT_ZSTD_COMPRESSION_ALGORITHM)) {
            out.writeByte(zstdLevel);
        }
    }

    static void writeFixedPart(ByteBuf out, Capabilities capabilities, int collation) {
        out.writeIntLE(capabilities.bits());
        out.writeIntLE(MAX_PACKET);
        out.writeByte(collation);
        out.writeZero(FILLER);
    }

    @Override
    public String toString() {
        return "HandshakeResponse[user=" + user + ", schema=" + schema + ", plugin=" + plugin + ", capabilities="
                + capabilities + "]";
    }
}
