// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.SqlError;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.Member;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which connections of an event loop have a {@link WriteSlot}. With {@code failover.verify_writes} off there are none.
 * Confined to the loop.
 */
public final class WriteSlots {
    private static final Logger LOG = LoggerFactory.getLogger(WriteSlots.class);

    /** The first MySQL with tags. */
    private static final int TAGS_SINCE = 80300;
    /** Statements of one transaction of their own, whatever they touch. */
    private static final Set<String> VERIFIED = Set.of("INSERT", "UPDATE", "DELETE", "REPLACE");

    private static final String COMMIT = "COMMIT";
    /** How long an account that may not set gtid_next is left alone. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);
    /** A server may notice late that a connection is gone, and execute until then. */
    private static final Duration REST = Duration.ofMinutes(1);

    private final @Nullable SlotTags tags;
    private final @Nullable OutcomeJudge judge;
    private final Map<BackendConnection, WriteSlot> slots = new HashMap<>();
    private final Map<String, Long> refusedUntil = new HashMap<>();

    private WriteSlots(@Nullable SlotTags tags, @Nullable OutcomeJudge judge) {
        this.tags = tags;
        this.judge = judge;
    }

    /** No connection gets any. */
    public static WriteSlots off() {
        return new WriteSlots(null, null);
    }

    public static WriteSlots of(SlotTags tags, OutcomeJudge judge) {
        return new WriteSlots(tags, judge);
    }

    boolean isOff() {
        return tags == null;
    }

    @Nullable
    OutcomeJudge judge() {
        return judge;
    }

    /** Whether a statement that begins now, outside a transaction, may be asked about later, or its transaction. */
    static boolean wantsSlot(Statement statement) {
        return isVerified(statement)
                || statement.has(Trait.BEGINS_TRANSACTION) && !statement.has(Trait.BEGINS_READ_ONLY_TRANSACTION);
    }

    /** Whether it writes by itself, in a transaction of its own. */
    static boolean isVerified(Statement statement) {
        return statement.statementClass() == StatementClass.W
                && VERIFIED.contains(statement.verb())
                && !statement.has(Trait.MULTI_STATEMENT)
                && !statement.has(Trait.CALLS_UNKNOWN_FUNCTION);
    }

    static boolean isCommit(Statement statement) {
        return statement.verb().equals(COMMIT)
                && statement.has(Trait.ENDS_TRANSACTION)
                && !statement.has(Trait.ENDS_CONNECTION)
                && !statement.has(Trait.BEGINS_TRANSACTION)
                && !statement.has(Trait.MULTI_STATEMENT);
    }

    /** The slot that the connection has; null if none. */
    @Nullable
    WriteSlot of(BackendConnection connection) {
        return slots.isEmpty() ? null : slots.get(connection);
    }

    /** The same, but takes one where that is possible. */
    @Nullable
    WriteSlot take(BackendConnection connection, @Nullable Member source, long nowNanos) {
        WriteSlot slot = slots.get(connection);
        if (slot != null || tags == null || source == null || !isTagged(source, connection)) {
            return slot;
        }
        Long until = refusedUntil.get(connection.key().user());
        if (until != null && until - nowNanos > 0) {
            return null;
        }
        String tag = tags.take(nowNanos);
        if (tag == null) {
            return null;
        }
        WriteSlot taken = new WriteSlot(tag, source.serverUuid());
        slots.put(connection, taken);
        return taken;
    }

    private static boolean isTagged(Member source, BackendConnection connection) {
        return source.address().equals(connection.address())
                && source.version() != null
                && !source.version().isMariadb()
                && source.version().number() >= TAGS_SINCE
                && !source.serverUuid().isEmpty();
    }

    /** The server does not let the account set gtid_next. */
    void refused(BackendConnection connection, SqlError error, long nowNanos) {
        String user = connection.key().user();
        if (refusedUntil.put(user, nowNanos + AFTER_REFUSAL.toNanos()) == null) {
            LOG.warn(
                    "event=writes_not_verified user={} why=\"{}\" remedy=\"GRANT TRANSACTION_GTID_TAG,"
                            + " SESSION_VARIABLES_ADMIN ON *.* TO the account, or failover.verify_writes: false\"",
                    user,
                    error);
        }
        WriteSlot slot = slots.remove(connection);
        if (slot != null && tags != null) {
            tags.giveBack(slot.tag(), nowNanos);
        }
    }

    /** The server has told what it wrote for that connection. */
    void wrote(BackendConnection connection, String gtids) {
        WriteSlot slot = of(connection);
        if (slot != null) {
            slot.has(GtidSet.parse(gtids));
        }
    }

    /** A statement has ended that may have written more than the server tells, or set gtid_next. */
    void ended(BackendConnection connection, Statement statement, boolean failed) {
        WriteSlot slot = of(connection);
        if (slot == null) {
            return;
        }
        if (Loss.mayWrite(statement.statementClass())
                && (failed || !(isVerified(statement) || statement.statementClass() == StatementClass.T))) {
            slot.unsure();
        }
        if (statement.has(Trait.SETS_VARIABLES) || statement.statementClass() == StatementClass.A) {
            slot.mayBeUnset();
        }
    }

    /** Takes the slots of connections that are gone. Called now and then. */
    void tidy(long nowNanos) {
        slots.entrySet().removeIf(entry -> {
            boolean gone = !entry.getKey().channel().isActive();
            if (gone && tags != null) {
                tags.giveBack(entry.getValue().tag(), nowNanos + REST.toNanos());
            }
            return gone;
        });
    }
}
