// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.testing.Fuzz;
import io.sluice.protocol.testing.Mutations;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a client sends: the same commands come out of it wherever the network cuts it, or the same complaint. */
class CommandFuzzTest {
    private static final int LIMIT = 1 << 26;
    private static final int SMALL_LIMIT = 200;

    @Test
    void commands_do_not_depend_on_chunks() throws InterruptedException {
        Fuzz.of("commands", (random, allocator) -> {
                    byte[] input = commands(random);
                    int limit = random.nextBoolean() ? LIMIT : SMALL_LIMIT;
                    List<String> whole = decode(input, new int[] {input.length}, limit, allocator);
                    List<String> cut = decode(input, Mutations.cuts(input.length, random), limit, allocator);
                    assertThat(cut).isEqualTo(whole);
                    return input.length;
                })
                .run();
    }

    private static byte[] commands(Random random) {
        byte[][] packets = new byte[1 + random.nextInt(4)][];
        for (int i = 0; i < packets.length; i++) {
            byte[] payload = Mutations.random(1 + random.nextInt(random.nextInt(8) == 0 ? 400 : 20), random);
            payload[0] = (byte) random.nextInt(0x22);
            packets[i] = packet(0, payload);
        }
        return Mutations.of(Mutations.shuffled(packets, random), random);
    }

    private static byte[] packet(int sequenceId, byte[] payload) {
        ByteBuf out = Unpooled.buffer();
        PacketWriter.write(out, sequenceId, Unpooled.wrappedBuffer(payload));
        return ByteBufUtil.getBytes(out);
    }

    private static List<String> decode(byte[] input, int[] ends, int limit, ByteBufAllocator allocator) {
        List<String> found = new ArrayList<>();
        CommandDecoder decoder = new CommandDecoder(limit);
        int start = 0;
        for (int end : ends) {
            if (end > start) {
                decoder.feed(allocator.buffer(end - start).writeBytes(input, start, end - start), allocator);
            }
            start = end;
            if (!drain(decoder, found)) {
                break;
            }
        }
        decoder.close();
        return found;
    }

    /** Takes all commands that are complete; false once packets are out of order. */
    private static boolean drain(CommandDecoder decoder, List<String> found) {
        while (true) {
            try {
                Command command = decoder.next();
                if (command == null) {
                    return true;
                }
                CommandCode code = command.code();
                found.add(code + " " + command.payloadLength() + " " + ByteBufUtil.hexDump(command.packets()));
                command.packets().release();
            } catch (CommandTooLongException e) {
                found.add("too long");
            } catch (ProtocolException e) {
                found.add(e.getMessage());
                return false;
            }
        }
    }

    @Test
    void the_end_of_a_file_does_not_depend_on_chunks() throws InterruptedException {
        Fuzz.of("file uploads", (random, allocator) -> {
                    byte[][] packets = new byte[1 + random.nextInt(4)][];
                    for (int i = 0; i < packets.length; i++) {
                        packets[i] = packet(2 + i, Mutations.random(random.nextInt(20), random));
                    }
                    byte[] input = Mutations.of(Mutations.shuffled(packets, random), random);
                    String whole = upload(input, new int[] {input.length});
                    assertThat(upload(input, Mutations.cuts(input.length, random)))
                            .isEqualTo(whole);
                    return input.length;
                })
                .run();
    }

    private static String upload(byte[] input, int[] ends) {
        UploadScanner scanner = new UploadScanner();
        scanner.begin(1);
        int taken = 0;
        int start = 0;
        for (int end : ends) {
            int length = scanner.scan(Unpooled.wrappedBuffer(input, start, end - start));
            taken += length;
            if (scanner.isDone()) {
                return taken + " bytes, then " + scanner.nextSequenceId();
            }
            start = end;
        }
        return taken + " bytes and no end";
    }
}
