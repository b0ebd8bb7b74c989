// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.admin.AdminReply.Changed;
import io.sluice.admin.AdminReply.Done;
import io.sluice.admin.AdminReply.Entered;
import io.sluice.admin.AdminReply.Later;
import io.sluice.admin.AdminReply.Refused;
import io.sluice.admin.AdminReply.Table;
import io.sluice.admin.AdminReply.Text;
import io.sluice.admin.sql.AdminUser;
import io.sluice.admin.sql.Schema;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.CommandDecoder;
import io.sluice.protocol.codec.CommandTooLongException;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.codec.TextResultSet;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.OkPacket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command phase of one client of the admin port. Confined to its event loop. */
final class AdminSession extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AdminSession.class);

    /** SQLite's texts have no escapes, and drivers write theirs by what this says. */
    static final int STATUS = ServerStatus.SERVER_STATUS_AUTOCOMMIT | ServerStatus.SERVER_STATUS_NO_BACKSLASH_ESCAPES;

    private static final int MAX_COMMAND_BYTES = 1 << 20;
    private static final int ER_UNKNOWN_COM_ERROR = 1047;
    private static final int ER_NET_PACKET_TOO_LARGE = 1153;
    private static final int ER_UNKNOWN_ERROR = 1105;
    private static final int ER_MAX_PREPARED_STMT_COUNT_REACHED = 1461;

    private final AdminStatements statements;
    private final AdminUser user;
    private final Capabilities capabilities;
    private final CommandDecoder decoder = new CommandDecoder(MAX_COMMAND_BYTES);
    private final AdminPrepared prepared = new AdminPrepared();
    private Schema schema;
    /** The next answer is to COM_STMT_EXECUTE. */
    private boolean binary;
    /** An answer is not known yet: what the client sends meanwhile has time. */
    private boolean waiting;

    AdminSession(AdminStatements statements, AdminUser user, Capabilities capabilities, Schema schema) {
        this.user = user;
        this.schema = schema;
        this.statements = statements;
        this.capabilities = capabilities;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        decoder.feed((ByteBuf) message, context.alloc());
        goOn(context);
    }

    private void goOn(ChannelHandlerContext context) {
        try {
            answerAll(context);
        } catch (ProtocolException broken) {
            send(context, refused(ER_UNKNOWN_COM_ERROR, "08S01", broken.getMessage()));
            context.close();
        }
    }

    private void answerAll(ChannelHandlerContext context) {
        while (!waiting && context.channel().isActive()) {
            Command command;
            try {
                command = decoder.next();
            } catch (CommandTooLongException tooLong) {
                send(context, refused(ER_NET_PACKET_TOO_LARGE, "08S01", tooLong.getMessage()));
                continue;
            }
            if (command == null) {
                return;
            }
            try {
                answer(context, command);
            } finally {
                command.packets().release();
            }
        }
    }

    private void answer(ChannelHandlerContext context, Command command) {
        switch (command.code()) {
            case COM_QUERY -> send(context, query(body(command)));
            case COM_STMT_PREPARE -> prepare(context, body(command));
            case COM_STMT_EXECUTE -> execute(context, command);
            case COM_STMT_SEND_LONG_DATA -> prepared.takeLongData(bytes(command));
            case COM_STMT_RESET -> send(context, prepared.reset(bytes(command)));
            case COM_STMT_CLOSE -> prepared.close(bytes(command));
            case COM_PROCESS_INFO -> send(context, query("SHOW PROCESSLIST"));
            case COM_INIT_DB -> send(context, statements.enter(body(command)));
            case COM_STATISTICS -> send(context, answered(statements::statistics));
            case COM_PING -> send(context, AdminReply.DONE);
            case COM_RESET_CONNECTION -> {
                prepared.closeAll();
                send(context, new Entered(Schema.MAIN));
            }
            case COM_QUIT -> context.close();
            default ->
                send(
                        context,
                        refused(ER_UNKNOWN_COM_ERROR, "08S01", "the admin port does not serve " + command.code()));
        }
    }

    private AdminReply query(String sql) {
        return answered(() -> statements.answer(sql, schema, user));
    }

    private void prepare(ChannelHandlerContext context, String sql) {
        AdminPrepared.Statement statement = prepared.prepare(sql);
        if (statement == null) {
            send(context, refused(ER_MAX_PREPARED_STMT_COUNT_REACHED, "42000", AdminPrepared.TOO_MANY));
            return;
        }
        ByteBuf out = context.alloc().buffer();
        TextResultSet.writePrepared(out, statement.id(), statement.parameters(), capabilities, STATUS);
        context.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private void execute(ChannelHandlerContext context, Command command) {
        binary = true;
        String sql;
        try {
            sql = prepared.execute(bytes(command));
        } catch (AdminPrepared.Unusable unusable) {
            send(context, new Refused(unusable.error()));
            return;
        }
        send(context, query(sql));
    }

    /** Shares the command's buffer. */
    private static ByteBuf bytes(Command command) {
        return command.packets().slice(command.bodyIndex(), command.bodyLength());
    }

    private static String body(Command command) {
        return command.packets().toString(command.bodyIndex(), command.bodyLength(), StandardCharsets.UTF_8);
    }

    private static AdminReply answered(Supplier<AdminReply> answer) {
        try {
            return answer.get();
        } catch (RuntimeException bug) {
            LOG.error("event=admin_bug", bug);
            return refused(ER_UNKNOWN_ERROR, "HY000", "failed; the log has the cause");
        }
    }

    private void sendLater(ChannelHandlerContext context, Later later) {
        waiting = true;
        context.channel().config().setAutoRead(false);
        later.reply()
                .whenCompleteAsync(
                        (reply, failure) -> {
                            waiting = false;
                            if (context.channel().isActive()) {
                                send(context, reply);
                                context.channel().config().setAutoRead(true);
                                goOn(context);
                            }
                        },
                        context.executor());
    }

    private void send(ChannelHandlerContext context, AdminReply reply) {
        if (reply instanceof Later later) {
            sendLater(context, later);
            return;
        }
        ByteBuf out = context.alloc().buffer();
        boolean inBinary = binary;
        binary = false;
        if (reply instanceof Table table) {
            if (inBinary) {
                TextResultSet.writeBinary(out, table.columns(), table.rows(), capabilities, STATUS);
            } else {
                TextResultSet.writeTyped(out, table.columns(), table.rows(), capabilities, STATUS);
            }
        } else {
            int start = PacketWriter.begin(out);
            if (reply instanceof Refused refused) {
                ErrPacket.write(out, refused.error());
            } else if (reply instanceof Changed changed) {
                OkPacket.of(STATUS).withAffectedRows(changed.rows()).writeWithoutChanges(out);
            } else if (reply instanceof Text text) {
                out.writeCharSequence(text.text(), StandardCharsets.UTF_8);
            } else if (reply instanceof Done done) {
                OkPacket.of(STATUS).withInfo(done.info()).writeWithoutChanges(out);
            } else {
                schema = reply instanceof Entered entered ? entered.schema() : schema;
                OkPacket.of(STATUS).writeWithoutChanges(out);
            }
            PacketWriter.end(out, start, 1);
        }
        context.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private static AdminReply refused(int code, String sqlState, String message) {
        return new Refused(new SqlError(code, sqlState, "Sluice: " + message));
    }

    /** A client that does not read its answers gets no new ones. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        decoder.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn(
                    "event=admin_failed client={} cause=\"{}\"",
                    context.channel().remoteAddress(),
                    cause.toString());
        }
        context.close();
    }
}
