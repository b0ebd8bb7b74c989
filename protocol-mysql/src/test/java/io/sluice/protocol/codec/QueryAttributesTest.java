// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryAttributesTest {
    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    /** Two attributes: a string "n" = "v1", and "m" which is NULL. */
    private static final byte[] TWO = {2, 1, 2, 1, (byte) 0xfe, 0, 1, 'n', 6, 0, 1, 'm', 2, 'v', '1'};

    /** An execution with "p" for its parameter, and two attributes: a string "a" = "v1", and a number "ab" = 7. */
    private static final byte[] EXECUTION = {
        3, 0, 1, (byte) 0xfe, 0, 0, (byte) 0xfe, 0, 1, 'a', 3, 0, 2, 'a', 'b', 1, 'p', 2, 'v', '1', 7, 0, 0, 0
    };

    private static final int P_AT = 15;

    @Test
    void takes_none_off_and_puts_none_back() {
        assertRoundTrip(TWO, "x".repeat(5000));
        assertRoundTrip(QueryAttributes.NONE, "SELECT 1");
        assertRoundTrip(QueryAttributes.NONE, "");
    }

    @Test
    void takes_attributes_off_and_puts_them_back() {
        assertRoundTrip(TWO, "SELECT 1");
    }

    @Test
    void every_type_has_its_length() {
        int[] types = {1, 2, 13, 3, 4, 9, 5, 8, 6, 12, 0x8008};
        int[] lengths = {1, 2, 2, 4, 4, 4, 8, 8, 0, 5, 8};
        ByteBuf attributes = Unpooled.buffer().writeByte(types.length).writeByte(1);
        attributes.writeShort(0).writeByte(1);
        for (int type : types) {
            attributes.writeShortLE(type).writeByte(0);
        }
        for (int i = 0; i < types.length; i++) {
            if (types[i] == 12) {
                attributes.writeByte(4).writeIntLE(7); // a date says how long it is
            } else {
                attributes.writeZero(lengths[i]);
            }
        }
        assertRoundTrip(ByteBufUtil.getBytes(attributes), "SELECT 1");
    }

    @Test
    void those_of_executions_stand_behind_the_parameters() {
        assertThat(ofExecution(EXECUTION, 1)).isEqualTo(Map.of("", "v1", "b", "7"));
        assertThat(ofExecution(EXECUTION, 2)).as("two parameters").isEqualTo(Map.of("b", "7"));
        assertThat(ofExecution(EXECUTION, 3)).as("no attributes").isEmpty();
        byte[] untyped = {3, 0, 0, 1, 'p', 2, 'v', '1', 7, 0, 0, 0};
        assertThat(ofExecution(untyped, 1)).as("no types, hence no names").isEmpty();
        byte[] nullParameter = without(EXECUTION, P_AT, P_AT + 2);
        nullParameter[1] = 1;
        assertThat(ofExecution(nullParameter, 1)).isEqualTo(Map.of("", "v1", "b", "7"));
        byte[] nullAttribute = without(EXECUTION, P_AT + 2, P_AT + 5);
        nullAttribute[1] = 2;
        assertThat(ofExecution(nullAttribute, 1)).isEqualTo(Map.of("b", "7"));
        ByteBuf longData = Unpooled.wrappedBuffer(without(EXECUTION, P_AT, P_AT + 2));
        assertThat(QueryAttributes.textsOfExecution(longData, 1, parameter -> parameter == 0, "a"))
                .isEqualTo(Map.of("", "v1", "b", "7"));
    }

    @Test
    void cut_off_executions_are_a_protocol_error() {
        for (int length = 0; length < EXECUTION.length; length++) {
            byte[] cut = Arrays.copyOf(EXECUTION, length);
            assertThatThrownBy(() -> ofExecution(cut, 1)).isInstanceOf(ProtocolException.class);
        }
    }

    private static Map<String, String> ofExecution(byte[] bytes, int own) {
        return QueryAttributes.textsOfExecution(Unpooled.wrappedBuffer(bytes), own, parameter -> false, "a");
    }

    private static byte[] without(byte[] bytes, int from, int to) {
        byte[] rest = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, rest, from, bytes.length - to);
        return rest;
    }

    @Test
    void moves_the_packet_boundaries_of_long_commands() {
        for (int extra : new int[] {-18, -17, -3, -2, -1, 0, 1, 2, 18, 0xffffff}) {
            String text = "x".repeat(0xffffff + extra);
            assertRoundTrip(QueryAttributes.NONE, text);
            assertRoundTrip(TWO, text);
        }
    }

    @Test
    void cut_off_or_other_bytes_are_a_protocol_error() {
        for (int length = 0; length < TWO.length; length++) {
            byte[] cut = Arrays.copyOf(TWO, length);
            assertThatThrownBy(() -> QueryAttributes.of(command(cut, ""))).isInstanceOf(ProtocolException.class);
        }
        for (byte[] wrong : new byte[][] {{0, 2}, {1, 1, 0, 0, 1, 0}, {(byte) 0xfe, 0, 0, 0, 1, 0, 0, 0, 0, 1}}) {
            assertThatThrownBy(() -> QueryAttributes.of(command(wrong, "SELECT")))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void random_bytes_are_attributes_or_a_protocol_error() {
        Seeds.forEach(20_000, random -> {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            try {
                assertThat(QueryAttributes.of(command(bytes, "")).length).isLessThanOrEqualTo(bytes.length);
            } catch (ProtocolException e) {
                assertThat(e).hasMessageNotContaining("IndexOutOfBounds");
            }
        });
    }

    private static void assertRoundTrip(byte[] attributes, String text) {
        Command sent = command(attributes, text);
        byte[] before = ByteBufUtil.getBytes(sent.packets());
        byte[] found = QueryAttributes.of(sent);
        assertThat(found).isEqualTo(attributes);

        Command plain = QueryAttributes.strip(sent, found, ALLOCATOR);
        assertThat(plain.payloadLength()).isEqualTo(1 + text.length());
        assertThat(ByteBufUtil.getBytes(plain.packets()))
                .isEqualTo(ByteBufUtil.getBytes(command(new byte[0], text).packets()));
        if (plain.isSinglePacket()) {
            assertThat(plain.packets()
                            .toString(plain.bodyIndex(), plain.bodyLength(), StandardCharsets.ISO_8859_1)
                            .equals(text))
                    .isTrue();
        }

        ByteBuf again = QueryAttributes.insert(plain.packets(), found, ALLOCATOR);
        assertThat(ByteBufUtil.getBytes(again)).isEqualTo(before);
        again.release();
    }

    private static Command command(byte[] attributes, String text) {
        ByteBuf payload = Unpooled.buffer();
        payload.writeByte(3).writeBytes(attributes).writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        ByteBuf packets = Unpooled.buffer();
        PacketWriter.write(packets, 0, payload);
        return new Command(CommandCode.COM_QUERY, packets, payload.readableBytes());
    }
}
