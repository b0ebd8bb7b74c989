// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.TextResultSet;
import io.sluice.routing.Explanation;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.ExplainRouteText;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers EXPLAIN ROUTE: where this very session's statement would go now, and why. No server is asked. */
final class ExplainRoute {
    private static final List<String> COLUMNS = List.of("name", "value");

    private ExplainRoute() {}

    /** Takes over the command. */
    static void answer(Session session, LoopScope scope, SessionState state, Relay relay, Command command) {
        byte[] sql = ByteBufUtil.getBytes(command.packets(), command.bodyIndex(), command.bodyLength());
        command.packets().release();
        LexContext context = state.lexContext();
        int start = ExplainRouteText.statementAt(sql, sql.length, context);
        Statement statement = scope.classifier().classify(sql, start, sql.length - start, context);
        SessionRules rules = session.queries().rules();
        byte[] text = Arrays.copyOfRange(sql, start, sql.length);
        Verdict verdict = rules.look(text, statement);
        Direction direction = rules.direction(statement, verdict);
        BackendConnection kept = relay.lease();
        @Nullable BackendAddress pinnedTo = kept == null ? null : kept.address();
        Explanation explanation = scope.router()
                .explain(
                        state.request(statement, scope.limits().waits(), direction, session.id())
                                .pinnedTo(pinnedTo),
                        scope.topology());
        List<List<@Nullable String>> rows = new ArrayList<>();
        explanation.facts().forEach((name, value) -> rows.add(List.of(name, value)));
        if (!verdict.matched().isEmpty()) {
            rows.add(List.of("rules", verdict.toString()));
        }
        rows.add(List.of("session", session(state)));
        ByteBuf out = session.channel().alloc().buffer();
        TextResultSet.write(out, COLUMNS, rows, session.capabilities(), ServerStatus.lasting(state.status()));
        session.write(out);
        session.flush();
    }

    private static String session(SessionState state) {
        return (state.isInTransaction() ? "in a transaction" : "in no transaction")
                + (state.isAutocommit() ? "" : ", autocommit off")
                + (state.pins().isEmpty() ? "" : ", kept on its connection by " + state.pinsText())
                + (state.writes().gtids().isEmpty()
                        ? ""
                        : ", must see " + state.writes().gtids());
    }
}
