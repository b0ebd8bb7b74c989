// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.TextResultSet;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names the writes that a session's reads see, so that another session, of this proxy or of another one, can be told to
 * see them, too: {@code SELECT sluice_token()} there, {@code /* sluice:after=TOKEN *}{@code /} or the query attribute
 * {@code sluice_after} here. It is a set of GTIDs in which {@code +} stands for the comma. Whoever makes one up makes his
 * own session's reads go to the source, and no more.
 */
final class CausalToken {
    private static final String COLUMN = "sluice_token()";
    /** Writes whose GTIDs nobody knows: all that the source has when this is read. */
    private static final String EVERYTHING = "*";
    /** With more intervals, what the source was seen to have is named along with them, which closes the gaps. */
    private static final int MAX_INTERVALS = 3;

    private CausalToken() {}

    static String of(Writes writes, Topology topology) {
        WriteMark all = writes.all();
        if (all.atNanos() != 0) {
            return EVERYTHING;
        }
        GtidSet gtids = all.gtids();
        Member source = topology.source().orElse(null);
        GtidSet named = source == null || gtids.intervals() <= MAX_INTERVALS ? gtids : gtids.union(source.executed());
        return named.toString().replace(",", "+").replaceAll("\\s", "");
    }

    /** Answers the question for it. */
    static void answer(Session session, LoopScope scope, SessionState state) {
        state.writes().settle(scope.topology());
        List<@Nullable String> row = List.of(of(state.writes(), scope.topology()));
        ByteBuf out = session.channel().alloc().buffer();
        TextResultSet.write(
                out, List.of(COLUMN), List.of(row), session.capabilities(), ServerStatus.lasting(state.status()));
        session.write(out);
        session.flush();
    }

    /** From now on the session's reads see those writes; returns what is wrong with the token, or null. */
    static @Nullable SqlError take(String token, SessionState state, long nowNanos) {
        if (token.equals(EVERYTHING)) {
            state.wroteAt(nowNanos);
            return null;
        }
        try {
            state.writes().add(GtidSet.parse(token.replace('+', ',')));
            return null;
        } catch (IllegalArgumentException e) {
            return Errors.noToken(token, String.valueOf(e.getMessage()));
        }
    }
}
