// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.FailoverView;
import io.sluice.core.view.HistoryView;
import io.sluice.core.view.TopologyEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of the schema stats about what has happened to the servers. */
record HistoryTables(HistoryView history) {
    private static final String EVENTS =
            "at VARCHAR NOT NULL, event VARCHAR NOT NULL, server VARCHAR NOT NULL, line VARCHAR NOT NULL";
    private static final String FAILOVERS = "lost_at VARCHAR NOT NULL, old_source VARCHAR NOT NULL,"
            + " why_lost VARCHAR NOT NULL, regained_at VARCHAR, new_source VARCHAR, why_regained VARCHAR NOT NULL,"
            + " gap_ms INT";

    List<ShownTable> all() {
        return List.of(
                ShownTable.of(Schema.STATS, "topology_events", EVENTS, this::events),
                ShownTable.of(Schema.STATS, "failovers", FAILOVERS, this::failovers));
    }

    private List<@Nullable Object[]> events() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (TopologyEvent event : history.events()) {
            rows.add(new @Nullable Object[] {text(event.at()), event.event(), event.fact("server"), event.line()});
        }
        return rows;
    }

    private List<@Nullable Object[]> failovers() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (FailoverView failover : history.failovers()) {
            rows.add(new @Nullable Object[] {
                text(failover.lostAt()),
                failover.from(),
                failover.whyLost(),
                failover.regainedAt() == null ? null : text(failover.regainedAt()),
                failover.to(),
                failover.whyRegained(),
                failover.gap() == null ? null : failover.gap().toMillis()
            });
        }
        return rows;
    }

    /** ISO 8601 in UTC, to the millisecond, which SQLite's functions of dates take. */
    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }
}
