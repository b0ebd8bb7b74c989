// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.WireFormat;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A question of Sluice's own that a server answers with one short row of text. */
public final class OneRow implements Exchange {
    private static final int NULL = 0xfb;

    /** Null until something comes: of one whose connection is discarded before, nothing is left. */
    private @Nullable CompositeByteBuf received;

    private final ByteBufAllocator allocator;
    private final boolean eofAfterDefinitions;
    private final Consumer<List<String>> answer;
    private final BiConsumer<BackendConnection, String> lost;
    private boolean failed;

    /**
     * @param answer gets the columns, NULL as an empty text; an empty list if the server answers with an error
     * @param lost called instead if the connection is lost
     */
    public OneRow(
            BackendConnection connection, Consumer<List<String>> answer, BiConsumer<BackendConnection, String> lost) {
        this.allocator = connection.channel().alloc();
        this.eofAfterDefinitions = !connection.isEofDeprecated();
        this.answer = answer;
        this.lost = lost;
    }

    @Override
    public ResponseKind kind() {
        return ResponseKind.RESULT;
    }

    @Override
    public void relay(ByteBuf bytes) {
        if (received == null) {
            received = allocator.compositeBuffer(16);
        }
        received.addComponent(true, bytes);
    }

    @Override
    public @Nullable ByteBuf terminal(TerminalPacket kind, ByteBuf payload, int sequenceId) {
        failed |= kind == TerminalPacket.ERR;
        return null;
    }

    @Override
    public void completed(BackendConnection connection) {
        List<String> columns;
        try {
            columns = failed ? List.of() : columns(Objects.requireNonNull(received));
        } finally {
            release();
        }
        answer.accept(columns);
    }

    @Override
    public void lost(BackendConnection connection, String cause) {
        release();
        lost.accept(connection, cause);
    }

    private void release() {
        if (received != null) {
            received.release();
        }
    }

    private List<String> columns(ByteBuf bytes) {
        int count = (int) WireFormat.readLengthEncodedInteger(packet(bytes));
        for (int i = 0; i < count + (eofAfterDefinitions ? 1 : 0); i++) {
            packet(bytes);
        }
        ByteBuf row = packet(bytes);
        List<String> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (row.getUnsignedByte(row.readerIndex()) == NULL) {
                row.skipBytes(1);
                columns.add("");
            } else {
                int length = (int) WireFormat.readLengthEncodedInteger(row);
                // Under character_set_results=utf16 each letter has a zero byte before it.
                columns.add(row.readCharSequence(length, StandardCharsets.UTF_8)
                        .toString()
                        .replace("\0", ""));
            }
        }
        return columns;
    }

    private static ByteBuf packet(ByteBuf bytes) {
        int length = bytes.readUnsignedMediumLE();
        bytes.skipBytes(PacketWriter.HEADER_LENGTH - 3);
        return bytes.readSlice(length);
    }
}
