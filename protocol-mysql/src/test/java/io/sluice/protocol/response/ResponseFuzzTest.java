// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.response;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.testing.Fuzz;
import io.sluice.protocol.testing.Mutations;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever a server sends: the scanner finds the same in it wherever the network cuts it, and holds on to nothing. */
class ResponseFuzzTest {
    private static final String AT_BOUNDARY = "more must come, and an ERR packet could";
    private static final String AMID_PACKET = "more must come";
    private static final int[] OK = {0, 1, 0, 2, 0, 0, 0};
    private static final int[] OK_MORE = {0, 1, 0, 10, 0, 0, 0};
    private static final int[] END = {0xfe, 0, 0, 2, 0, 0, 0};
    private static final int[] END_MORE = {0xfe, 0, 0, 10, 0, 0, 0};
    private static final int[] EOF = {0xfe, 0, 0, 2, 0};
    private static final int[] EOF_CURSOR = {0xfe, 0, 0, 0x42, 0};
    private static final int[] ERR = {0xff, 0x28, 0x04, '#', '4', '2', '0', '0', '0', 'n', 'o'};
    private static final int[] DEFINITION = {3, 'd', 'e', 'f', 0, 1, 't', 1, 't', 1, 'c', 1, 'c', 12};
    private static final int[] ROW = {3, 'a', 'b', 'c', 1, 'x'};
    private static final int[] FILE = {0xfb, 'f'};
    private static final int[] PREPARE_OK = {0, 1, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0};

    private static final int[][][] RESPONSES = {
        {OK},
        {ERR},
        {OK_MORE, OK},
        {{1}, DEFINITION, ROW, ROW, END},
        {{1}, DEFINITION, EOF, ROW, ROW, EOF},
        {{2}, DEFINITION, DEFINITION, ROW, END_MORE, {1}, DEFINITION, ROW, END_MORE, OK},
        {{1}, DEFINITION, ROW, ERR},
        {{1}, DEFINITION, EOF_CURSOR},
        {FILE, OK},
        {PREPARE_OK, DEFINITION, DEFINITION, DEFINITION},
        {PREPARE_OK, DEFINITION, DEFINITION, EOF, DEFINITION, EOF},
        {ROW, ROW, ROW, EOF},
        {{'U', 'p', 't', 'i', 'm', 'e'}},
    };

    /** What came of a response: what the client would have, and what a session would know. */
    private static final class Outcome implements ResponseScanner.Sink {
        final ByteBuf relayed = Unpooled.buffer();
        final List<String> terminals = new ArrayList<>();
        private final boolean replaces;
        String end = "";

        Outcome(boolean replaces) {
            this.replaces = replaces;
        }

        @Override
        public void relay(ByteBuf bytes) {
            relayed.writeBytes(bytes);
            bytes.release();
        }

        @Override
        public @Nullable ByteBuf terminal(TerminalPacket kind, ByteBuf payload, int sequenceId) {
            terminals.add(kind + " " + sequenceId + " " + ByteBufUtil.hexDump(payload));
            boolean malformed = payload.readableBytes() == 7 && payload.getByte(6) != 0;
            if (malformed) {
                throw new ProtocolException("read further, the payload makes no sense");
            }
            return replaces ? payload.alloc().buffer(1).writeByte(0x55) : null;
        }
    }

    @Test
    void what_is_found_does_not_depend_on_chunks() throws InterruptedException {
        Fuzz.of("responses", (random, allocator) -> {
                    byte[] input = response(random);
                    ResponseKind kind = ResponseKind.values()[random.nextInt(ResponseKind.values().length)];
                    boolean eofDeprecated = random.nextBoolean();
                    boolean replaces = random.nextInt(4) == 0;
                    Outcome whole = new Outcome(replaces);
                    scan(input, new int[] {input.length}, kind, eofDeprecated, whole, allocator);
                    Outcome cut = new Outcome(replaces);
                    scan(input, Mutations.cuts(input.length, random), kind, eofDeprecated, cut, allocator);
                    String response = kind + " " + ByteBufUtil.hexDump(input);
                    assertThat(cut.terminals).as(response).isEqualTo(whole.terminals);
                    if (cut.end.equals(AMID_PACKET)) {
                        // A packet that came in several chunks is not held back; the client has a part of it.
                        assertThat(whole.end).as(response).isEqualTo(AT_BOUNDARY);
                        ByteBuf packets = cut.relayed.slice(0, whole.relayed.writerIndex());
                        assertThat(packets).as(response).isEqualTo(whole.relayed);
                    } else {
                        assertThat(cut.end).as(response).isEqualTo(whole.end);
                        assertThat(cut.relayed).as(response).isEqualTo(whole.relayed);
                    }
                    return input.length;
                })
                .run();
    }

    private static byte[] response(Random random) {
        int[][] valid = RESPONSES[random.nextInt(RESPONSES.length)];
        byte[][] packets = new byte[valid.length][];
        for (int i = 0; i < packets.length; i++) {
            ByteBuf out = Unpooled.buffer();
            out.writeMediumLE(valid[i].length).writeByte(i + 1);
            for (int value : valid[i]) {
                out.writeByte(value);
            }
            packets[i] = ByteBufUtil.getBytes(out);
        }
        return Mutations.of(Mutations.shuffled(packets, random), random);
    }

    private static void scan(
            byte[] input,
            int[] ends,
            ResponseKind kind,
            boolean eofDeprecated,
            Outcome found,
            ByteBufAllocator allocator) {
        ResponseScanner scanner = new ResponseScanner();
        scanner.begin(kind, eofDeprecated);
        int start = 0;
        try {
            for (int end : ends) {
                ByteBuf chunk = allocator.buffer(end - start).writeBytes(input, start, end - start);
                ByteBuf rest = scanner.scan(chunk, found, allocator);
                if (scanner.isDone()) {
                    int left = rest == null ? 0 : rest.readableBytes();
                    found.end = "done after " + (end - left);
                    if (rest != null) {
                        rest.release();
                    }
                    break;
                }
                assertThat(rest).as("bytes given back amid a response").isNull();
                start = end;
            }
        } catch (ProtocolException e) {
            found.end = e.getMessage() + ", " + scanner.isAtPacketBoundary() + " " + scanner.nextSequenceId();
        }
        if (found.end.isEmpty()) {
            found.end = scanner.isAtPacketBoundary() ? AT_BOUNDARY : AMID_PACKET;
        }
        scanner.close();
    }
}
