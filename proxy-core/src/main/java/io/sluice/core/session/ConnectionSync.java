// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.Exchange;
import io.sluice.core.backend.OneRow;
import io.sluice.core.backend.PreparedStatementCache.Entry;
import io.sluice.core.backend.SessionSetup;
import io.sluice.core.backend.SessionVariables;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.TerminalPacket;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.Flavor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a connection into its session's state: schema, variables, a prepared statement. The steps go out together;
 * the last answer, or the first error, ends them. Belongs to one {@link Relay}.
 */
final class ConnectionSync {
    private static final int ER_QUERY_INTERRUPTED = 1317;
    private static final List<String> CHARSETS = List.of(
            "character_set_client", "character_set_results", "character_set_connection", "collation_connection");

    private final Relay relay;
    private final LoopScope scope;
    private final SessionState state;
    private boolean setsTrackers;
    private int stepsLeft;

    /** What the connection's server must have before it answers. */
    private CausalWait awaited = CausalWait.NONE;

    /** The second round of steps, where there is one. */
    private @Nullable Runnable afterwards;

    private @Nullable SqlError firstError;

    ConnectionSync(Relay relay, LoopScope scope, SessionState state) {
        this.relay = relay;
        this.scope = scope;
        this.state = state;
    }

    /** The next connection's server must have these transactions first. */
    void await(CausalWait wanted) {
        awaited = wanted;
    }

    /**
     * Sends the steps that are needed, without a flush.
     *
     * @param sameConnection whether the session's last statement ran there
     * @param afterRows whether that one had a result set
     * @return whether there are any; {@link Relay#synced} is called after the last
     */
    boolean begin(
            BackendConnection connection,
            Statement statement,
            @Nullable Prepared prepared,
            boolean sameConnection,
            boolean afterRows) {
        stepsLeft = 0;
        firstError = null;
        afterwards = null; // of a connection that was lost before
        CausalWait wanted = awaited;
        if (!wanted.isNone()) {
            // First, for what was written may be the very schema or table that the steps need.
            awaited = CausalWait.NONE;
            stepsLeft++;
            Consumer<Boolean> reached = hasAll -> {
                if (!hasAll) {
                    relay.miss();
                }
                stepDone(connection, null);
            };
            wanted.ask(connection, scope, reached, relay::lost, relay::giveUp);
        }
        if (prepared != null
                && connection.prepared().get(prepared.key) == null
                && prepareAsThen(connection, prepared, () -> {
                    begin(connection, statement, prepared, sameConnection, afterRows);
                    connection.flush();
                })) {
            return true;
        }
        setsTrackers = statement.has(Trait.SETS_TRACKERS);
        List<String> assignments = syncVariables(connection);
        if (setsTrackers) {
            String sql = state.trackers().statement(trackersOf(connection));
            step(connection, SessionSetup.query(allocator(connection), sql), () -> {});
        }
        if (state.hasCharsetsOfServer() && connection.flavor() == Flavor.MYSQL) {
            charsetsOfServer(connection);
        }
        String schema = state.schema();
        if (schema != null && !schema.equals(connection.schema())) {
            step(connection, SessionSetup.initDb(allocator(connection), schema), () -> connection.setSchema(schema));
        }
        assign(connection, assignments);
        if (showsOwned(statement)) {
            String sql = state.owned().toShow();
            step(connection, SessionSetup.query(allocator(connection), sql), () -> {});
            String trackers = state.trackers().statement(trackersOf(connection));
            step(connection, SessionSetup.query(allocator(connection), trackers), () -> {});
        }
        if (!scope.writeSlots().isOff()
                && !state.isInTransaction()
                && !state.pins().has(Pin.BINLOG_SETTING)
                && WriteSlots.wantsSlot(statement)) {
            mark(connection);
        }
        LastInsertId id = state.lastInsertId();
        String setId = statement.has(Trait.USES_LAST_INSERT_ID) ? id.statementFor(connection) : null;
        if (setId != null) {
            step(connection, SessionSetup.query(allocator(connection), setId), () -> id.isNowOn(connection));
        }
        if (statement.has(Trait.USES_DIAGNOSTICS) && !sameConnection) {
            // The session's last statement left nothing to ask for; the connection's last one perhaps did.
            boolean noRows = statement.has(Trait.USES_FOUND_ROWS);
            String sql = noRows ? "SELECT 1 FROM DUAL WHERE FALSE" : afterRows ? "SELECT 1" : "DO 0";
            step(connection, SessionSetup.query(allocator(connection), sql), () -> {});
        }
        if (prepared != null && connection.prepared().get(prepared.key) == null) {
            prepare(connection, prepared);
        }
        return stepsLeft > 0;
    }

