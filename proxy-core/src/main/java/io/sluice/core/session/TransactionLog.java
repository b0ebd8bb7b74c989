// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.codec.Command;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The statements of an open transaction, and of each answer a fingerprint, kept up to a size: enough to do it again and
 * to tell whether it went the same way. What cannot be done again spoils it until the next transaction. Confined to the
 * session's event loop.
 */
final class TransactionLog {
    /** What an entry costs beside its command. */
    private static final int OVERHEAD = 128;

    /** Those that write rows and nothing else; CALL, for one, may commit on its own. */
    private static final Set<String> WRITERS =
            Set.of("INSERT", "UPDATE", "DELETE", "REPLACE", "SELECT", "WITH", "VALUES", "TABLE", "(");

    /**
     * One statement that was answered.
     *
     * @param types of its parameters as they were then
     */
    record Entry(Errand errand, byte @Nullable [] types, long fingerprint) {}

    private final int limit;
    private final List<Entry> entries = new ArrayList<>(0);
    private final CRC32 one = new CRC32();
    private final CRC32C other = new CRC32C();
    private int bytes;
    private boolean wrote;
    private @Nullable String flaw;

    /** @param limit bytes of statements that are kept */
    TransactionLog(int limit) {
        this.limit = limit;
    }

    /** Forgets all of it. */
    void clear() {
        entries.forEach(entry -> entry.errand().command().packets().release());
        entries.clear();
        bytes = 0;
        wrote = false;
        flaw = null;
    }

    /** The transaction cannot be done again. */
    void spoil(String why) {
        clear();
        flaw = why;
    }

    /** Why the transaction cannot be done again; null if it can. */
    @Nullable
    String flaw() {
        return flaw == null && entries.isEmpty() ? "nothing of it is known" : flaw;
    }

    // ---- answers

    void listenAnew() {
        one.reset();
        other.reset();
    }

    /** Takes in bytes of an answer, as the client gets them. */
    void listen(ByteBuf answer) {
        for (ByteBuffer part : answer.nioBuffers()) {
            one.update(part.duplicate());
            other.update(part);
        }
    }

    /** Of the answer heard; that of another answer is almost certainly another one. */
    long fingerprint() {
        return one.getValue() << Integer.SIZE | other.getValue();
    }

    // ---- statements

    /** Whether a statement would spoil the log, by what is known before it runs; it does so then. */
    boolean spoils(Errand errand) {
        String why = flawOf(errand);
        if (why != null) {
            spoil(why);
        }
        return flaw != null;
    }

    private @Nullable String flawOf(Errand errand) {
        Statement statement = errand.statement();
        StatementClass statementClass = statement.statementClass();
        if (statement.has(Trait.MULTI_STATEMENT)) {
            return "several statements in one command";
        }
        if (statementClass == StatementClass.W && !WRITERS.contains(statement.verb())
                || statementClass == StatementClass.A
                || statementClass == StatementClass.X
                || statementClass == StatementClass.P) {
            return statement.verb() + " may do more than write rows";
        }
        Prepared prepared = errand.prepared();
        if (prepared != null && (!prepared.longData().isEmpty() || ExecuteCommand.opensCursor(errand.command()))) {
            return "a cursor, or a parameter sent in pieces";
        }
        boolean asksBack = statement.has(Trait.USES_DIAGNOSTICS) && entries.isEmpty()
                || statement.has(Trait.USES_LAST_INSERT_ID) && !wrote;
        return asksBack ? "it asks about a statement before the transaction" : null;
    }

    /** A statement of the transaction was answered, by what was listened to since. */
    void add(Errand errand) {
        Command command = errand.command();
        bytes += command.packets().readableBytes() + OVERHEAD;
        if (bytes > limit) {
            spoil("it is longer than failover.replay");
            return;
        }
        wrote |= errand.statement().statementClass() == StatementClass.W;
        Command copy = new Command(command.code(), Unpooled.copiedBuffer(command.packets()), command.payloadLength());
        Prepared prepared = errand.prepared();
        entries.add(new Entry(
                new Errand(copy, errand.statement(), errand.direction(), errand.kind(), prepared),
                prepared == null ? null : prepared.types(),
                fingerprint()));
    }

    int size() {
        return entries.size();
    }

    Entry get(int index) {
        return entries.get(index);
    }
}
