// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.ServerVersion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
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
    /** The first MariaDB that lets accounts other than SUPER set server_id. */
    private static final int REPLAY_SINCE = 100500;
    /** Statements of one transaction of their own, whatever they touch. */
    private static final Set<String> VERIFIED = Set.of("INSERT", "UPDATE", "DELETE", "REPLACE");

    private static final Set<String> DEFINITIONS = Set.of("CREATE", "DROP", "TRUNCATE");
    /** The first MariaDB whose definitions survive a crash together with their place in the binary log. */
    private static final int ATOMIC_SINCE = 100600;

    private static final String COMMIT = "COMMIT";
    /** How long an account that may not set gtid_next, or server_id, is left alone. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);
    /** A server may notice late that a connection is gone, and execute until then. */
    private static final Duration REST = Duration.ofMinutes(1);
    /** When these change, the connection has no slot any more. */
    private static final Set<String> SETTINGS = Set.of("gtid_next", "server_id");

    private final @Nullable SlotTags tags;
    private final @Nullable OutcomeJudge judge;
    private final Duration rest;
    private final Map<BackendConnection, WriteSlot> slots = new HashMap<>();
    /** Why the others have none, of those that wanted one. */
    private final Map<BackendConnection, String> without = new HashMap<>();

    private final Map<String, Long> refusedUntil = new HashMap<>();

    private WriteSlots(@Nullable SlotTags tags, @Nullable OutcomeJudge judge, Duration rest) {
        this.tags = tags;
        this.judge = judge;
        this.rest = rest;
    }

    /** No connection gets any. */
    public static WriteSlots off() {
        return new WriteSlots(null, null, REST);
    }

    /**
     * Connections get one of the tags as they need it.
     *
     * @param patience how long the judge may take: until then, nobody else gets the tag of a lost connection to a server
     */
    public static WriteSlots of(SlotTags tags, OutcomeJudge judge, Duration patience) {
        return new WriteSlots(tags, judge, rest(patience));
    }

    /** How long a tag rests that somebody has had. */
    public static Duration rest(Duration patience) {
        return REST.plus(patience);
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
                || isDefinition(statement)
                || statement.has(Trait.BEGINS_TRANSACTION) && !statement.has(Trait.BEGINS_READ_ONLY_TRANSACTION);
    }

    /** Whether it writes by itself, in a transaction of its own. */
    static boolean isVerified(Statement statement) {
        return statement.statementClass() == StatementClass.W
                && VERIFIED.contains(statement.verb())
                && !statement.has(Trait.MULTI_STATEMENT)
                && !statement.has(Trait.CALLS_UNKNOWN_FUNCTION);
    }

    /** Whether it may be one that a server carries out whole or not at all. */
    static boolean isDefinition(Statement statement) {
        return statement.statementClass() == StatementClass.WI
                && DEFINITIONS.contains(statement.verb())
                && statement.pin() == null
                && !statement.has(Trait.MULTI_STATEMENT);
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
        if (slot != null || tags == null) {
            return slot;
        }
        if (source == null || !isFit(source, connection)) {
            without.put(connection, "the server was not known as a source that can tell");
            return null;
        }
        Long until = refusedUntil.get(connection.key().user());
        if (until != null && until - nowNanos > 0) {
            without.put(connection, "the account lacks the privilege for it");
            return null;
        }
        ServerVersion version = Objects.requireNonNull(source.version());
        String uuid = version.isMariadb() ? "" : source.serverUuid();
        SlotTags.Tag tag = tags.take(uuid, nowNanos);
        if (tag == null) {
            without.put(
                    connection,
                    tags.rest(nowNanos)
                            ? "its tags rest, since a process before may have had them"
                            : "no tag was free, see failover.tags");
            return null;
        }
        without.remove(connection);
        boolean atomic = !version.isMariadb() || version.number() >= ATOMIC_SINCE;
        WriteSlot taken = new WriteSlot(tag, connection.flavor(), uuid, atomic);
        slots.put(connection, taken);
        return taken;
    }

    /** Why the connection has no slot. */
    String whyNone(BackendConnection connection) {
        return without.getOrDefault(connection, "its connection did not ask for proof");
    }

    private boolean isFit(Member source, BackendConnection connection) {
        ServerVersion version = source.version();
        if (version == null || !source.address().equals(connection.address())) {
            return false;
        }
        if (version.isMariadb()) {
            return version.number() >= REPLAY_SINCE && judge != null && judge.mayUseServerIds(source);
        }
        return version.number() >= TAGS_SINCE && !source.serverUuid().isEmpty();
    }

    /** Whether the connection writes under a server id that it may not use any more. */
    boolean mustGiveUp(WriteSlot slot, BackendConnection connection, @Nullable Member source) {
        return slot.isOfMariadb()
                && source != null
                && source.address().equals(connection.address())
                && !isFit(source, connection);
    }

    void giveUp(BackendConnection connection, long nowNanos) {
        WriteSlot slot = slots.remove(connection);
        if (slot != null && tags != null) {
            tags.giveBack(slot.tag(), slot.serverUuid(), nowNanos + rest.toNanos());
        }
    }

    /** The server does not let the account have one. */
    void refused(BackendConnection connection, SqlError error, long nowNanos) {
        String user = connection.key().user();
        WriteSlot slot = slots.remove(connection);
        without.put(connection, "the account lacks the privilege for it");
        if (refusedUntil.put(user, nowNanos + AFTER_REFUSAL.toNanos()) == null) {
            LOG.warn(
                    "event=writes_not_verified user={} why=\"{}\" remedy=\"GRANT {} ON *.* TO the account, or"
                            + " failover.verify_writes: false\"",
                    user,
                    error,
                    slot != null && slot.isOfMariadb()
                            ? "BINLOG REPLAY"
                            : "TRANSACTION_GTID_TAG, SESSION_VARIABLES_ADMIN");
        }
        if (slot != null && tags != null) {
            tags.giveBack(slot.tag(), slot.serverUuid(), nowNanos);
        }
    }

    /** What the server has told of a statement of that connection. */
    void told(BackendConnection connection, SessionChanges changes) {
        WriteSlot slot = of(connection);
        if (slot == null) {
            return;
        }
        String gtids = changes.gtids();
        if (gtids != null) {
            slot.wrote(gtids);
        }
        for (SessionChanges.Variable variable : changes.variables()) {
            if (variable.name().equals(SessionState.LAST_GTID_OF_MARIADB)) {
                slot.wrote(variable.value());
            } else if (SETTINGS.contains(variable.name())) {
                slot.mayBeUnset();
            }
        }
    }

    /**
     * A statement has ended that may have written more than the server tells, or set gtid_next.
     *
     * @param untold whether its answer had no room for a GTID
     */
    void ended(BackendConnection connection, Statement statement, boolean failed, boolean untold) {
        WriteSlot slot = of(connection);
        if (slot == null) {
            return;
        }
        boolean writes = Loss.mayWrite(statement.statementClass());
        if (writes && (failed || !(isVerified(statement) || statement.statementClass() == StatementClass.T))
                || untold && (writes || statement.has(Trait.CALLS_UNKNOWN_FUNCTION))) {
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
                tags.giveBack(entry.getValue().tag(), entry.getValue().serverUuid(), nowNanos + rest.toNanos());
            }
            return gone;
        });
        without.keySet().removeIf(connection -> !connection.channel().isActive());
    }
}
