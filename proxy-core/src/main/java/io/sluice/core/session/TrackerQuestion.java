// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.Exchange;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.WireFormat;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the one value of {@link ClientTrackers#question} from its result set. Used once, on one event loop. */
final class TrackerQuestion implements Exchange {
    private final boolean eofDeprecated;
    private final Consumer<String> answer;
    private final BiConsumer<BackendConnection, String> lost;
    private final ByteBuf received = Unpooled.buffer(256);
    private boolean failed;

    TrackerQuestion(boolean eofDeprecated, Consumer<String> answer, BiConsumer<BackendConnection, String> lost) {
        this.eofDeprecated = eofDeprecated;
        this.answer = answer;
        this.lost = lost;
    }

    @Override
    public ResponseKind kind() {
        return ResponseKind.RESULT;
    }

    @Override
    public void relay(ByteBuf bytes) {
        received.writeBytes(bytes);
        bytes.release();
    }

    @Override
    public @Nullable ByteBuf terminal(TerminalPacket kind, ByteBuf payload, int sequenceId) {
        failed = kind == TerminalPacket.ERR;
        return null;
    }

    @Override
    public void completed(BackendConnection connection) {
        if (!failed) {
            int packetsBefore = eofDeprecated ? 2 : 3; // the count, a definition, the EOF packet
            for (int i = 0; i < packetsBefore; i++) {
                received.skipBytes(PacketWriter.HEADER_LENGTH + received.getUnsignedMediumLE(received.readerIndex()));
            }
            received.skipBytes(PacketWriter.HEADER_LENGTH);
            ByteBuf value = WireFormat.readLengthEncodedBytes(received);
            // Under character_set_results=utf16 each letter has a zero byte before it.
            answer.accept(value.toString(StandardCharsets.ISO_8859_1).replace("\0", ""));
        }
    }

    @Override
    public void lost(BackendConnection connection, String cause) {
        lost.accept(connection, cause);
    }
}
