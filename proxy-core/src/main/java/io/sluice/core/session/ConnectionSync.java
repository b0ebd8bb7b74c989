// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.Exchange;
import io.sluice.core.backend.PreparedStatementCache.Entry;
import io.sluice.core.backend.SessionSetup;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.Trait;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a connection into its session's state: schema, variables, a prepared statement. The steps go out together;
 * the last answer, or the first error, ends them. Belongs to one {@link Relay}.
 */
final class ConnectionSync {
    private static final int ER_QUERY_INTERRUPTED = 1317;

    private final Relay relay;
    private final SessionState state;
    private boolean setsTrackers;
    private int stepsLeft;
    private @Nullable SqlError firstError;

    ConnectionSync(Relay relay, SessionState state) {
        this.relay = relay;
        this.state = state;
    }

    /**
     * Sends the steps that are needed, without a flush.
     *
     * @return whether there are any; {@link Relay#synced} is called after the last
     */
    boolean begin(
            BackendConnection connection, Statement statement, @Nullable Prepared prepared, boolean sameConnection) {
        stepsLeft = 0;
        firstError = null;
        setsTrackers = statement.has(Trait.SETS_TRACKERS);
        syncVariables(connection);
        if (setsTrackers) {
            String sql = state.trackers().statement(connection.flavor());
            step(connection, SessionSetup.query(allocator(connection), sql), () -> {});
        }
        String schema = state.schema();
        if (schema != null && !schema.equals(connection.schema())) {
            step(connection, SessionSetup.initDb(allocator(connection), schema), () -> connection.setSchema(schema));
        }
        if (statement.has(Trait.USES_LAST_INSERT_ID) && !sameConnection) {
            String sql = "SET last_insert_id=" + Long.toUnsignedString(state.lastInsertId());
            step(connection, SessionSetup.query(allocator(connection), sql), () -> {});
        } else if (statement.has(Trait.USES_DIAGNOSTICS) && !sameConnection) {
            // The session's last statement left nothing to ask for; the connection's last one perhaps did.
            step(connection, SessionSetup.query(allocator(connection), "DO 0"), () -> {});
        }
        if (prepared != null && connection.prepared().get(prepared.key) == null) {
            prepare(connection, prepared);
        }
        return stepsLeft > 0;
    }

    private void syncVariables(BackendConnection connection) {
        // Mostly the same object, which equality sees first.
        if (connection.variables().equals(state.variables())) {
            connection.adopt(state.variables());
            return;
        }
        String sql = connection.statementTowards(state.variables());
        if (sql == null) {
            // Only a reset brings back what the handshake set.
            connection.resetInLine();
            sql = connection.statementTowards(state.variables());
        }
        if (sql != null && !sql.isEmpty()) {
            step(connection, SessionSetup.query(allocator(connection), sql), () -> connection.adopt(state.variables()));
        }
    }

    private void step(BackendConnection connection, ByteBuf packets, Runnable onOk) {
        stepsLeft++;
        connection.send(
                packets,
                new SessionSetup.Step(
                        connection,
                        (c, error) -> {
                            if (error == null) {
                                onOk.run();
                            }
                            stepDone(c, error == null ? null : describe(c, error));
                        },
                        relay::lost));
    }

    private static SqlError describe(BackendConnection connection, SqlError error) {
        boolean ofClient = error.code() == 1049 || error.code() == 1044 || error.code() == ER_QUERY_INTERRUPTED;
        return ofClient ? error : Errors.stateNotRestored(connection.address(), error);
    }

    private void stepDone(BackendConnection connection, @Nullable SqlError error) {
        stepsLeft--;
        if (error != null && firstError == null) {
            firstError = error;
        }
        if (stepsLeft == 0) {
            relay.synced(connection, firstError);
        }
    }

    private void prepare(BackendConnection connection, Prepared prepared) {
        stepsLeft++;
        ByteBufAllocator allocator = allocator(connection);
        ByteBuf payload = allocator.buffer(prepared.key.sql().length + 1);
        payload.writeByte(CommandCode.COM_STMT_PREPARE.code()).writeBytes(prepared.key.sql());
        ByteBuf packets = allocator.buffer(payload.readableBytes() + 64);
        PacketWriter.write(packets, 0, payload);
        payload.release();
        connection.send(packets, new PrepareStep(connection, prepared));
    }

    /** Prepares a statement on a connection that does not have it, out of the client's sight. */
    private final class PrepareStep implements Exchange {
        private final BackendConnection connection;
        private final Prepared prepared;
        private @Nullable SqlError error;

        PrepareStep(BackendConnection connection, Prepared prepared) {
            this.connection = connection;
            this.prepared = prepared;
        }

        @Override
        public ResponseKind kind() {
            return ResponseKind.PREPARE;
        }

        @Override
        public void relay(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public @Nullable ByteBuf terminal(TerminalPacket kind, ByteBuf payload, int sequenceId) {
            if (kind == TerminalPacket.ERR) {
                error = ErrPacket.read(payload);
            } else {
                connection.prepared().put(prepared.key, payload.getIntLE(payload.readerIndex() + 1));
            }
            return null;
        }

        @Override
        public void completed(BackendConnection done) {
            stepDone(done, error);
        }

        @Override
        public void lost(BackendConnection gone, String cause) {
            relay.lost(gone, cause);
        }
    }

    /** The command as this connection's server knows the statement, and before it the long data. */
    ByteBuf forServer(Command command, Prepared prepared, BackendConnection connection) {
        Entry entry = Objects.requireNonNull(connection.prepared().get(prepared.key));
        if (command.code() == CommandCode.COM_STMT_EXECUTE) {
            for (ByteBuf data : prepared.longData()) {
                ExecuteCommand.patchStatementId(data, entry.statementId());
                connection.sendWithoutResponse(data.retainedDuplicate());
            }
            return ExecuteCommand.forServer(command, prepared, entry, state.hasQueryAttributes(), connection);
        }
        ExecuteCommand.patchStatementId(command.packets(), entry.statementId());
        return command.packets().retainedDuplicate();
    }

    /**
     * Asks, after a statement of which the response did not tell all, without a flush: for the trackers that the client
     * has set, which then make room for Sluice's own again, and for the status.
     */
    void question(BackendConnection connection, IntConsumer status) {
        ByteBuf last = SessionSetup.ping(allocator(connection));
        if (setsTrackers) {
            connection.send(
                    SessionSetup.query(allocator(connection), ClientTrackers.question(connection.flavor())),
                    new TrackerQuestion(
                            connection.key().shape().has(Capabilities.CLIENT_DEPRECATE_EOF),
                            answer -> state.setTrackers(state.trackers().parse(answer)),
                            relay::lostAfterAnswer));
            last.release();
            last = SessionSetup.query(allocator(connection), SessionSetup.trackEverything(connection.flavor()));
        }
        SessionSetup.Step[] step = new SessionSetup.Step[1];
        step[0] = new SessionSetup.Step(
                connection,
                (c, error) -> status.accept(step[0].status()),
                (c, cause) -> relay.lostAfterAnswer(c, cause));
        connection.send(last, step[0]);
    }

    private static ByteBufAllocator allocator(BackendConnection connection) {
        return connection.channel().alloc();
    }
}
