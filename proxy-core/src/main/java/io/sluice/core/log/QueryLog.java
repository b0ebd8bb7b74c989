// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import io.sluice.core.config.LogSettings;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.topology.BackendAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which statements of one event loop are written to a file. Confined to it. */
public final class QueryLog {
    private final @Nullable Journal journal;
    private final @Nullable RuleLines rules;
    private long slowNanos;
    private int oneIn;
    private boolean literals;
    private int skipped;

    /**
     * A statement that a server has answered.
     *
     * @param user as whom the client has logged in
     * @param error the server's code; 0 for none
     * @param text with its literals; null where those are not wanted
     */
    public record Answer(
            long session,
            String user,
            String client,
            @Nullable String schema,
            Statement statement,
            Destination destination,
            BackendAddress server,
            Reason reason,
            long nanos,
            long rowsAffected,
            int error,
            @Nullable String text) {}

    /**
     * @param journal null: none are
     * @param rules where statements of rules are told of without a journal; null: nowhere
     */
    QueryLog(@Nullable Journal journal, LogSettings.Queries settings, @Nullable RuleLines rules) {
        this.rules = rules;
        this.literals = settings.literals();
        this.journal = journal;
        this.slowNanos = slowNanos(settings);
        this.oneIn = settings.oneIn();
    }

    private static long slowNanos(LogSettings.Queries settings) {
        return settings.slow().isZero() ? Long.MAX_VALUE : settings.slow().toNanos();
    }

    /** From now on these are written; where to stays as it is. */
    public void use(LogSettings.Queries settings) {
        slowNanos = slowNanos(settings);
        oneIn = settings.oneIn();
        literals = settings.literals();
    }

    /** Writes nothing. */
    public static QueryLog off() {
        return new QueryLog(null, LogSettings.Queries.NONE, null);
    }

    public boolean isOn() {
        return journal != null;
    }

    /** Whether an answer is to have the statement's text. */
    public boolean wantsLiterals() {
        return literals;
    }

    /** A rule wants a line of a statement, for which there is no file: the process's log has it soon. */
    public void tell(Supplier<String> line) {
        if (rules != null) {
            rules.add(line);
        }
    }

    /**
     * Why a statement is written that took so long; null if it is not. Asked once for each.
     *
     * @param byRule whether a rule wants it to be
     */
    public @Nullable String why(long nanos, boolean byRule) {
        if (journal == null) {
            return null;
        }
        if (byRule) {
            return "rule";
        }
        if (nanos >= slowNanos) {
            return "slow";
        }
        if (oneIn > 0 && ++skipped >= oneIn) {
            skipped = 0;
            return "sample";
        }
        return null;
    }

    public void write(String why, Answer answer) {
        if (journal != null) {
            journal.add(line -> fill(line, why, answer));
        }
    }

    /** The statement's text only where its literals are allowed. */
    private static void fill(JsonLine line, String why, Answer answer) {
        Statement statement = answer.statement;
        line.put("why", why)
                .put("session", answer.session)
                .put("user", answer.user)
                .put("client", answer.client)
                .put("schema", answer.schema)
                .put("class", statement.statementClass().name())
                .put("destination", answer.destination.name())
                .put("server", answer.server.toString())
                .put("reason", answer.reason.name())
                .put("micros", answer.nanos / 1000)
                .put("rows_affected", answer.rowsAffected);
        if (answer.error != 0) {
            line.put("error", answer.error);
        }
        line.put("digest", Long.toHexString(statement.digest()))
                .put("sql", answer.text == null ? statement.digestText() : answer.text);
    }
}
