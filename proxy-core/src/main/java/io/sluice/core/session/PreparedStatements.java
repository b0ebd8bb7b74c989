// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.sluice.core.backend.PreparedStatementCache;
import io.sluice.core.trace.TraceParent;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements of one session, under ids of Sluice's own: which server ids they have depends on the
 * connection that serves them. Confined to the session's event loop.
 */
final class PreparedStatements {
    /** What clients of MariaDB call the statement that they prepared last, when they do not wait for its id. */
    static final int LAST = -1;

    /** One statement as the client knows it. */
    static final class Prepared {
        final int id;
        final PreparedStatementCache.Key key;
        private Statement statement;
        /** How its text is read, whatever the session has set since. */
        final LexContext context;
        /** What the rules wanted of it when it was prepared. */
        final Verdict verdict;

        final Direction direction;
        final int parameters;
        private byte @Nullable [] types;
        private @Nullable List<ByteBuf> longData;
        private long longDataBytes;
        private boolean longDataRejected;
        private boolean cursorOpen;
        private int looks;
        private @Nullable TraceParent commented;
        private @Nullable TraceParent traceParent;

        Prepared(
                int id,
                PreparedStatementCache.Key key,
                Statement statement,
                LexContext context,
                Verdict verdict,
                Direction direction,
                int parameters) {
            this.id = id;
            this.key = key;
            this.statement = statement;
            this.context = context;
            this.verdict = verdict;
            this.direction = direction;
            this.parameters = parameters;
        }

        Statement statement() {
            return statement;
        }

        /** Whether to ask the parser again, which may be at its text still: ever more seldom, since it may fail. */
        boolean isWorthAnotherLook() {
            looks++;
            return (looks & (looks - 1)) == 0;
        }

        /** More is known of it by now. */
        void setStatement(Statement better) {
            statement = better;
        }

        /** Two bytes a parameter, as the client last sent them; null before its first execution. */
        byte @Nullable [] types() {
            return types;
        }

        void setTypes(byte[] bound) {
            types = bound;
        }

        /** Keeps a COM_STMT_SEND_LONG_DATA until the statement runs; takes over the reference. */
        void addLongData(ByteBuf packets) {
            if (longData == null) {
                longData = new ArrayList<>(2);
            }
            longData.add(packets);
            longDataBytes += packets.readableBytes();
        }

        long longDataBytes() {
            return longDataBytes;
        }

        List<ByteBuf> longData() {
            return longData == null ? List.of() : longData;
        }

        /** Too much of it: the next execution is refused, since this command has no answer. */
        void rejectLongData() {
            longDataRejected = true;
        }

        boolean isLongDataRejected() {
            return longDataRejected;
        }

        void dropLongData() {
            longDataRejected = false;
            if (longData != null) {
                longData.forEach(ByteBuf::release);
                longData = null;
                longDataBytes = 0;
            }
        }

        /** Whether a parameter came in pieces before the execution. */
        boolean hasLongData(int parameter) {
            return longData != null
                    && longData.stream().anyMatch(packets -> ExecuteCommand.longDataParameter(packets) == parameter);
        }

        /** The client's span that its text names; null if it names none. */
        @Nullable
        TraceParent commented() {
            return commented;
        }

        void setCommented(@Nullable TraceParent named) {
            commented = named;
        }

        /** The client's span that its latest execution belongs to; null if nobody has told any. */
        @Nullable
        TraceParent traceParent() {
            return traceParent;
        }

        void setTraceParent(@Nullable TraceParent told) {
            traceParent = told;
        }

        boolean isCursorOpen() {
            return cursorOpen;
        }

        void setCursorOpen(boolean open) {
            cursorOpen = open;
        }
    }

    private final IntObjectMap<Prepared> byId = new IntObjectHashMap<>(4);
    private int lastId;
    private @Nullable Prepared last;

    Prepared add(
            PreparedStatementCache.Key key,
            Statement statement,
            LexContext context,
            Verdict verdict,
            Direction direction,
            int parameters) {
        Prepared prepared = new Prepared(lastId, key, statement, context, verdict, direction, parameters);
        byId.put(prepared.id, prepared);
        last = prepared;
        return prepared;
    }

    @Nullable
    Prepared get(int id) {
        return id == LAST ? last : byId.get(id);
    }

    /**
     * Another one is being prepared. It has the next id whether that succeeds or not, as on a server; if it fails there
     * is none that {@link #LAST} could mean.
     */
    void begin() {
        last = null;
        lastId++;
    }

    /** Forgets a statement; returns it, or null if there is none of this id. */
    @Nullable
    Prepared remove(int id) {
        Prepared prepared = id == LAST && last != null ? byId.remove(last.id) : byId.remove(id);
        if (prepared != null) {
            last = prepared == last ? null : last;
            prepared.dropLongData();
        }
        return prepared;
    }

    /** Forgets all of them. */
    void clear() {
        byId.values().forEach(Prepared::dropLongData);
        byId.clear();
        last = null;
    }

    /** Cursors end with the connection or transaction that held them. */
    void closeCursors() {
        byId.values().forEach(prepared -> prepared.setCursorOpen(false));
    }

    boolean hasOpenCursor() {
        for (Prepared prepared : byId.values()) {
            if (prepared.isCursorOpen()) {
                return true;
            }
        }
        return false;
    }

    int size() {
        return byId.size();
    }
}
