// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.core.trace.TraceParent;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.QueryAttributes;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.routing.hint.Hints;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import org.jspecify.annotations.Nullable;

/** The COM_QUERY of one session, and the reading of its texts. Confined to its event loop. */
final class QueryCommands {
    /** Of a statement's text, where a log has it. */
    private static final int MAX_LOGGED_BYTES = 1 << 16;

    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final Relay relay;
    private final KillCommands kills;
    private final SessionRules rules;
    /** What the last COM_QUERY carried before its text. */
    private byte[] attributes = QueryAttributes.NONE;
    /** Those of them that are Sluice's. */
    private AttributeHints hinted = AttributeHints.NONE;

    QueryCommands(Session session, LoopScope scope, SessionState state, Relay relay, KillCommands kills) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.relay = relay;
        this.kills = kills;
        this.rules = new SessionRules(
                session.user(),
                session.owner().clientSocket(),
                session.channel().localAddress(),
                scope,
                state);
    }

    void query(Command received) {
        Command command = received;
        if (state.hasQueryAttributes()) {
            attributes = QueryAttributes.of(received);
            command = QueryAttributes.strip(
                    received, attributes, session.channel().alloc());
        }
        hinted = AttributeHints.of(attributes);
        take(command, classify(command), null);
    }

    /** What the client's attributes hint at and, for the rest, the comments of the text that was classified last. */
    Hints hints(Statement statement) {
        Hints ofText = statement == TextlessCommands.UNREAD
                ? Hints.NONE
                : scope.classifier().hints();
        return hinted.hints().over(ofText);
    }

    /** @param ruled what rules wanted of the text before they changed it to this one; null if they have not seen it */
    private void take(Command received, Statement classified, @Nullable Verdict ruled) {
        Command command = received;
        Statement statement = classified;
        if (isAnsweredHere(command, statement)) {
            return;
        }
        Hints hints = hints(statement);
        String token = hinted.after() == null ? hints.after() : hinted.after();
        SqlError refusal = token == null ? null : CausalToken.take(token, state, scope.nanos());
        if (refusal != null) {
            session.refuse(command, refusal);
            return;
        }
        Verdict verdict = ruled == null ? rules.judge(command, statement) : ruled;
        byte[] rewritten = ruled == null ? verdict.text() : null;
        if (isAnswered(command, verdict)) {
            return;
        }
        if (rewritten != null) {
            Command other = ChangedText.of(command, rewritten, session.channel().alloc());
            take(other, classify(other), verdict);
            return;
        }
        if (statement.has(Trait.USES_CONNECTION_ID)) {
            command = withId(command);
            statement = classify(command);
        }
        relay.begin(command, statement, rules.direction(verdict, hints(statement)), verdict, ResponseKind.RESULT, null);
    }

    /** Whether Sluice answers the statement by itself; does so. */
    private boolean isAnsweredHere(Command command, Statement statement) {
        if (statement.has(Trait.IS_KILL)) {
            kills.query(command, statement);
            return true;
        }
        if (statement.has(Trait.IS_EXPLAIN_ROUTE) && !statement.has(Trait.MULTI_STATEMENT)) {
            ExplainRoute.answer(session, scope, state, relay, command);
            return true;
        }
        if (statement.has(Trait.ASKS_TOKEN) && !statement.has(Trait.MULTI_STATEMENT)) {
            command.packets().release();
            CausalToken.answer(session, scope, state);
            return true;
        }
        return false;
    }

    /** Whether rules want an answer without a server; gives it. */
    boolean isAnswered(Command command, Verdict verdict) {
        String error = verdict.error();
        String ok = verdict.ok();
        if (error != null) {
            session.refuse(command, Errors.ofRule(error));
        } else if (ok != null) {
            session.answerOk(command, ok);
        }
        return error != null || ok != null;
    }

    SessionRules rules() {
        return rules;
    }

    /** The command with this session's id for CONNECTION_ID(). */
    Command withId(Command command) {
        return ConnectionIdCalls.with(
                session.id(), command, state.lexContext(), session.channel().alloc());
    }

    /** Copies the text to an array, in which lexing is several times faster than in a buffer. */
    Statement classify(Command command) {
        int length = command.bodyLength();
        if (!command.isSinglePacket() || length > LoopScope.MAX_CLASSIFIED_BYTES) {
            return TextlessCommands.UNREAD;
        }
        byte[] text = scope.scratch(length);
        command.packets().getBytes(command.bodyIndex(), text, 0, length);
        Statement statement = scope.classifier().classify(text, 0, length, state.lexContext());
        return scope.functions().judge(statement, state.schema());
    }

    /** What a command says, read again for its names and literals; null if that is not certain. */
    @Nullable
    StatementText text(Command command, @Nullable Prepared executed) {
        if (executed != null) {
            byte[] sql = executed.key.sql();
            return StatementText.read(sql, 0, sql.length, state.lexContext());
        }
        int length = command.bodyLength();
        if (!command.isSinglePacket() || length > LoopScope.MAX_CLASSIFIED_BYTES) {
            return null;
        }
        byte[] sql = scope.scratch(length);
        command.packets().getBytes(command.bodyIndex(), sql, 0, length);
        return StatementText.read(sql, 0, length, state.lexContext());
    }

    /** The statement that is under way, with its literals and at most so long as a log may have it. */
    String sentText() {
        Errand errand = relay.errand();
        Prepared executed = errand.prepared();
        if (executed != null) {
            byte[] sql = executed.key.sql();
            return new String(sql, 0, Math.min(sql.length, MAX_LOGGED_BYTES), UTF_8);
        }
        Command command = errand.command();
        int length = Math.min(command.bodyLength(), MAX_LOGGED_BYTES);
        return command.packets().toString(command.bodyIndex(), length, UTF_8);
    }

    /** The client's span that the statement under way belongs to; null if it has told none. */
    @Nullable
    TraceParent traceParent() {
        Errand errand = relay.errand();
        Prepared executed = errand.prepared();
        return executed == null ? TraceParents.ofQuery(errand.command(), attributes, scope) : executed.traceParent();
    }

    byte[] attributes() {
        return attributes;
    }
}
