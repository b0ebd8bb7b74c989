// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandDecoderTest {
    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    @Test
    void finds_the_same_commands_wherever_the_bytes_are_cut() {
        byte[] bytes = join(command("\u0003SELECT 1"), command("\u000e"), command("\u0003SELECT 22"));
        for (int cut = 0; cut <= bytes.length; cut++) {
            CommandDecoder decoder = new CommandDecoder(1000);
            List<String> found = new ArrayList<>();
            for (int[] part : new int[][] {{0, cut}, {cut, bytes.length}}) {
                if (part[0] < part[1]) {
                    decoder.feed(ALLOCATOR.buffer().writeBytes(bytes, part[0], part[1] - part[0]), ALLOCATOR);
                }
                drain(decoder, found);
            }
            assertThat(found)
                    .as("cut at %d", cut)
                    .containsExactly("COM_QUERY SELECT 1", "COM_PING ", "COM_QUERY SELECT 22");
            assertThat(decoder.bufferedBytes()).isZero();
        }
    }

    @Test
    void joins_the_packets_of_a_command_of_16_megabytes() {
        ByteBuf payload = Unpooled.buffer(0xffffff + 10).writeByte(3).writeZero(0xffffff + 9);
        ByteBuf packets = ALLOCATOR.buffer();
        PacketWriter.write(packets, 0, payload);
        int length = packets.readableBytes();
        CommandDecoder decoder = new CommandDecoder(1 << 30);
        while (packets.isReadable()) {
            decoder.feed(packets.readBytes(Math.min(100_000, packets.readableBytes())), ALLOCATOR);
        }
        Command command = decoder.next();
        assertThat(command).isNotNull();
        assertThat(command.payloadLength()).isEqualTo(0xffffff + 10);
        assertThat(command.isSinglePacket()).isFalse();
        assertThat(command.packets().readableBytes()).isEqualTo(length);
        command.packets().release();
        packets.release();
    }

    @Test
    void reads_a_command_over_the_limit_to_its_end_and_goes_on() {
        byte[] bytes = join(command("\u0003" + "x".repeat(200)), command("\u000e"));
        CommandDecoder decoder = new CommandDecoder(100);
        boolean refused = false;
        List<String> found = new ArrayList<>();
        for (byte b : bytes) {
            decoder.feed(ALLOCATOR.buffer().writeByte(b), ALLOCATOR);
            try {
                drain(decoder, found);
            } catch (CommandTooLongException e) {
                refused = true;
            }
            assertThat(decoder.bufferedBytes()).isLessThan(10);
        }
        assertThat(refused).isTrue();
        assertThat(found).containsExactly("COM_PING ");
    }

    @Test
    void refuses_packets_out_of_order() {
        CommandDecoder decoder = new CommandDecoder(100);
        decoder.feed(ALLOCATOR.buffer().writeMediumLE(1).writeByte(3).writeByte(14), ALLOCATOR);
        assertThatThrownBy(decoder::next).isInstanceOf(ProtocolException.class).hasMessageContaining("out of order");
        decoder.close();
    }

    @Test
    void numbers_the_packets_of_clients_that_compress() {
        int[] left = {-1};
        CommandDecoder decoder = new CommandDecoder(PacketWriter.MAX_PAYLOAD + 10, bytes -> left[0] = bytes);
        ByteBuf packet = Unpooled.buffer();
        packet.writeMediumLE(PacketWriter.MAX_PAYLOAD)
                .writeByte(7)
                .writeByte(3)
                .writeZero(PacketWriter.MAX_PAYLOAD - 1);
        packet.writeMediumLE(1).writeByte(7).writeByte('x').writeByte(9);
        decoder.feed(packet, UnpooledByteBufAllocator.DEFAULT);
        Command command = decoder.next();
        assertThat(command).isNotNull();
        ByteBuf packets = command.packets();
        assertThat(packets.getByte(3)).isZero();
        assertThat(packets.getByte(4 + PacketWriter.MAX_PAYLOAD + 3)).isEqualTo((byte) 1);
        assertThat(left[0]).isEqualTo(1);
        packets.release();
        decoder.close();
    }

    @Test
    void numbers_the_packets_of_an_upload() {
        UploadScanner scanner = new UploadScanner();
        scanner.begin(4);
        byte[] bytes = {1, 0, 0, 0, 'a', 1, 0, 0, 0, 'b', 0, 0, 0, 0};
        assertThat(scanner.scan(Unpooled.wrappedBuffer(bytes))).isEqualTo(14);
        assertThat(bytes).containsExactly(1, 0, 0, 5, 'a', 1, 0, 0, 6, 'b', 0, 0, 0, 7);
        assertThat(scanner.nextSequenceId()).isEqualTo(8);
    }

    @Test
    void finds_the_end_of_an_upload_wherever_it_is_cut() {
        byte[] bytes = {3, 0, 0, 2, 'a', 'b', 'c', 1, 0, 0, 3, 'd', 0, 0, 0, 4, 9, 9};
        for (int cut = 0; cut < bytes.length; cut++) {
            UploadScanner scanner = new UploadScanner();
            scanner.begin(1);
            int taken = scanner.scan(Unpooled.wrappedBuffer(bytes, 0, cut));
            taken += scanner.scan(Unpooled.wrappedBuffer(bytes, taken, bytes.length - taken));
            assertThat(scanner.isDone()).isTrue();
            assertThat(taken).isEqualTo(bytes.length - 2);
        }
    }

    @Test
    void a_command_of_several_packets_is_not_copied_with_every_chunk() {
        int[] buffers = new int[1];
        ByteBufAllocator counting = new AbstractByteBufAllocator() {
            @Override
            protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
                buffers[0]++;
                return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
            }

            @Override
            protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
                return newHeapBuffer(initialCapacity, maxCapacity);
            }

            @Override
            public boolean isDirectBufferPooled() {
                return false;
            }
        };
        ByteBuf out = Unpooled.buffer();
        PacketWriter.write(out, 0, Unpooled.wrappedBuffer(new byte[] {3}, new byte[40 << 20]));
        CommandDecoder decoder = new CommandDecoder(64 << 20);
        while (out.isReadable()) {
            assertThat(decoder.next()).isNull();
            decoder.feed(out.readBytes(Math.min(64 << 10, out.readableBytes())), counting);
        }
        Command command = decoder.next();
        assertThat(command).isNotNull();
        assertThat(buffers[0]).as("buffers for one command").isLessThan(10);
        command.packets().release();
    }

    @Test
    void a_header_that_promises_a_packetcommand_takes_no_memory_for_it() {
        CommandDecoder decoder = new CommandDecoder(64 << 20);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        decoder.feed(allocator.buffer(5).writeMediumLE(0xfffff0).writeByte(0).writeByte(3), allocator);
        assertThat(decoder.next()).isNull();
        decoder.feed(allocator.buffer(1).writeByte('S'), allocator);
        assertThat(decoder.next()).isNull();
        assertThat(allocator.metric().usedHeapMemory()).isLessThan(10_000);
        decoder.close();
    }

    private static void drain(CommandDecoder decoder, List<String> found) {
        for (Command c = decoder.next(); c != null; c = decoder.next()) {
            assertThat(c.code()).isNotEqualTo(CommandCode.UNKNOWN);
            found.add(c.code() + " " + c.packets().toString(c.bodyIndex(), c.bodyLength(), StandardCharsets.UTF_8));
            c.packets().release();
        }
    }

    private static byte[] command(String payload) {
        ByteBuf out = Unpooled.buffer();
        PacketWriter.write(out, 0, Unpooled.copiedBuffer(payload, StandardCharsets.UTF_8));
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] join(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }
}
