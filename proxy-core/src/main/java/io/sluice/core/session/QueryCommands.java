// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.QueryAttributes;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.Trait;

/** The COM_QUERY of one session, and the reading of its texts. Confined to its event loop. */
final class QueryCommands {
    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final Relay relay;
    private final KillCommands kills;
    private final SessionRules rules;
    /** What the last COM_QUERY carried before its text. */
    private byte[] attributes = QueryAttributes.NONE;

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
        Statement statement = classify(command);
        if (statement.has(Trait.IS_KILL)) {
            kills.query(command, statement);
            return;
        }
        if (statement.has(Trait.IS_EXPLAIN_ROUTE) && !statement.has(Trait.MULTI_STATEMENT)) {
            ExplainRoute.answer(session, scope, state, relay, command);
            return;
        }
        if (statement.has(Trait.ASKS_TOKEN) && !statement.has(Trait.MULTI_STATEMENT)) {
            command.packets().release();
            CausalToken.answer(session, scope, state);
            return;
        }
        boolean unread = statement == TextlessCommands.UNREAD;
        String token = CausalToken.wanted(
                attributes, unread ? null : scope.classifier().hints().after());
        SqlError refusal = token == null ? null : CausalToken.take(token, state, scope.nanos());
        if (refusal != null) {
            session.refuse(command, refusal);
            return;
        }
        if (statement.has(Trait.USES_CONNECTION_ID)) {
            command = withId(command);
            statement = classify(command);
        }
        Verdict verdict = rules.judge(command, statement);
        if (!isAnswered(command, verdict)) {
            relay.begin(command, statement, rules.direction(statement, verdict), ResponseKind.RESULT, null);
        }
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
        return scope.classifier().classify(text, 0, length, state.lexContext());
    }

    byte[] attributes() {
        return attributes;
    }
}