    /** Lets the connection's next transaction be told from all others, if the server lets the account do so. */
    private void mark(BackendConnection connection) {
        WriteSlots slots = scope.writeSlots();
        WriteSlot slot = slots.take(connection, scope.source(), scope.nanos());
        if (slot == null) {
            return;
        }
        if (slots.mustGiveUp(slot, connection, scope.source())) {
            slots.giveUp(connection, scope.nanos());
            step(connection, SessionSetup.query(allocator(connection), WriteSlot.UNSETTING), () -> {});
            return;
        }
        slot.usedAt(scope.nanos());
        if (!slot.isSetOn(connection)) {
            stepsLeft++;
            connection.send(
                    SessionSetup.query(allocator(connection), slot.setting()),
                    new SessionSetup.Step(
                            connection,
                            (c, error) -> {
                                if (error == null) {
                                    slot.wasSetOn(c, scope.nanos());
                                } else {
                                    slots.refused(c, error, scope.nanos());
                                }
                                stepDone(c, null); // without it, the outcome is only less certain
                            },
                            relay::lost));
        }
        if (!slot.isSure()) {
            stepsLeft++;
            connection.send(
                    SessionSetup.query(allocator(connection), slot.question()),
                    new OneRow(
                            connection,
                            row -> {
                                row.forEach(slot::answered);
                                stepDone(connection, null);
                            },
                            relay::lost));
        }
    }

    /**
     * A statement means what it meant when the client prepared it, so it is prepared in the schema, the charset and the
     * sql_mode of that time; the session's own come back in a second round.
     *
     * @return whether that is needed and under way
     */
    private boolean prepareAsThen(BackendConnection connection, Prepared prepared, Runnable secondRound) {
        SessionVariables then = state.variables().readingAs(prepared.key.variables());
        String schema = prepared.key.schema();
        boolean elsewhere = schema != null && !schema.equals(state.schema());
        if (!elsewhere && then.equals(state.variables())) {
            return false;
        }
        SessionVariables interim = then.withLiteralsOf(connection.variables());
        String sql = connection.statementTowards(interim);
        if (sql == null) {
            return false;
        }
        if (!sql.isEmpty()) {
            step(connection, SessionSetup.query(allocator(connection), sql), () -> connection.adopt(interim));
        }
        if (schema != null && !schema.equals(connection.schema())) {
            step(connection, SessionSetup.initDb(allocator(connection), schema), () -> connection.setSchema(schema));
        }
        prepare(connection, prepared);
        afterwards = secondRound;
        return true;
    }

    /** Returns what then remains to be assigned: the role last, with which the schema might be out of reach. */
    private List<String> syncVariables(BackendConnection connection) {
        // Mostly the same object, which equality sees first.
        if (connection.variables().equals(state.variables())) {
            connection.adopt(state.variables());
            return List.of();
        }
        String sql = connection.statementTowards(state.variables());
        if (sql == null) {
            // Only a reset brings back what the handshake set.
            connection.resetInLine(relay::lost);
            sql = connection.statementTowards(state.variables());
        }
        List<String> assignments = connection.assignmentsTowards(state.variables());
        if (sql != null && !sql.isEmpty()) {
            Runnable last = assignments.isEmpty() ? () -> connection.adopt(state.variables()) : () -> {};
            step(connection, SessionSetup.query(allocator(connection), sql), last);
        }
        return assignments;
    }

