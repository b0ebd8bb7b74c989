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
import java.nio.charset.StandardCharsets;
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
        while (start < sql.length && sql[start] == ' ') {
            start++; // patterns of rules may ask for the beginning
        }
        Statement statement = scope.functions()
                .judge(scope.classifier().classify(sql, start, sql.length - start, context), state.schema());
        SessionRules rules = session.queries().rules();
        byte[] text = Arrays.copyOfRange(sql, start, sql.length);
        Verdict verdict = rules.look(text, statement);
        byte[] rewritten = verdict.text();
        if (rewritten != null) {
            statement = scope.classifier().classify(rewritten, 0, rewritten.length, context);
        }
        Direction direction = rules.direction(verdict, session.queries().hints(statement));
        BackendConnection kept = relay.lease().held();
        @Nullable BackendAddress pinnedTo = kept == null ? null : kept.address();
        WriteMark mustSee = state.mustSee(statement, null);
        Explanation explanation = scope.router()
                .explain(
                        state.request(statement, mustSee, scope.limits().waits(), direction, session.id())
                                .pinnedTo(pinnedTo),
                        scope.topology());
        List<List<@Nullable String>> rows = new ArrayList<>();
        explanation.facts().forEach((name, value) -> rows.add(List.of(name, value)));
        scope.functions()
                .explain(statement, state.schema())
                .forEach((name, what) -> rows.add(List.of("function " + name, what)));
        if (!verdict.matched().isEmpty()) {
            rows.add(List.of("rules", verdict.toString()));
        }
        if (rewritten != null) {
            rows.add(List.of("rewritten", new String(rewritten, StandardCharsets.UTF_8)));
        }
        String limits = relay.admission().matching(statement);
        if (!limits.isEmpty()) {
            rows.add(List.of("limits", limits));
        }
        rows.add(List.of("session", session(state, mustSee)));
        ByteBuf out = session.channel().alloc().buffer();
        TextResultSet.write(out, COLUMNS, rows, session.capabilities(), ServerStatus.lasting(state.status()));
        session.write(out);
        session.flush();
    }

    private static String session(SessionState state, WriteMark mustSee) {
        return (state.isInTransaction() ? "in a transaction" : "in no transaction")
                + (state.isAutocommit() ? "" : ", autocommit off")
                + (state.pins().isEmpty() ? "" : ", kept on its connection by " + state.pinsText())
                + (mustSee.gtids().isEmpty() ? "" : ", must see " + mustSee.gtids());
    }
}
