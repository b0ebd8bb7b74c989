// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.view.OpenWork;
import io.sluice.core.view.SessionView;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.CommandDecoder;
import io.sluice.protocol.codec.CommandTooLongException;
import io.sluice.protocol.compress.CompressionHandler;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client in the command phase. Takes its commands one after the other: some it answers itself, the others go to a
 * backend by its {@link Relay}. Confined to the client's event loop.
 */
public final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** Commands that a client sends ahead, in bytes, before we stop reading. */
    private static final int MAX_AHEAD = 1 << 20;

    private final long id;
    private final String user;
    private final Channel channel;
    private final Capabilities capabilities;
    private final LoopScope scope;
    private final SessionOwner owner;
    private final SessionState state;
    private final Relay relay;
    private final CommandDecoder decoder;
    private final PreparedStatements prepared = new PreparedStatements();
    private final StatementCommands statements;
    private final KillCommands kills;
    private final QueryCommands queries;
    private final KillTarget killTarget;
    private final Backpressure backpressure;
    private final ClientSilence silence;

    private @Nullable SqlError nextAnswer;
    private boolean processing;
    private boolean draining;
    private boolean closed;
    /** A reset is asked for and not yet answered. */
    private boolean resetting;

    Session(
            long id,
            String user,
            Channel channel,
            Capabilities capabilities,
            PoolKey poolKey,
            @Nullable String schema,
            LexContext lexContext,
            LoopScope scope,
            SessionOwner owner) {
        this.id = id;
        this.user = user;
        this.channel = channel;
        this.capabilities = capabilities;
        this.scope = scope;
        this.owner = owner;
        this.state = new SessionState(poolKey, schema, lexContext, user, scope.causalReads());
        this.relay = new Relay(this, scope, state);
        this.statements = new StatementCommands(this, scope, state, relay, prepared);
        this.kills = new KillCommands(this, scope, state, relay);
        this.queries = new QueryCommands(this, scope, state, relay, kills);
        this.backpressure = new Backpressure(channel);
        this.killTarget = new KillTarget(this, scope, state, relay);
        this.decoder = new CommandDecoder(scope.limits().maxCommandBytes(), CompressionHandler.taken(channel));
        this.silence = new ClientSilence(channel, scope);
        scope.add(this);
    }

    /** Another login on the same connection: own writes must stay visible. */
    void inheritWrites(Session before) {
        state.inheritWrites(before.state);
    }

    // ---- from the client

    /** Takes bytes of the client; owns them from now on. */
    void read(ByteBuf chunk) {
        if (closed) {
            chunk.release();
            return;
        }
        decoder.feed(chunk, channel.alloc());
        process();
    }

    /** Runs commands until one has to wait or there are none left. */
    private void process() {
        if (processing) {
            return; // Called again from within a command that was answered at once: the loop below goes on.
        }
        processing = true;
        try {
            while (!closed && nextStep()) {
                // Each step runs a command or passes file bytes on.
            }
        } finally {
            processing = false;
        }
        boolean busy = relay.phase() != Phase.IDLE || !channel.isWritable();
        boolean ahead = busy && decoder.bufferedBytes() > MAX_AHEAD;
        if (!closed && ahead == channel.config().isAutoRead() && relay.phase() != Phase.UPLOADING) {
            channel.config().setAutoRead(!ahead);
        }
    }

    private boolean nextStep() {
        if (relay.phase() == Phase.UPLOADING) {
            return passUpload();
        }
        // Who does not read its answers gets no more of them.
        if (relay.phase() != Phase.IDLE || kills.isUnderWay() || resetting || !channel.isWritable()) {
            return false;
        }
        try {
            Command command = decoder.next();
            if (command == null) {
                return false;
            }
            silence.end();
            execute(command);
            return true;
        } catch (CommandTooLongException e) {
            sendError(Errors.tooLong(scope.limits().maxCommandBytes()), 1);
            return true;
        } catch (ProtocolException e) {
            closeWith(Errors.outOfOrder(e.getMessage()));
            return false;
        }
    }

    private void execute(Command command) {
        SqlError owed = nextAnswer;
        if (owed != null && hasResponse(command)) {
            nextAnswer = null;
            refuse(command, owed);
            return;
        }
        try {
            run(command);
        } catch (ProtocolException e) {
            command.packets().release();
            LOG.debug("session={} malformed=\"{}\"", id, e.getMessage());
            sendError(Errors.malformed(state.isMariadb()), 1);
        }
    }

    private static boolean hasResponse(Command command) {
        switch (command.code()) {
            case COM_QUIT, COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA, COM_RESET_CONNECTION, COM_CHANGE_USER:
                return false;
            default:
                return true;
        }
    }

    private void run(Command command) {
        switch (command.code()) {
            case COM_QUERY -> queries.query(command);
            case COM_STMT_EXECUTE -> statements.execute(command);
            case COM_STMT_PREPARE -> statements.prepare(command);
            case COM_STMT_FETCH -> statements.fetch(command);
            case COM_STMT_CLOSE -> statements.close(command);
            case COM_STMT_RESET -> statements.reset(command);
            case COM_STMT_SEND_LONG_DATA -> statements.longData(command);
            case COM_INIT_DB -> relay.begin(command, TextlessCommands.INIT_DB, ResponseKind.RESULT, null);
            case COM_FIELD_LIST -> relay.begin(command, TextlessCommands.FIELD_LIST, ResponseKind.FIELD_LIST, null);
            case COM_STATISTICS -> relay.begin(command, TextlessCommands.STATISTICS, ResponseKind.TEXT, null);
            case COM_PROCESS_INFO -> relay.begin(command, TextlessCommands.PROCESS_INFO, ResponseKind.RESULT, null);
            case COM_REFRESH -> relay.begin(command, TextlessCommands.REFRESH, ResponseKind.RESULT, null);
            case COM_REGISTER_SLAVE ->
                relay.begin(command, TextlessCommands.REGISTER_REPLICA, ResponseKind.RESULT, null);
            case COM_BINLOG_DUMP, COM_BINLOG_DUMP_GTID ->
                relay.begin(command, TextlessCommands.BINLOG_DUMP, ResponseKind.BINLOG, null);
            case COM_PROCESS_KILL -> kills.processKill(command);
            case COM_PING -> {
                command.packets().release();
                answerOk();
            }
            case COM_SET_OPTION -> setOption(command);
            case COM_RESET_CONNECTION -> resetConnection(command);
            case COM_CHANGE_USER -> changeUser(command);
            case COM_QUIT -> {
                command.packets().release();
                channel.close();
            }
            case COM_DEBUG ->
                relay.begin(command, TextlessCommands.DEBUG, ResponseKind.FIELD_LIST, null); // an EOF packet
            case COM_CLONE, COM_SUBSCRIBE_GROUP_REPLICATION_STREAM ->
                refuse(command, Errors.unsupportedCommand(command.code().toString()));
            default -> refuse(command, Errors.unknownCommand());
        }
    }

    // ---- answered here

    void answerOk() {
        write(ClientPackets.ok(channel.alloc(), ServerStatus.lasting(state.status()), 1));
        flush();
    }

    /** The same with a text for people; releases the command. */
    void answerOk(Command command, String info) {
        command.packets().release();
        answer(OkPacket.of(ServerStatus.lasting(state.status())).withInfo(info));
    }

    void answer(OkPacket packet) {
        write(ClientPackets.ok(channel.alloc(), packet, 1));
        flush();
    }

    /** Answers with an ERR packet; releases the command. */
    void refuse(Command command, SqlError error) {
        command.packets().release();
        sendError(error, 1);
    }

    private void setOption(Command command) {
        if (command.payloadLength() < 3) {
            throw new ProtocolException("COM_SET_OPTION without an option");
        }
        int option = command.packets().getUnsignedShortLE(command.bodyIndex());
        if (option > 1) {
            refuse(command, Errors.unknownCommand());
            return;
        }
        command.packets().release();
        state.setMultiStatements(option == 0);
        write(ClientPackets.eof(channel.alloc(), capabilities, ServerStatus.lasting(state.status()), 1));
        flush();
    }

    private void resetConnection(Command command) {
        command.packets().release();
        resetting = true;
        relay.abandon(this::wasReset);
    }

    private void wasReset() {
        resetting = false;
        if (!closed) {
            prepared.clear();
            state.reset();
            nextAnswer = null;
            answerOk();
            process();
        }
    }

    private void changeUser(Command command) {
        if (!command.isSinglePacket()) {
            throw new ProtocolException("COM_CHANGE_USER of more than one packet");
        }
        ByteBuf packets = command.packets();
        packets.skipBytes(io.sluice.protocol.codec.PacketWriter.HEADER_LENGTH);
        end();
        owner.changeUser(this, packets, decoder.takeBuffered());
    }

    /** Passes on what the client has sent of a file; false if more must come. */
    private boolean passUpload() {
        ByteBuf bytes = decoder.takeBuffered();
        if (bytes == null) {
            return false;
        }
        ByteBuf rest = relay.upload().pass(bytes, relay.lease().held());
        if (rest != null) {
            decoder.feed(rest, channel.alloc());
        }
        return relay.phase() != Phase.UPLOADING;
    }

    // ---- to the client

    void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    void sendError(SqlError error, int sequenceId) {
        scope.events().ownError(error.code());
        write(ClientPackets.err(channel.alloc(), error, sequenceId));
        flush();
    }

    /** The last command has had its answer. */
    void commandDone() {
        if (closed || killTarget.endsIfDead()) {
            return;
        }
        if (draining && !state.needsItsConnection()) {
            closeWith(Errors.shuttingDown());
            return;
        }
        process();
    }

    /** The connection with this session's transaction, pins and cursors is gone. */
    void connectionLost() {
        state.connectionLost();
        prepared.closeCursors();
    }

    KillCommands kills() {
        return kills;
    }

    void answerNextWith(SqlError error) {
        nextAnswer = error;
    }

    /** Half a packet of a response is with the client, so that no error can be told on the wire. */
    void closeBroken(SqlError error) {
        scope.events().ownError(error.code());
        LOG.warn("session={} client={} closed_amid_packet=\"{}\"", id, owner.clientAddress(), error);
        channel.close();
    }

    /** After a dump, or COMMIT RELEASE, the server closes the connection; the client gets no less. */
    void endedByServer() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    void closeWith(SqlError error) {
        scope.events().ownError(error.code());
        channel.writeAndFlush(ClientPackets.err(channel.alloc(), error, 0)).addListener(ChannelFutureListener.CLOSE);
    }

    /** While the client does not read, neither do we. */
    void clientWritabilityChanged() {
        backpressure.clientChanged(
                relay.phase() == Phase.IDLE ? null : relay.lease().held());
        if (!closed && channel.isWritable()) {
            process();
        }
    }

    Backpressure backpressure() {
        return backpressure;
    }

    // ---- the end

    /** No new work: ends now if nothing is open, else with the transaction. */
    public void drain(Duration idle) {
        draining |= idle.isZero();
        boolean goes = silence.lastsFor(idle) && !state.needsItsConnection();
        if (!closed && relay.phase() == Phase.IDLE && goes) {
            closeWith(Errors.shuttingDown());
        }
    }

    /** Ends at once, whatever is open. */
    public void closeNow() {
        if (!closed) {
            closeWith(Errors.shuttingDown());
        }
    }

    /** Ends now if the client has been idle for too long, or keeps a connection while its machine is gone. */
    void closeIfSilent() {
        Duration limit = state.owned().idleTimeout(scope.limits().idleTimeout());
        if (relay.phase() == Phase.IDLE && silence.lastsFor(limit)) {
            closeWith(Errors.idleTooLong(limit));
        } else if (relay.lease().held() != null
                && silence.isOfMachine(scope.limits().tcpTimeout())) {
            LOG.info("event=client_vanished session={} client={}", id, owner.clientAddress());
            channel.close();
        }
    }

    /** The client is gone. */
    void clientClosed() {
        if (!closed) {
            end();
            decoder.close();
        }
    }

    private void end() {
        closed = true;
        relay.abandon();
        prepared.clear();
        scope.remove(this);
    }

    void bug(Throwable cause) {
        LOG.error("session={} client={} bug", id, owner.clientAddress(), cause);
        closeWith(Errors.internal());
    }

    // ---- what others see

    public SessionView view() {
        BackendConnection lease = relay.lease().held();
        String schema = state.schema();
        return new SessionView(
                id,
                user,
                owner.clientAddress(),
                schema == null ? "" : schema,
                relay.phase().name(),
                state.pins().isEmpty() ? "" : state.pinsText(),
                lease == null ? "" : lease.address().toString(),
                lease == null ? 0 : lease.threadId(),
                relay.phase() == Phase.IDLE
                        ? ""
                        : TextlessCommands.shown(relay.errand().statement()),
                silence.duration());
    }

    private boolean isDump() {
        return relay.kind() == ResponseKind.BINLOG && relay.phase() == Phase.RELAYING;
    }

    /** What would be lost with that server; null if nothing. A dump of the binary log can be had from another. */
    @Nullable
    OpenWork openWorkAt(BackendAddress server) {
        BackendConnection lease = relay.lease().held();
        if (lease == null || !lease.address().equals(server) || isDump()) {
            return null;
        }
        String what = state.isInTransaction()
                ? "a transaction"
                : relay.phase() != Phase.IDLE ? "a statement" : state.pinsText();
        return new OpenWork(id, user, what);
    }

    /**
     * Whether a server says with its OK packet if something was written, so that silence means no: MySQL by its GTID
     * tracker, MariaDB by the variable last_gtid. Both do so only with a binary log, hence GTIDs executed.
     */
    boolean writesAreTracked() {
        Member source = scope.source();
        return source != null && !source.executed().isEmpty();
    }

    public long id() {
        return id;
    }

    SessionOwner owner() {
        return owner;
    }

    KillTarget killTarget() {
        return killTarget;
    }

    Channel channel() {
        return channel;
    }

    Capabilities capabilities() {
        return capabilities;
    }

    QueryCommands queries() {
        return queries;
    }

    PreparedStatements prepared() {
        return prepared;
    }

    StatementCommands commands() {
        return statements;
    }

    /** As whom the client has logged in; the servers may know the session by another name. */
    public String user() {
        return user;
    }
}
