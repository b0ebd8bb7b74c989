// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import io.sluice.routing.topology.Flavor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The commands that Sluice sends on its own behalf, and the exchange that keeps their responses to itself. */
public final class SessionSetup {
    private static final Capabilities TRACKED = new Capabilities(Capabilities.CLIENT_SESSION_TRACK);

    /** Makes the server report the charsets that the handshake has set. */
    static final String BASELINE = "SET character_set_client=@@character_set_client,"
            + "character_set_results=@@character_set_results,character_set_connection=@@character_set_connection,"
            + "collation_connection=@@collation_connection";

    private SessionSetup() {}

    /** Makes the server report every change of session state (manual: "Server Tracking of Client Session State"). */
    public static String trackEverything(Flavor flavor) {
        String common = "SET session_track_system_variables='*',session_track_schema=1,session_track_state_change=1,"
                + "session_track_transaction_info='CHARACTERISTICS'";
        return flavor == Flavor.MARIADB ? common : common + ",session_track_gtids='OWN_GTID'";
    }

    /** COM_QUERY with the given text. */
    public static ByteBuf query(ByteBufAllocator allocator, String sql) {
        return command(allocator, CommandCode.COM_QUERY, sql);
    }

    /** COM_QUERY with bytes, each of which is a character of the text. */
    public static ByteBuf queryOfBytes(ByteBufAllocator allocator, String sql) {
        ByteBuf out = allocator.buffer(PacketWriter.HEADER_LENGTH + 1 + sql.length());
        int start = PacketWriter.begin(out);
        out.writeByte(CommandCode.COM_QUERY.code());
        out.writeCharSequence(sql, java.nio.charset.StandardCharsets.ISO_8859_1);
        PacketWriter.end(out, start, 0);
        return out;
    }

    /** COM_INIT_DB. */
    public static ByteBuf initDb(ByteBufAllocator allocator, String schema) {
        return command(allocator, CommandCode.COM_INIT_DB, schema);
    }

    public static ByteBuf resetConnection(ByteBufAllocator allocator) {
        return command(allocator, CommandCode.COM_RESET_CONNECTION, "");
    }

    static ByteBuf quit(ByteBufAllocator allocator) {
        return command(allocator, CommandCode.COM_QUIT, "");
    }

    static ByteBuf closeStatement(ByteBufAllocator allocator, int statementId) {
        return allocator
                .buffer(PacketWriter.HEADER_LENGTH + 5)
                .writeMediumLE(5)
                .writeByte(0)
                .writeByte(CommandCode.COM_STMT_CLOSE.code())
                .writeIntLE(statementId);
    }

    public static ByteBuf ping(ByteBufAllocator allocator) {
        return command(allocator, CommandCode.COM_PING, "");
    }

    private static ByteBuf command(ByteBufAllocator allocator, CommandCode code, String text) {
        ByteBuf out = allocator.buffer(PacketWriter.HEADER_LENGTH + 1 + text.length());
        int start = PacketWriter.begin(out);
        out.writeByte(code.code());
        out.writeCharSequence(text, java.nio.charset.StandardCharsets.UTF_8);
        PacketWriter.end(out, start, 0);
        return out;
    }

    /** Swallows one response, applies what it says about the session to the connection, and reports ERR. */
    public static final class Step implements Exchange {
        private final BiConsumer<BackendConnection, @Nullable SqlError> done;
        private final BiConsumer<BackendConnection, String> lost;
        private final BackendConnection connection;
        private @Nullable SqlError error;
        private int status;

        /**
         * @param done called with the server's error, or null after OK
         * @param lost called instead if the connection is lost
         */
        public Step(
                BackendConnection connection,
                BiConsumer<BackendConnection, @Nullable SqlError> done,
                BiConsumer<BackendConnection, String> lost) {
            this.connection = connection;
            this.done = done;
            this.lost = lost;
        }

        @Override
        public ResponseKind kind() {
            return ResponseKind.RESULT;
        }

        @Override
        public void relay(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public @Nullable ByteBuf terminal(TerminalPacket kind, ByteBuf payload, int sequenceId) {
            if (kind == TerminalPacket.ERR) {
                error = ErrPacket.read(payload);
            } else if (kind == TerminalPacket.OK) {
                OkPacket ok = OkPacket.read(payload, TRACKED);
                status = ok.status();
                connection.apply(ok.changes());
            }
            return null;
        }

        /** The server status flags of the OK packet; valid once done without an error. */
        public int status() {
            return status;
        }

        @Override
        public void completed(BackendConnection connection) {
            done.accept(connection, error);
        }

        @Override
        public void lost(BackendConnection connection, String cause) {
            lost.accept(connection, cause);
        }
    }
}
