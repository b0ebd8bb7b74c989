// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.testing.Fuzz;
import io.sluice.protocol.testing.Mutations;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every reader of a structure takes any bytes, or says that they are malformed. */
class PacketFuzzTest {
    private static final Capabilities ALL = new Capabilities(-1);

    private static byte[] bytes(Consumer<ByteBuf> content) {
        ByteBuf out = Unpooled.buffer();
        content.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    /** Reads mutations of these payloads, and bytes at random. */
    private static void fuzz(String name, Consumer<ByteBuf> reader, byte[]... valid) throws InterruptedException {
        Fuzz.of(name, (random, allocator) -> {
                    byte[] input = random.nextInt(8) == 0
                            ? Mutations.random(random.nextInt(300), random)
                            : Mutations.of(valid[random.nextInt(valid.length)], random);
                    ByteBuf payload = allocator.buffer(input.length).writeBytes(input);
                    try {
                        reader.accept(payload);
                    } catch (ProtocolException e) {
                        assertThat(e.getMessage()).isNotEmpty();
                    } finally {
                        payload.release();
                    }
                    return input.length;
                })
                .run();
    }

    private static Capabilities some(ByteBuf payload) {
        return new Capabilities(new Random(payload.readableBytes()).nextInt());
    }

    @Test
    void length_encoded_integers_and_strings() throws InterruptedException {
        byte[] valid = bytes(out -> {
            for (long value : new long[] {0, 250, 251, 0xffff, 0x10000, 0xffffff, 0x1000000, Long.MAX_VALUE, -1}) {
                WireFormat.writeLengthEncodedInteger(out, value);
                WireFormat.writeLengthEncodedString(out, "text " + value);
                WireFormat.writeNulTerminatedString(out, "text " + value);
            }
        });
        fuzz(
                "lenenc",
                in -> {
                    while (in.isReadable()) {
                        WireFormat.readLengthEncodedInteger(in);
                        WireFormat.readLengthEncodedString(in);
                        WireFormat.readNulTerminatedString(in);
                    }
                },
                valid);
    }

    @Test
    void ok_packets_with_trackers() throws InterruptedException {
        byte[] plain = bytes(out -> OkPacket.of(2).writeWithoutChanges(out));
        byte[] tracked = bytes(out -> {
            out.writeByte(0).writeByte(1).writeByte(0).writeShortLE(0x4002).writeShortLE(1);
            WireFormat.writeLengthEncodedString(out, "Rows matched: 1");
            WireFormat.writeLengthEncodedBytes(out, trackers());
        });
        fuzz("OK packet", in -> OkPacket.read(in, ALL), plain, tracked);
    }

    private static byte[] trackers() {
        return bytes(out -> {
            tracker(out, 0, entry -> {
                WireFormat.writeLengthEncodedString(entry, "autocommit");
                WireFormat.writeLengthEncodedString(entry, "OFF");
            });
            tracker(out, 1, entry -> WireFormat.writeLengthEncodedString(entry, "app"));
            tracker(out, 2, entry -> entry.writeByte('1'));
            tracker(out, 3, entry -> WireFormat.writeLengthEncodedString(entry.writeByte(0), "3e11fa47:1-5"));
            tracker(out, 4, entry -> WireFormat.writeLengthEncodedString(entry, "START TRANSACTION;"));
            tracker(out, 5, entry -> WireFormat.writeLengthEncodedString(entry, "T_______"));
        });
    }

    private static void tracker(ByteBuf out, int type, Consumer<ByteBuf> content) {
        out.writeByte(type);
        WireFormat.writeLengthEncodedBytes(out, bytes(content));
    }

    @Test
    void session_changes() throws InterruptedException {
        fuzz("session changes", SessionChanges::read, trackers());
    }

    @Test
    void err_packets() throws InterruptedException {
        fuzz(
                "ERR packet",
                ErrPacket::read,
                bytes(out -> ErrPacket.write(out, new SqlError(1064, "42000", "You have an error in your SQL"))),
                bytes(out -> out.writeByte(0xff)
                        .writeShortLE(1040)
                        .writeBytes("Too many".getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void greetings() throws InterruptedException {
        fuzz(
                "greeting",
                HandshakePacket::read,
                bytes(new HandshakePacket("9.7.4", 77, new byte[20], ALL, 255, 2, "caching_sha2_password")::write));
    }

    @Test
    void auth_switch_requests() throws InterruptedException {
        fuzz(
                "auth switch",
                AuthSwitchRequest::read,
                bytes(new AuthSwitchRequest("mysql_native_password", new byte[20])::write));
    }

    @Test
    void handshake_responses() throws InterruptedException {
        int proof41 = Capabilities.CLIENT_PROTOCOL_41 | Capabilities.CLIENT_RESERVED2;
        List<Capabilities> kinds = List.of(
                ALL,
                new Capabilities(proof41),
                new Capabilities(proof41 | Capabilities.CLIENT_PLUGIN_AUTH),
                new Capabilities(proof41 | Capabilities.CLIENT_CONNECT_WITH_DB | Capabilities.CLIENT_CONNECT_ATTRS));
        byte[][] valid = kinds.stream()
                .map(
                        kind -> bytes(new HandshakeResponse(
                                kind,
                                45,
                                "app",
                                new byte[32],
                                "schema",
                                "caching_sha2_password",
                                Map.of("_os", "Linux"),
                                3)::write))
                .toArray(byte[][]::new);
        fuzz(
                "handshake response",
                in -> {
                    HandshakeResponse.peekCapabilities(in);
                    SslRequest.matches(in);
                    HandshakeResponse.read(in);
                },
                valid);
    }

    @Test
    void change_user_commands() throws InterruptedException {
        byte[] valid = bytes(out -> {
            out.writeByte(CommandCode.COM_CHANGE_USER.code());
            WireFormat.writeNulTerminatedString(out, "app");
            out.writeByte(20).writeZero(20);
            WireFormat.writeNulTerminatedString(out, "schema");
            out.writeShortLE(255);
            WireFormat.writeNulTerminatedString(out, "mysql_native_password");
            ConnectAttributes.write(out, Map.of("_os", "Linux", "_pid", "1"));
        });
        fuzz("COM_CHANGE_USER", in -> ChangeUserCommand.read(in, in.readableBytes() % 2 == 0 ? ALL : some(in)), valid);
    }
}
