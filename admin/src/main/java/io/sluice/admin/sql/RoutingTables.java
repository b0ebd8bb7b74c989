// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.DecisionView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.SpreadView;
import io.sluice.core.view.StatisticsView;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sluice's own tables about where statements go: all of one digest together, and the latest one by one. Times are microseconds. */
record RoutingTables(StatisticsView statistics) {
    private static final String DIGESTS = "digest VARCHAR NOT NULL PRIMARY KEY, digest_text VARCHAR NOT NULL,"
            + " class VARCHAR NOT NULL, count INTEGER NOT NULL, p50_us INTEGER NOT NULL, p95_us INTEGER NOT NULL,"
            + " p99_us INTEGER NOT NULL, max_us INTEGER NOT NULL, replica_share DOUBLE NOT NULL,"
            + " last_reason VARCHAR NOT NULL";
    private static final String DECISIONS = "at VARCHAR NOT NULL, session INTEGER NOT NULL, user VARCHAR NOT NULL,"
            + " class VARCHAR NOT NULL, destination VARCHAR NOT NULL, server VARCHAR NOT NULL,"
            + " reason VARCHAR NOT NULL, waited_us INTEGER NOT NULL, took_us INTEGER NOT NULL,"
            + " digest VARCHAR NOT NULL";

    List<ShownTable> all() {
        return List.of(
                ShownTable.of(Schema.STATS, "digests", DIGESTS, this::digests),
                ShownTable.of(Schema.STATS, "decisions", DECISIONS, this::decisions));
    }

    private List<@Nullable Object[]> digests() {
        Map<Long, List<DigestView>> byDigest = new LinkedHashMap<>();
        for (DigestView view : statistics.digests()) {
            byDigest.computeIfAbsent(view.digest(), first -> new ArrayList<>()).add(view);
        }
        List<@Nullable Object[]> rows = new ArrayList<>();
        byDigest.values().forEach(same -> rows.add(row(same)));
        return rows;
    }

    /** @param same of all users, schemas and hostgroups */
    private static @Nullable Object[] row(List<DigestView> same) {
        long count = same.stream().mapToLong(DigestView::count).sum();
        long onReplicas =
                same.stream().mapToLong(view -> view.routing().onReplicas()).sum();
        SpreadView times = same.stream().map(DigestView::times).reduce(SpreadView.NONE, SpreadView::plus);
        Duration max = same.stream()
                .map(DigestView::max)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        DigestView last =
                same.stream().min(Comparator.comparing(DigestView::lastSeen)).orElseThrow();
        return new @Nullable Object[] {
            hex(last.digest()),
            last.text(),
            last.routing().statementClass().name(),
            count,
            percentile(times, 50, max),
            percentile(times, 95, max),
            percentile(times, 99, max),
            micros(max),
            Math.round(1000.0 * onReplicas / count) / 1000.0,
            last.routing().lastReason().name()
        };
    }

    /** The middle of the range that it is in, which may lie above all there are. */
    private static long percentile(SpreadView times, int percent, Duration max) {
        return Math.min(micros(times.percentile(percent)), micros(max));
    }

    private List<@Nullable Object[]> decisions() {
        Instant now = Instant.now();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (DecisionView decision : statistics.decisions()) {
            rows.add(new @Nullable Object[] {
                now.minus(decision.ago()).truncatedTo(ChronoUnit.MICROS).toString(),
                decision.session(),
                decision.user(),
                decision.statementClass().name(),
                decision.destination().name(),
                decision.server().toString(),
                decision.reason().name(),
                micros(decision.waited()),
                micros(decision.took()),
                hex(decision.digest())
            });
        }
        return rows;
    }

    private static String hex(long digest) {
        return "0x" + Long.toHexString(digest);
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1000;
    }
}
