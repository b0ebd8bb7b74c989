// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.sluice.protocol.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseScannerTest {
    private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;
    private static final byte[] OK = {0, 1, 0, 2, 0, 0, 0};
    private static final byte[] OK_MORE = {0, 1, 0, 10, 0, 0, 0};
    private static final byte[] OK_AS_EOF = {(byte) 0xfe, 0, 0, 2, 0, 0, 0};
    private static final byte[] OK_AS_EOF_MORE = {(byte) 0xfe, 0, 0, 10, 0, 0, 0};
    private static final byte[] EOF = {(byte) 0xfe, 0, 0, 2, 0};
    private static final byte[] EOF_MORE = {(byte) 0xfe, 0, 0, 10, 0};
    private static final byte[] EOF_CURSOR = {(byte) 0xfe, 0, 0, 0x42, 0};
    private static final byte[] ERR = {(byte) 0xff, 0x28, 0x04, '#', '4', '2', '0', '0', '0', 'n', 'o'};
    private static final byte[] DEFINITION =
            "\u0003defsome definition".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    private static final byte[] ROW = {3, 'a', 'b', 'c'};
    private static final byte[] NULL_ROW = {(byte) 0xfb};
    private static final byte[] FILE_REQUEST = {(byte) 0xfb, 'f'};

    record Case(String name, ResponseKind kind, boolean eofDeprecated, byte[] bytes, List<TerminalPacket> terminals) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> responses() {
        byte[] two = {2};
        byte[] prepareOk = {0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0};
        byte[] prepareOkBare = {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        return Stream.of(
                of("ok", ResponseKind.RESULT, true, List.of(TerminalPacket.OK), OK),
                of("err", ResponseKind.RESULT, true, List.of(TerminalPacket.ERR), ERR),
                of(
                        "result set",
                        ResponseKind.RESULT,
                        true,
                        List.of(TerminalPacket.OK),
                        two,
                        DEFINITION,
                        DEFINITION,
                        ROW,
                        NULL_ROW,
                        ROW,
                        OK_AS_EOF),
                of(
                        "empty result set",
                        ResponseKind.RESULT,
                        true,
                        List.of(TerminalPacket.OK),
                        two,
                        DEFINITION,
                        DEFINITION,
                        OK_AS_EOF),
                of(
                        "classic result set",
                        ResponseKind.RESULT,
                        false,
                        List.of(TerminalPacket.EOF),
                        two,
                        DEFINITION,
                        DEFINITION,
                        EOF,
                        ROW,
                        NULL_ROW,
                        EOF),
                of(
                        "classic cursor",
                        ResponseKind.CURSOR_RESULT,
                        false,
                        List.of(TerminalPacket.EOF),
                        two,
                        DEFINITION,
                        DEFINITION,
                        EOF_CURSOR),
                of(
                        "rows of a procedure that has a cursor of its own open",
                        ResponseKind.RESULT,
                        false,
                        List.of(TerminalPacket.EOF),
                        two,
                        DEFINITION,
                        DEFINITION,
                        EOF_CURSOR,
                        ROW,
                        EOF),
                of(
                        "error among rows",
                        ResponseKind.RESULT,
                        true,
                        List.of(TerminalPacket.ERR),
                        two,
                        DEFINITION,
                        DEFINITION,
                        ROW,
                        ERR),
                of(
                        "several results",
                        ResponseKind.RESULT,
                        true,
                        List.of(TerminalPacket.OK, TerminalPacket.OK, TerminalPacket.OK),
                        OK_MORE,
                        two,
                        DEFINITION,
                        DEFINITION,
                        ROW,
                        OK_AS_EOF_MORE,
                        OK),
                of(
                        "several classic results",
                        ResponseKind.RESULT,
                        false,
                        List.of(TerminalPacket.EOF, TerminalPacket.ERR),
                        two,
                        DEFINITION,
                        DEFINITION,
                        EOF,
                        ROW,
                        EOF_MORE,
                        ERR),
                of(
                        "file request",
                        ResponseKind.RESULT,
                        true,
                        List.of(TerminalPacket.FILE_REQUEST, TerminalPacket.OK),
                        FILE_REQUEST,
                        OK),
                of(
                        "prepare",
                        ResponseKind.PREPARE,
                        true,
                        List.of(TerminalPacket.PREPARE_OK),
                        prepareOk,
                        DEFINITION,
                        DEFINITION,
                        DEFINITION),
                of(
                        "classic prepare",
                        ResponseKind.PREPARE,
                        false,
                        List.of(TerminalPacket.PREPARE_OK),
                        prepareOk,
                        DEFINITION,
                        EOF,
                        DEFINITION,
                        DEFINITION,
                        EOF),
                of("prepare of nothing", ResponseKind.PREPARE, true, List.of(TerminalPacket.PREPARE_OK), prepareOkBare),
                of("failed prepare", ResponseKind.PREPARE, true, List.of(TerminalPacket.ERR), ERR),
                of("fetch", ResponseKind.ROWS, true, List.of(TerminalPacket.OK), ROW, ROW, OK_AS_EOF),
                of(
                        "field list",
                        ResponseKind.FIELD_LIST,
                        false,
                        List.of(TerminalPacket.EOF),
                        DEFINITION,
                        DEFINITION,
                        EOF),
                of(
                        "statistics",
                        ResponseKind.TEXT,
                        true,
                        List.of(),
                        "Uptime: 1".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void relays_every_byte_however_the_response_is_cut(Case c) {
        for (int first = 0; first <= c.bytes.length; first++) {
            for (int second = first; second <= c.bytes.length; second += 7) {
                Recorder recorder = new Recorder(false);
                ResponseScanner scanner = new ResponseScanner();
                scanner.begin(c.kind, c.eofDeprecated);
                feed(scanner, recorder, c.bytes, 0, first);
                feed(scanner, recorder, c.bytes, first, second);
                feed(scanner, recorder, c.bytes, second, c.bytes.length);
                assertThat(scanner.isDone())
                        .as("cut at %d and %d", first, second)
                        .isTrue();
                assertThat(recorder.kinds).isEqualTo(c.terminals);
                assertThat(recorder.bytes()).isEqualTo(c.bytes);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    void gives_back_what_follows_the_response(Case c) {
        byte[] tail = {7, 7, 7, 7, 7, 7};
        ByteBuf both = Unpooled.buffer().writeBytes(c.bytes).writeBytes(tail);
        Recorder recorder = new Recorder(false);
        ResponseScanner scanner = new ResponseScanner();
        scanner.begin(c.kind, c.eofDeprecated);
        ByteBuf rest = scanner.scan(both, recorder, ALLOCATOR);
        assertThat(rest).isNotNull();
        assertThat(ByteBufUtil.getBytes(rest)).isEqualTo(tail);
        assertThat(recorder.bytes()).isEqualTo(c.bytes);
        rest.release();
        assertThat(both.refCnt()).isZero();
    }

    @Test
    void replaces_a_terminal_packet_in_place() {
        byte[] response = packets(new byte[][] {{1}, DEFINITION, ROW, OK_AS_EOF});
        for (int cut = 0; cut <= response.length; cut++) {
            Recorder recorder = new Recorder(true);
            ResponseScanner scanner = new ResponseScanner();
            scanner.begin(ResponseKind.RESULT, true);
            feed(scanner, recorder, response, 0, cut);
            feed(scanner, recorder, response, cut, response.length);
            byte[] kept = java.util.Arrays.copyOf(response, response.length - OK_AS_EOF.length - 4 + 1);
            kept[kept.length - 1] = '!';
            assertThat(recorder.bytes()).as("cut at %d", cut).isEqualTo(kept);
        }
    }

    @Test
    void passes_rows_longer_than_one_packet_whatever_their_continuation_starts_with() {
        byte[] long1 = new byte[0xffffff];
        long1[0] = (byte) 0xfe;
        byte[] rest = {(byte) 0xff, 1, 2, 3};
        byte[] response = packets(new byte[][] {{1}, DEFINITION, long1, rest, long1, {}, ROW, OK_AS_EOF});
        Random random = new Random(4);
        Recorder recorder = new Recorder(false);
        ResponseScanner scanner = new ResponseScanner();
        scanner.begin(ResponseKind.RESULT, true);
        for (int at = 0; at < response.length; ) {
            int next = Math.min(response.length, at + 1 + random.nextInt(1 << 20));
            feed(scanner, recorder, response, at, next);
            at = next;
        }
        assertThat(scanner.isDone()).isTrue();
        assertThat(recorder.kinds).containsExactly(TerminalPacket.OK);
        assertThat(recorder.bytes()).isEqualTo(response);
    }

    @Test
    void refuses_what_no_response_can_have() {
        ResponseScanner scanner = new ResponseScanner();
        scanner.begin(ResponseKind.PREPARE, true);
        ByteBuf bytes = Unpooled.wrappedBuffer(packets(new byte[][] {{0, 1, 2}}));
        assertThatThrownBy(() -> scanner.scan(bytes, new Recorder(false), ALLOCATOR))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void holds_an_incomplete_row_back_so_that_an_error_can_follow() {
        byte[] response = packets(new byte[][] {{1}, DEFINITION, ROW, ROW});
        int lastRow = response.length - ROW.length - 4;
        for (int cut = lastRow; cut <= response.length; cut++) {
            Recorder recorder = new Recorder(false);
            ResponseScanner scanner = new ResponseScanner();
            scanner.begin(ResponseKind.RESULT, true);
            feed(scanner, recorder, response, 0, cut);
            assertThat(recorder.bytes()).hasSize(cut == response.length ? cut : lastRow);
            assertThat(scanner.isAtPacketBoundary()).isTrue();
            assertThat(scanner.nextSequenceId()).as("cut at %d", cut).isEqualTo(cut == response.length ? 5 : 4);
            scanner.close();
        }
    }

    @Test
    void an_empty_packet_that_ends_a_long_row_may_be_cut_anywhere() {
        byte[] longRow = new byte[0xffffff];
        byte[] response = packets(new byte[][] {{1}, DEFINITION, longRow, {}, OK_AS_EOF});
        int empty = response.length - 4 - OK_AS_EOF.length - 4;
        for (int cut = empty; cut <= empty + 5; cut++) {
            Recorder recorder = new Recorder(false);
            ResponseScanner scanner = new ResponseScanner();
            scanner.begin(ResponseKind.RESULT, true);
            feed(scanner, recorder, response, 0, cut);
            feed(scanner, recorder, response, cut, response.length);
            assertThat(scanner.isDone()).as("cut at %d", cut - empty).isTrue();
            assertThat(recorder.kinds).containsExactly(TerminalPacket.OK);
            assertThat(recorder.relayed.readableBytes()).isEqualTo(response.length);
            scanner.close();
        }
    }

    @Test
    void what_breaks_the_protocol_comes_after_what_was_good_and_leaves_no_buffer() {
        byte[] shortOk = {0, 1, 0, 2, 0};
        byte[] response = packets(new byte[][] {{1}, DEFINITION, ROW, OK_AS_EOF_MORE, shortOk});
        int good = response.length - 4 - shortOk.length;
        for (int cut = 0; cut < response.length; cut++) {
            UnpooledByteBufAllocator counting = new UnpooledByteBufAllocator(false);
            Recorder recorder = new Recorder(false);
            ResponseScanner scanner = new ResponseScanner();
            scanner.begin(ResponseKind.RESULT, true);
            int end = cut;
            if (end > 0) {
                scanner.scan(counting.buffer().writeBytes(response, 0, end), recorder, counting);
            }
            assertThatThrownBy(() -> scanner.scan(
                            counting.buffer().writeBytes(response, end, response.length - end), recorder, counting))
                    .isInstanceOf(ProtocolException.class);
            assertThat(recorder.bytes()).as("cut at %d", cut).hasSize(good);
            assertThat(scanner.isAtPacketBoundary()).isTrue();
            assertThat(scanner.nextSequenceId()).as("cut at %d", cut).isEqualTo(5);
            scanner.close();
            assertThat(counting.metric().usedHeapMemory()).as("cut at %d", cut).isZero();
        }
    }

    private static Case of(
            String name, ResponseKind kind, boolean eofDeprecated, List<TerminalPacket> terminals, byte[]... payloads) {
        return new Case(name, kind, eofDeprecated, packets(payloads), terminals);
    }

    private static byte[] packets(byte[][] payloads) {
        ByteBuf out = Unpooled.buffer();
        int id = 1;
        for (byte[] payload : payloads) {
            out.writeMediumLE(payload.length).writeByte(id++).writeBytes(payload);
        }
        return ByteBufUtil.getBytes(out);
    }

    private static void feed(ResponseScanner scanner, Recorder recorder, byte[] bytes, int from, int to) {
        if (from == to) {
            return;
        }
        ByteBuf chunk = ALLOCATOR.buffer().writeBytes(bytes, from, to - from);
        ByteBuf rest = scanner.scan(chunk, recorder, ALLOCATOR);
        assertThat(rest).isNull();
    }

    private static final class Recorder implements ResponseScanner.Sink {
        final List<TerminalPacket> kinds = new ArrayList<>();
        final ByteBuf relayed = Unpooled.buffer();
        private final boolean replacing;

        Recorder(boolean replacing) {
            this.replacing = replacing;
        }

        byte[] bytes() {
            return ByteBufUtil.getBytes(relayed);
        }

        @Override
        public void relay(ByteBuf bytes) {
            relayed.writeBytes(bytes);
            bytes.release();
        }

        @Override
        public @Nullable ByteBuf terminal(TerminalPacket kind, ByteBuf payload, int sequenceId) {
            kinds.add(kind);
            return replacing ? ALLOCATOR.buffer().writeByte('!') : null;
        }
    }
}
