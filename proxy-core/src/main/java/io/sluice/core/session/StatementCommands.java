// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.PreparedStatementCache;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.core.trace.TraceParent;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.routing.hint.Hints;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The COM_STMT_ commands of one session (manual: "Prepared Statements"). Confined to its event loop. */
final class StatementCommands {
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final Relay relay;
    private final PreparedStatements statements;
    /** What rules want of the statement that is being prepared. */
    private Verdict preparing = Verdict.NONE;

    StatementCommands(
            Session session, LoopScope scope, SessionState state, Relay relay, PreparedStatements statements) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.relay = relay;
        this.statements = statements;
    }

    /** Preparing a statement has none of its effects; it only happens where it will probably run. */
    void prepare(Command received) {
        Command command = received;
        int limit = scope.limits().maxPreparedStatements();
        if (statements.size() >= limit) {
            session.refuse(command, Errors.tooManyPrepared(limit));
            return;
        }
        statements.begin();
        Statement statement = session.queries().classify(command);
        SessionRules rules = session.queries().rules();
        Verdict verdict = rules.look(command, statement);
        if (verdict.error() != null) {
            rules.hit(verdict, statement);
            session.queries().isAnswered(command, verdict);
            return;
        }
        byte[] rewritten = verdict.text();
        if (rewritten != null) {
            command = ChangedText.of(command, rewritten, session.channel().alloc());
            statement = session.queries().classify(command);
        }
        if (statement.has(Trait.USES_CONNECTION_ID)) {
            command = session.queries().withId(command);
            statement = session.queries().classify(command);
        }
        preparing = verdict;
        Direction direction = rules.direction(verdict, hints(statement));
        boolean read = statement.statementClass() == StatementClass.R;
        relay.begin(
                command,
                read ? TextlessCommands.PREPARE_READ : TextlessCommands.PREPARE_OTHER,
                direction,
                verdict,
                ResponseKind.PREPARE,
                null);
    }

    /** Those of the text that was classified last, as this statement. */
    private Hints hints(Statement statement) {
        return statement == TextlessCommands.UNREAD
                ? Hints.NONE
                : scope.classifier().hints();
    }

    /** A server has prepared it: the client is told an id of ours, which is put in the place of the server's. */
    void prepared(Command command, ByteBuf prepareOk, BackendConnection connection) {
        int idIndex = prepareOk.readerIndex() + 1;
        int parameters = prepareOk.getUnsignedShortLE(prepareOk.readerIndex() + 7);
        byte[] sql = command.isSinglePacket()
                ? ByteBufUtil.getBytes(command.packets(), command.bodyIndex(), command.bodyLength())
                : ExecuteCommand.joinedBody(command);
        PreparedStatementCache.Key key = new PreparedStatementCache.Key(
                sql, state.schema(), state.variables().ofSystem());
        connection.prepared().put(key, prepareOk.getIntLE(idIndex));
        Statement statement = sql.length > LoopScope.MAX_CLASSIFIED_BYTES
                ? TextlessCommands.UNREAD
                : scope.classifier().classify(sql, 0, sql.length, state.lexContext());
        Direction direction = session.queries().rules().direction(preparing, hints(statement));
        Prepared added = statements.add(key, statement, state.lexContext(), preparing, direction, parameters);
        if (scope.traces().isOn()) {
            added.setCommented(TraceParent.find(sql).orElse(null));
        }
        prepareOk.setIntLE(idIndex, added.id);
    }

    void execute(Command command) {
        Prepared statement = known(command);
        if (statement != null) {
            session.queries().rules().hit(statement.verdict, statement.statement());
            if (session.queries().isAnswered(command, statement.verdict)) {
                statement.dropLongData();
                return;
            }
            ExecuteCommand.learnTypes(command, statement, state.hasQueryAttributes());
            if (scope.traces().isOn()) {
                statement.setTraceParent(TraceParents.ofExecution(command, statement, state.hasQueryAttributes()));
            }
            Statement routed = judged(statement);
            boolean cursor = ExecuteCommand.opensCursor(command);
            if (cursor && routed.statementClass() == StatementClass.R) {
                // The cursor will keep the connection, and what comes next may be a write.
                routed = TextlessCommands.CURSOR_READ;
            }
            ResponseKind kind = cursor ? ResponseKind.CURSOR_RESULT : ResponseKind.RESULT;
            relay.begin(command, routed, statement.direction, statement.verdict, kind, statement);
        }
    }

    /** What is known of stored functions now; the parser may not have seen the text when it was prepared. */
    private Statement judged(Prepared prepared) {
        Statement statement = prepared.statement();
        boolean wanted = statement.has(Trait.CALLS_UNKNOWN_FUNCTION)
                || (scope.causalReads().tables().isOn() && prepared.isWorthAnotherLook());
        if (wanted && statement.facts() == null) {
            byte[] sql = prepared.key.sql();
            if (sql.length <= LoopScope.MAX_CLASSIFIED_BYTES) {
                statement = scope.classifier().classify(sql, 0, sql.length, prepared.context);
                prepared.setStatement(statement);
            }
        }
        return scope.functions().judge(statement, prepared.key.schema());
    }

    void fetch(Command command) {
        Prepared statement = known(command);
        if (statement == null) {
            return;
        }
        if (!statement.isCursorOpen() || relay.lease().held() == null) {
            session.refuse(command, Errors.noOpenCursor(statement.id));
            return;
        }
        relay.begin(command, TextlessCommands.NOTHING, ResponseKind.ROWS, statement);
    }

    /** The server keeps the statement for others; only a cursor of ours ends. */
    void close(Command command) {
        Prepared statement = statements.remove(ExecuteCommand.statementId(command));
        command.packets().release();
        if (statement != null && statement.isCursorOpen()) {
            closeCursor(statement);
        }
    }

    void reset(Command command) {
        Prepared statement = known(command);
        if (statement == null) {
            return;
        }
        statement.dropLongData();
        if (statement.isCursorOpen()) {
            closeCursor(statement);
        }
        command.packets().release();
        session.answerOk();
    }

    private void closeCursor(Prepared statement) {
        statement.setCursorOpen(false);
        if (!statements.hasOpenCursor()) {
            state.pins().letGoAll(Pin.CURSOR);
        }
        BackendConnection connection = relay.lease().held();
        if (connection != null) {
            connection.markDirty(); // the cursor is still open on the server
        }
        relay.releaseIfFree();
    }

    /** Kept until the execution, which decides where it goes. The protocol has no answer to this command. */
    void longData(Command command) {
        Prepared statement = statements.get(ExecuteCommand.statementId(command));
        long limit = scope.limits().maxCommandBytes();
        if (statement == null || statement.longDataBytes() + command.payloadLength() > limit) {
            if (statement != null) {
                statement.rejectLongData();
            }
            command.packets().release();
            return;
        }
        statement.addLongData(command.packets());
    }

    /** The statement a command names; if there is none, answers the command and returns null. */
    private @Nullable Prepared known(Command command) {
        int id = ExecuteCommand.statementId(command);
        Prepared statement = statements.get(id);
        if (statement == null) {
            String name = command.code().name().substring("COM_STMT_".length()).toLowerCase(Locale.ROOT);
            session.refuse(command, Errors.unknownStatement(id, "mysqld_stmt_" + name, state.isMariadb()));
            return null;
        }
        if (statement.isLongDataRejected()) {
            statement.dropLongData();
            session.refuse(command, Errors.tooLong(scope.limits().maxCommandBytes()));
            return null;
        }
        return statement;
    }
}
