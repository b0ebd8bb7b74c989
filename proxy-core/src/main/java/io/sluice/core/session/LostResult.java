// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.routing.sql.PlainInsert;
import io.sluice.routing.sql.StatementText;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The OK packet of a statement that was executed but has lost it, where it follows from the text, the session and the
 * table, to the last byte. Where anything else could have been in it, there is none.
 */
final class LostResult {
    private static final byte[] NO_INFO = {};

    private final Session session;
    private final SessionState state;

    LostResult(Session session, SessionState state) {
        this.session = session;
        this.state = state;
    }

    /**
     * Works it out.
     *
     * @param judge asked for the table
     * @param answer called once, on any thread; with null if it does not follow
     */
    void find(
            @Nullable StatementText text,
            InterruptedWrite write,
            OutcomeJudge judge,
            Consumer<@Nullable OkPacket> answer) {
        PlainInsert insert = text == null ? null : text.plainInsert();
        if (text == null || !isPlain()) {
            answer.accept(null);
        } else if (text.isPlainDefinition()) {
            answer.accept(ok(0));
        } else if (insert == null) {
            answer.accept(null);
        } else {
            String schema = insert.table().schema() == null
                    ? state.schema()
                    : insert.table().schema();
            OkPacket inserted = ok(insert.rows().size());
            judge.describe(
                    schema == null ? "" : schema,
                    insert.table().name(),
                    write.begunAtNanos(),
                    shape -> answer.accept(shape != null && shape.takes(insert) ? inserted : null));
        }
    }

    /** Whether the client has not asked for more in its OK packets, nor for other texts. */
    private boolean isPlain() {
        boolean quiet = !session.capabilities().has(Capabilities.CLIENT_SESSION_TRACK)
                || state.trackers().isQuietAboutWrites();
        return quiet && state.isAutocommit() && state.variables().get("lc_messages") == null;
    }

    /** As servers answer; the text is there for several rows only (manual: mysql_info). */
    private OkPacket ok(int rows) {
        String info = "Records: " + rows + "  Duplicates: 0  Warnings: 0";
        return new OkPacket(
                OkPacket.OK_HEADER,
                rows,
                0,
                ServerStatus.lasting(state.status()),
                0,
                rows > 1 ? info.getBytes(StandardCharsets.US_ASCII) : NO_INFO,
                SessionChanges.NONE);
    }
}