    private void assign(BackendConnection connection, List<String> assignments) {
        for (int i = 0; i < assignments.size(); i++) {
            Runnable last = i == assignments.size() - 1 ? () -> connection.adopt(state.variables()) : () -> {};
            step(connection, SessionSetup.queryOfBytes(allocator(connection), assignments.get(i)), last);
        }
    }

    /** After COM_RESET_CONNECTION of the client MySQL's charsets are those of the server, whatever the login said. */
    private void charsetsOfServer(BackendConnection connection) {
        StringBuilder sql = new StringBuilder("SET ");
        for (String name : CHARSETS) {
            sql.append(sql.length() > 4 ? "," : "")
                    .append(name)
                    .append("=@@global.")
                    .append(name);
        }
        step(connection, SessionSetup.query(allocator(connection), sql.toString()), () -> {
            List<SessionChanges.Variable> values = new ArrayList<>();
            for (String name : CHARSETS) {
                String value = connection.variables().get(name);
                if (value != null) {
                    values.add(new SessionChanges.Variable(name, value));
                }
            }
            state.learn(values);
            state.setCharsetsOfServer(false);
            state.share(connection);
        });
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
        if (stepsLeft > 0) {
            return;
        }
        Runnable next = afterwards;
        afterwards = null;
        if (next != null && firstError == null) {
            next.run();
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
                    new OneRow(
                            connection,
                            row -> row.forEach(
                                    answer -> state.setTrackers(state.trackers().parse(answer))),
                            relay::lostAfterAnswer));
            last.release();
            last = SessionSetup.query(allocator(connection), SessionSetup.trackEverything(trackersOf(connection)));
        }
        SessionSetup.Step[] step = new SessionSetup.Step[1];
        step[0] = new SessionSetup.Step(
                connection,
                (c, error) -> status.accept(step[0].status()),
                (c, cause) -> relay.lostAfterAnswer(c, cause));
        connection.send(last, step[0]);
    }

    /** MySQL does not let session_track_gtids, which MariaDB has not, be set in a transaction. */
    private Flavor trackersOf(BackendConnection connection) {
        return state.isInTransaction() ? Flavor.MARIADB : connection.flavor();
    }

    private static boolean showsOwned(Statement statement) {
        return statement.has(Trait.READS_OWNED_VARIABLES);
    }

    /** Whether a connection must get Sluice's own settings back after a statement. */
    static boolean mustHideOwned(Statement statement) {
        return showsOwned(statement) || statement.has(Trait.SETS_TIMEOUTS);
    }

    /**
     * What follows a statement before the connection can serve another one. Flushes.
     *
     * @param untold variables whose values are asked for
     * @param hide whether Sluice's own settings have to come back
     */
    void settle(BackendConnection connection, List<String> untold, boolean hide, Runnable done) {
        ByteBufAllocator allocator = allocator(connection);
        if (!untold.isEmpty()) {
            String sql = "SELECT @@session.`" + String.join("`,@@session.`", untold) + "`";
            Consumer<List<String>> answer = values -> {
                learn(connection, untold, values);
                if (!hide) {
                    done.run();
                }
            };
            connection.send(SessionSetup.query(allocator, sql), new OneRow(connection, answer, relay::lostAfterAnswer));
        }
        if (hide) {
            String sql = OwnedVariables.toHide(trackersOf(connection));
            BiConsumer<BackendConnection, @Nullable SqlError> hidden = (c, error) -> {
                if (error == null) {
                    done.run();
                } else {
                    relay.lostAfterAnswer(c, "the server refuses the session trackers: " + error.message());
                    c.discard();
                }
            };
            connection.send(
                    SessionSetup.query(allocator, sql),
                    new SessionSetup.Step(connection, hidden, relay::lostAfterAnswer));
        }
        connection.flush();
    }

    private void learn(BackendConnection connection, List<String> names, List<String> values) {
        List<SessionChanges.Variable> changes = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            changes.add(new SessionChanges.Variable(names.get(i), values.get(i)));
        }
        state.learn(changes);
        connection.learn(changes);
        state.share(connection);
    }

    private static ByteBufAllocator allocator(BackendConnection connection) {
        return connection.channel().alloc();
    }
}
