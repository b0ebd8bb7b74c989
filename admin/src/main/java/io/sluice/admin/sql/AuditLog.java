// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.AdminSettings.Role;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has changed what by the admin port, or tried to. The last ones are kept for the table audit, and each is a line of
 * the log. Thread-safe.
 */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("io.sluice.audit");

    /** Of edits of tables, which count for nothing until they are loaded, and of all else. */
    private static final int MAX_KEPT = 1000;

    private static final String COLUMNS = "time VARCHAR NOT NULL, admin VARCHAR NOT NULL, client VARCHAR NOT NULL,"
            + " statement VARCHAR NOT NULL, outcome VARCHAR NOT NULL";

    private record Entry(Instant time, String admin, String client, String statement, String outcome) {}

    private final Clock clock;
    private final Deque<Entry> edits = new ArrayDeque<>();
    private final Deque<Entry> others = new ArrayDeque<>();

    public AuditLog(Clock clock) {
        this.clock = clock;
    }

    /** A statement has edited rows of a table, or was refused. */
    public void edited(AdminUser by, MaskedSql statement, String outcome) {
        add(edits, by, statement.text(), statement.mask(outcome));
    }

    /** A statement has changed something else, or was refused. */
    public void done(AdminUser by, MaskedSql statement, String outcome) {
        add(others, by, statement.text(), statement.mask(outcome));
    }

    /** Somebody was not let in; the reason names who. */
    public void loginRefused(String client, String reason) {
        add(others, new AdminUser(0, "", client, Role.READ_ONLY), "login", reason);
    }

    private void add(Deque<Entry> kept, AdminUser by, String statement, String outcome) {
        LOG.info(
                "event=admin_audit admin={} client={} statement=\"{}\" outcome=\"{}\"",
                by.name(),
                by.client(),
                line(statement),
                line(outcome));
        synchronized (this) {
            kept.addLast(new Entry(clock.instant(), by.name(), by.client(), statement, outcome));
            if (kept.size() > MAX_KEPT) {
                kept.removeFirst();
            }
        }
    }

    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").replace('"', '\'');
    }

    ShownTable table() {
        return ShownTable.of(Schema.STATS, "audit", COLUMNS, this::rows);
    }

    private synchronized List<@Nullable Object[]> rows() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        Stream.concat(edits.stream(), others.stream())
                .sorted(Comparator.comparing(Entry::time))
                .forEach(entry -> rows.add(new @Nullable Object[] {
                    entry.time().truncatedTo(ChronoUnit.MILLIS).toString(),
                    entry.admin(),
                    entry.client(),
                    entry.statement(),
                    entry.outcome()
                }));
        return rows;
    }
}
