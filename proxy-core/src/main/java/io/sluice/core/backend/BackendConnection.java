// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.codec.QueryAttributes;
import io.sluice.protocol.compress.CompressionHandler;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.protocol.response.ResponseScanner;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a backend in the command phase. Confined to its event loop; owned by its pool, used by at most one
 * session at a time. Knows what session state the server holds for it, so that the next session can be told apart.
 */
public final class BackendConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(BackendConnection.class);

    private final Channel channel;
    private final BackendPool pool;
    private final PoolKey key;
    private final long threadId;
    private final Flavor flavor;
    private final boolean eofDeprecated;
    private final boolean takesAttributes;
    /** Null where nothing is compressed. */
    private final @Nullable CompressionHandler compression;

    private final ResponseScanner scanner = new ResponseScanner();
    private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>(4);
    private final PreparedStatementCache prepared;
    private final ConnectionAge age;

    private SessionVariables variables = SessionVariables.NONE;
    private @Nullable String schema;
    private boolean dirty;
    private @Nullable Runnable clean;
    private boolean closing;
    private int holds;
    private boolean releaseOwed;
    private boolean forgotten;
    private @Nullable LeaseHolder holder;
    private long idleSinceNanos;
    private final AnswerDeadline deadline = new AnswerDeadline();
    private long uses;
    private int resets;
    private @Nullable Object insertIdOwner;
    private long insertIdVersion;

    BackendConnection(
            Channel channel,
            BackendPool pool,
            PoolKey key,
            long threadId,
            Flavor flavor,
            Capabilities capabilities,
            int maxPrepared,
            ConnectionAge age) {
        this.channel = channel;
        this.pool = pool;
        this.key = key;
        this.threadId = threadId;
        this.flavor = flavor;
        this.age = age;
        this.compression = CompressionHandler.of(channel);
        this.eofDeprecated = capabilities.isEofDeprecated();
        this.takesAttributes = capabilities.has(Capabilities.CLIENT_QUERY_ATTRIBUTES);
        this.prepared = new PreparedStatementCache(
                maxPrepared, id -> sendWithoutResponse(SessionSetup.closeStatement(channel.alloc(), id)));
    }

    /** Sends a command and awaits its response after those already awaited. Takes over {@code packets}. */
    public void send(ByteBuf packets, Exchange exchange) {
        send(packets, QueryAttributes.NONE, exchange);
    }

    /** The same with query attributes, which a COM_QUERY gets if the server knows them. */
    public void send(ByteBuf packets, byte[] attributes, Exchange exchange) {
        assert channel.eventLoop().inEventLoop();
        exchanges.add(exchange);
        if (exchanges.size() == 1) {
            scanner.begin(exchange.kind(), eofDeprecated);
        }
        boolean isQuery =
                packets.getByte(packets.readerIndex() + PacketWriter.HEADER_LENGTH) == CommandCode.COM_QUERY.code();
        beginCommand();
        ByteBuf out =
                takesAttributes && isQuery ? QueryAttributes.insert(packets, attributes, channel.alloc()) : packets;
        channel.write(out, channel.voidPromise());
    }

    /** Sends a command that gets no response, such as long data. Takes over {@code packets}. */
    public void sendWithoutResponse(ByteBuf packets) {
        beginCommand();
        channel.write(packets, channel.voidPromise());
    }

    /** Sends bytes of the file that the server has asked for. Takes them over. */
    public void upload(ByteBuf bytes) {
        if (compression != null) {
            compression.goOn();
        }
        channel.write(bytes, channel.voidPromise());
    }

    private void beginCommand() {
        if (compression != null) {
            compression.beginCommand();
        }
    }

    public void flush() {
        channel.flush();
    }

    /** Ends the connection unless all that was sent has its response by then: for what no client waits for. */
    void answerWithin(Duration limit) {
        if (!exchanges.isEmpty()) {
            deadline.begin(channel.eventLoop(), limit, this::lose);
        }
    }

    private void answered() {
        if (exchanges.isEmpty()) {
            deadline.end();
        }
    }

    /** Gives the connection back; the pool resets it first if it is {@link #markDirty dirty}. */
    public void release() {
        if (holds > 0) {
            releaseOwed = true;
        } else {
            pool.release(this);
        }
    }

    /** Gives the connection back, but as the one to take last, in case its user comes for its diagnostics. */
    public void linger() {
        LeaseHolder user = holder;
        if (holds == 0) {
            pool.linger(this);
        } else if (user != null) {
            releaseOwed = true;
            user.lingeringEnded(this);
        }
    }

    /** A KILL for this connection is on its way to the server: until {@link #unhold} no other session gets it. */
    public void hold() {
        holds++;
    }

    /** The KILL was answered, and may yet hit what runs next: a reset then, rather than a statement. */
    public void unhold(boolean closed) {
        holds--;
        if (holds > 0 || !releaseOwed || forgotten) {
            return;
        }
        releaseOwed = false;
        if (closed) {
            discard();
        } else {
            dirty = true;
            pool.release(this);
        }
    }

    /** Takes a connection back that is still {@link #linger lingering}. */
    public void reclaim() {
        pool.reclaim(this);
    }

    /** Closes the connection; whatever it was doing is over. Its user gets no further call. */
    public void discard() {
        closing = true;
        if (exchanges.isEmpty() && channel.isActive()) {
            sendWithoutResponse(SessionSetup.quit(channel.alloc())); // else the server counts an aborted client
            flush();
        }
        exchanges.clear();
        answered();
        channel.close();
    }

    /** The server holds state for this session that only a reset removes. */
    public void markDirty() {
        dirty = true;
    }

    /** Runs that once the server holds no state of the session any more, at once if it holds none. */
    public void whenClean(Runnable action) {
        if (dirty && !forgotten) {
            clean = action;
        } else {
            action.run();
        }
    }

    private void tellClean() {
        Runnable action = clean;
        clean = null;
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf chunk = (ByteBuf) message;
        try {
            while (chunk != null) {
                Exchange exchange = exchanges.peek();
                if (exchange == null) {
                    chunk.release();
                    // Said now and not when the channel turns inactive, lest somebody lease it in between.
                    lose("the server ended the connection unasked");
                    return;
                }
                chunk = scanner.scan(chunk, exchange, ctx.alloc());
                if (scanner.isDone()) {
                    exchanges.poll();
                    answered();
                    Exchange next = exchanges.peek();
                    if (next != null) {
                        scanner.begin(next.kind(), eofDeprecated);
                    }
                    exchange.completed(this);
                }
            }
        } catch (ProtocolException e) {
            brokeProtocol(e);
        }
    }

    private void brokeProtocol(ProtocolException e) {
        LOG.warn("backend={} thread={} protocol_error=\"{}\"", address(), threadId, e.getMessage());
        lose("the server broke the protocol: " + e.getMessage());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Exchange exchange = exchanges.peek();
        if (exchange != null) {
            exchange.pause();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (holder != null) {
            holder.backendWritabilityChanged(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lose("the server closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof java.io.IOException) {
            lose(String.valueOf(cause.getMessage()));
        } else if (cause instanceof ProtocolException unreadable) {
            brokeProtocol(unreadable);
        } else {
            LOG.error("backend={} thread={} bug", address(), threadId, cause);
            lose("a fault in Sluice: " + cause);
        }
    }

    /**
     * Ends the connection's life once, also when an idle one gets bytes, such as the ERR packets 4031 and 1053: the pool
     * forgets it, whoever awaits a response learns why none comes.
     */
    void lose(String cause) {
        if (forgotten) {
            return;
        }
        forgotten = true;
        boolean onPurpose = closing;
        closing = true;
        channel.close();
        Exchange exchange = exchanges.peek();
        LeaseHolder user = holder;
        exchanges.clear();
        answered();
        pool.forget(this, onPurpose);
        tellClean();
        if (onPurpose) {
            scanner.close();
            return;
        }
        if (exchange != null) {
            exchange.lost(this, cause);
        } else if (user != null) {
            user.lostWhileQuiet(this, cause);
        }
        scanner.close();
    }

    /** Forgets all session state, as the server does on COM_RESET_CONNECTION. */
    void stateWasReset() {
        dirty = false;
        uses++;
        resets++;
        insertIdOwner = null;
        variables = SessionVariables.NONE;
        prepared.clear();
        tellClean();
    }

    /** Takes note of what the server reported. */
    public void apply(SessionChanges changes) {
        variables = variables.with(changes.variables());
        if (changes.schema() != null) {
            schema = changes.schema().isEmpty() ? null : changes.schema();
        }
    }

    /** Takes note of values that were asked for. */
    public void learn(List<SessionChanges.Variable> values) {
        variables = variables.with(values);
    }

    /**
     * Whether a session that asks may have this connection at all. One that has a schema cannot be without one again,
     * and names without a schema would mean something.
     */
    public boolean canServe(LeaseRequest request) {
        return key.equals(request.poolKey()) && (schema == null || request.schema() != null);
    }

    public SessionVariables variables() {
        return variables;
    }

    /** Shares the session's instance once both are known to be equal. */
    public void adopt(SessionVariables equal) {
        variables = equal;
    }

    /** A literal was assigned to a user variable here. */
    public void assign(String name, String literal) {
        variables = variables.withUserVariable(name, literal);
    }

    /** A role was taken here. */
    public void setRole(String roles) {
        variables = variables.withRole(roles);
    }

    /**
     * The statements that assign what is no system variable, after those of {@link #statementTowards}; in bytes of the
     * client's charset.
     */
    public List<String> assignmentsTowards(SessionVariables wanted) {
        String assignments = variables.assignmentsTowards(wanted);
        String role = variables.roleTowards(wanted);
        return Stream.of(assignments, role).filter(Objects::nonNull).toList();
    }

    /**
     * The statement that brings this connection to these variables, empty if there is nothing to do, or null if only a
     * reset can.
     */
    public @Nullable String statementTowards(SessionVariables wanted) {
        if (variables.needsResetFor(wanted)) {
            return null;
        }
        String sql = variables.statementTowards(wanted);
        return sql == null ? "" : sql;
    }

    /** Sends a reset, without a flush, before whatever is sent next; {@code lost} is called if that is not to be. */
    public void resetInLine(BiConsumer<BackendConnection, String> lost) {
        pool.sendReset(this, (connection, error) -> {}, lost);
        stateWasReset();
    }

    public @Nullable String schema() {
        return schema;
    }

    public void setSchema(@Nullable String name) {
        schema = name;
    }

    /** Whether the server knows query attributes and this connection's clients may send them. */
    public boolean takesAttributes() {
        return takesAttributes;
    }

    public PreparedStatementCache prepared() {
        return prepared;
    }

    public Channel channel() {
        return channel;
    }

    public ResponseScanner scanner() {
        return scanner;
    }

    public PoolKey key() {
        return key;
    }

    public BackendAddress address() {
        return pool.address();
    }

    public Flavor flavor() {
        return flavor;
    }

    public boolean isEofDeprecated() {
        return eofDeprecated;
    }

    /** The server's id of this connection, which KILL takes. */
    public long threadId() {
        return threadId;
    }

    /** Changes whenever somebody else may have left traces; see {@link BackendPool#takeBack}. */
    public long uses() {
        return uses;
    }

    /** How often the server has forgotten all that was set here. */
    public int resets() {
        return resets;
    }

    void countUse() {
        uses++;
    }

    /** Whether the server's LAST_INSERT_ID() here is that of this owner, and of this version. */
    public boolean hasInsertId(Object owner, long version) {
        return insertIdOwner == owner && insertIdVersion == version;
    }

    /** Whose LAST_INSERT_ID() the server has here from now on; null if that is not known. */
    public void setInsertIdOwner(@Nullable Object owner, long version) {
        insertIdOwner = owner;
        insertIdVersion = version;
    }

    boolean isDirty() {
        return dirty;
    }

    @Nullable
    LeaseHolder holder() {
        return holder;
    }

    void setHolder(@Nullable LeaseHolder user) {
        holder = user;
    }

    public boolean isUsable() {
        return !closing && channel.isActive();
    }

    /** Whether it is too old, idle for too long, or opened with a password that nobody has any more. */
    boolean isExpired(PoolLimits limits, long now) {
        return key.account().isErased() || age.isOver(limits, idleSinceNanos, now);
    }

    public ConnectionAge age() {
        return age;
    }

    void setIdleSinceNanos(long nanos) {
        idleSinceNanos = nanos;
    }
}
