// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.CommandView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.routing.rule.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The tables of the schema stats about statements. Times are microseconds, moments Unix seconds, as ProxySQL has them. */
record StatementTables(Sight sight) {
    private static final String DIGESTS = "hostgroup INT, schemaname VARCHAR NOT NULL, username VARCHAR NOT NULL,"
            + " client_address VARCHAR NOT NULL, digest VARCHAR NOT NULL, digest_text VARCHAR NOT NULL,"
            + " count_star INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
            + " sum_time INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL,"
            + " sum_rows_affected INTEGER NOT NULL, sum_rows_sent INTEGER,"
            + " PRIMARY KEY (hostgroup, schemaname, username, client_address, digest)";
    private static final String COMMANDS = "Command VARCHAR NOT NULL PRIMARY KEY, Total_Time_us INT NOT NULL,"
            + " Total_cnt INT NOT NULL, cnt_100us INT NOT NULL, cnt_500us INT NOT NULL, cnt_1ms INT NOT NULL,"
            + " cnt_5ms INT NOT NULL, cnt_10ms INT NOT NULL, cnt_50ms INT NOT NULL, cnt_100ms INT NOT NULL,"
            + " cnt_500ms INT NOT NULL, cnt_1s INT NOT NULL, cnt_5s INT NOT NULL, cnt_10s INT NOT NULL,"
            + " cnt_INFs INT NOT NULL";
    private static final String ERRORS = "hostgroup INT NOT NULL, hostname VARCHAR NOT NULL, port INT NOT NULL,"
            + " username VARCHAR NOT NULL, client_address VARCHAR NOT NULL, schemaname VARCHAR NOT NULL,"
            + " errno INT NOT NULL, count_star INTEGER NOT NULL, first_seen INTEGER NOT NULL,"
            + " last_seen INTEGER NOT NULL, last_error VARCHAR NOT NULL DEFAULT '',"
            + " PRIMARY KEY (hostgroup, hostname, port, username, schemaname, errno)";
    private static final String RULES = "rule_id INTEGER PRIMARY KEY, hits INT NOT NULL";

    List<ShownTable> all() {
        return List.of(
                ShownTable.of(
                        Schema.STATS,
                        "stats_mysql_query_digest",
                        DIGESTS,
                        () -> digests(sight.statistics().digests())),
                new ShownTable(
                        Schema.STATS,
                        "stats_mysql_query_digest_reset",
                        DIGESTS,
                        () -> digests(sight.statistics().takeDigests()),
                        () -> null,
                        true),
                ShownTable.of(Schema.STATS, "stats_mysql_commands_counters", COMMANDS, this::commands),
                ShownTable.of(Schema.STATS, "stats_mysql_errors", ERRORS, this::errors),
                ShownTable.of(Schema.STATS, "stats_mysql_query_rules", RULES, this::rules));
    }

    private static List<@Nullable Object[]> digests(List<DigestView> digests) {
        Instant now = Instant.now();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (DigestView digest : digests) {
            rows.add(new @Nullable Object[] {
                digest.hostgroup(),
                digest.schema(),
                digest.user(),
                "",
                "0x" + Long.toHexString(digest.digest()),
                digest.text(),
                digest.count(),
                now.minus(digest.firstSeen()).getEpochSecond(),
                now.minus(digest.lastSeen()).getEpochSecond(),
                micros(digest.sum()),
                micros(digest.min()),
                micros(digest.max()),
                digest.rowsAffected(),
                null
            });
        }
        return rows;
    }

    private List<@Nullable Object[]> commands() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (CommandView command : sight.statistics().commands()) {
            List<@Nullable Object> row = new ArrayList<>();
            row.add(command.command());
            row.add(micros(command.sum()));
            row.add(command.counts().stream().mapToLong(Long::longValue).sum());
            row.addAll(command.counts());
            rows.add(row.toArray());
        }
        return rows;
    }

    private List<@Nullable Object[]> errors() {
        Instant now = Instant.now();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (ErrorView error : sight.statistics().errors()) {
            rows.add(new @Nullable Object[] {
                error.hostgroup(),
                error.server().host(),
                error.server().port(),
                error.user(),
                "",
                error.schema(),
                error.code(),
                error.count(),
                now.minus(error.firstSeen()).getEpochSecond(),
                now.minus(error.lastSeen()).getEpochSecond(),
                error.lastMessage()
            });
        }
        return rows;
    }

    private List<@Nullable Object[]> rules() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Rule rule : sight.rules().rules()) {
            rows.add(new @Nullable Object[] {rule.id(), rule.hits()});
        }
        return rows;
    }

    private static long micros(Duration time) {
        return TimeUnit.NANOSECONDS.toMicros(time.toNanos());
    }
}
