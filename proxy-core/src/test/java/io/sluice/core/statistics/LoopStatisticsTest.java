// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sluice.core.view.CommandView;
import io.sluice.core.view.DecisionView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.HistogramView;
import io.sluice.core.view.LatencyView;
import io.sluice.protocol.SqlError;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoopStatisticsTest {
    private static final BackendAddress SERVER = BackendAddress.parse("db1");
    private static final Hostgroup MEMBERS = Hostgroup.ofMembers(7, "", Set.of(SERVER), null);

    private final LoopStatistics statistics = new LoopStatistics(
            10,
            new Hostgroups(List.of(Hostgroup.ofSource(30, ""), MEMBERS), Map.of()),
            new UserNames(2, List.of("web")),
            new DecisionLog(3, 2));
    private long now = 1_000_000_000;

    @Test
    void counts_digests_by_user_schema_and_hostgroup() {
        answer("app", "SELECT 1", Destination.SOURCE, null, 5);
        answer("app", "SELECT 2", Destination.SOURCE, null, 3);
        answer("app", "SELECT 3", Destination.REPLICA, null, 1);
        answer("app", "SELECT 4", Destination.REPLICA, MEMBERS, 1);
        answer("web", "SELECT 5", Destination.SOURCE, null, 1);
        now += 1000;
        assertThat(statistics.digests(false, now))
                .extracting(DigestView::user, DigestView::hostgroup, DigestView::count)
                .containsExactlyInAnyOrder(
                        tuple("app", 30, 2L), tuple("app", 1, 1L), tuple("app", 7, 1L), tuple("web", 30, 1L));
        DigestView twice = statistics.digests(true, now).stream()
                .filter(view -> view.count() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(twice.sum()).isEqualTo(Duration.ofNanos(8));
        assertThat(twice.min()).isEqualTo(Duration.ofNanos(3));
        assertThat(twice.max()).isEqualTo(Duration.ofNanos(5));
        assertThat(twice.rowsAffected()).isEqualTo(2);
        assertThat(twice.lastSeen()).isEqualTo(Duration.ofNanos(1004));
        assertThat(statistics.digests(false, now)).isEmpty();
    }

    @Test
    void tells_of_a_digest_how_its_times_spread_and_where_it_went() {
        for (int i = 1; i <= 100; i++) {
            answer("app", "SELECT 1", Destination.REPLICA, MEMBERS, i * 1_000_000L);
        }
        answer("app", "SELECT 1", Destination.SOURCE, MEMBERS, 1);
        DigestView digest = statistics.digests(false, now).get(0);
        assertThat(digest.routing()).isEqualTo(new DigestView.Routing(StatementClass.R, 100, Reason.RULE));
        assertThat(digest.times().percentile(50).toMillis()).isBetween(47L, 54L);
        assertThat(digest.times().percentile(95).toMillis()).isBetween(89L, 102L);
        assertThat(digest.times().percentile(100).toMillis()).isBetween(93L, 107L);
        assertThat(digest.times().plus(digest.times()).percentile(50))
                .isEqualTo(digest.times().percentile(50));
    }

    @Test
    void keeps_the_latest_decisions_of_a_sample() {
        byte[] text = "SELECT 1".getBytes(StandardCharsets.UTF_8);
        Statement statement = new StatementClassifier(4).classify(text, 0, text.length, LexContext.DEFAULT);
        for (int session = 1; session <= 10; session++) {
            statistics.decisions().add(session, "app", statement, Destination.SOURCE, SERVER, Reason.WRITE, now, 5, 9);
        }
        assertThat(statistics.decisions(now + 1))
                .extracting(DecisionView::session, DecisionView::ago, DecisionView::waited, DecisionView::took)
                .containsExactlyInAnyOrder(
                        tuple(6L, Duration.ofNanos(1), Duration.ofNanos(5), Duration.ofNanos(9)),
                        tuple(8L, Duration.ofNanos(1), Duration.ofNanos(5), Duration.ofNanos(9)),
                        tuple(10L, Duration.ofNanos(1), Duration.ofNanos(5), Duration.ofNanos(9)));
    }

    @Test
    void keeps_the_digests_that_come_most_often() {
        for (int i = 0; i < 1000; i++) {
            answer("app", "SELECT a FROM often", Destination.SOURCE, null, 1);
            answer("app", "SELECT a FROM t" + i, Destination.SOURCE, null, 1);
        }
        List<DigestView> digests = statistics.digests(false, now);
        assertThat(digests).hasSizeBetween(10, 20);
        assertThat(digests).anyMatch(view -> view.count() == 1000);
    }

    @Test
    void counts_commands_by_how_long_they_took() {
        answer("app", "SELECT 1", Destination.SOURCE, null, 100_000);
        answer("app", "SELECT 1", Destination.SOURCE, null, 100_001);
        answer("app", "SELECT 1", Destination.SOURCE, null, 11_000_000_000L);
        CommandView command = statistics.commands().get(0);
        assertThat(command.command()).isEqualTo("SELECT");
        assertThat(command.counts()).containsExactly(1L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
        assertThat(statistics.queries()).isEqualTo(Map.of(SERVER, 3L));
    }

    @Test
    void first_words_without_end_are_counted_together() {
        for (int i = 0; i < 1000; i++) {
            answer("app", "WORD" + i, Destination.SOURCE, null, 1);
        }
        assertThat(statistics.commands()).hasSizeLessThanOrEqualTo(201);
    }

    @Test
    void counts_errors_by_code_and_forgets_the_oldest() {
        fail(1062, "Duplicate entry '1'");
        fail(1062, "Duplicate entry '2'");
        List<ErrorView> errors = statistics.errors(now);
        assertThat(errors).hasSize(1);
        assertThat(errors.get(0).count()).isEqualTo(2);
        assertThat(errors.get(0).lastMessage()).isEqualTo("Duplicate entry '2'");
        for (int code = 2000; code < 4000; code++) {
            fail(code, "");
        }
        assertThat(statistics.errors(now)).hasSize(1000).noneMatch(view -> view.code() == 1062);
    }

    @Test
    void counts_latencies_by_user_hostgroup_class_and_destination() {
        took("app", StatementClass.R, Destination.REPLICA, MEMBERS, 100_000);
        took("app", StatementClass.R, Destination.REPLICA, MEMBERS, 100_001);
        took("app", StatementClass.R, Destination.REPLICA, null, 1);
        took("app", StatementClass.W, Destination.SOURCE, null, 11_000_000_000L);
        assertThat(statistics.latencies())
                .extracting(
                        LatencyView::user,
                        LatencyView::hostgroup,
                        LatencyView::statementClass,
                        LatencyView::destination,
                        view -> view.times().count())
                .containsExactlyInAnyOrder(
                        tuple("app", 7, StatementClass.R, Destination.REPLICA, 2L),
                        tuple("app", 1, StatementClass.R, Destination.REPLICA, 1L),
                        tuple("app", 30, StatementClass.W, Destination.SOURCE, 1L));
        HistogramView times = statistics.latencies().get(0).times();
        assertThat(times.counts().subList(0, 3)).containsExactly(1L, 1L, 0L);
        assertThat(times.sum()).isEqualTo(Duration.ofNanos(200_001));
        assertThat(statistics.latencies().get(2).times().counts()).endsWith(0L, 1L);
    }

    @Test
    void tells_no_more_users_apart_than_it_may() {
        for (String user : List.of("first", "second", "other", "third", "web", "first")) {
            took(user, StatementClass.R, Destination.SOURCE, null, 1);
        }
        assertThat(statistics.latencies())
                .extracting(LatencyView::user, view -> view.times().count())
                .containsExactlyInAnyOrder(tuple("first", 2L), tuple("web", 1L), tuple("other", 3L));
    }

    @Test
    void keeps_the_latest_exemplar_of_each_limit() {
        ExemplarView first = exemplar("1", 100_000);
        ExemplarView later = exemplar("2", 90_000);
        ExemplarView slower = exemplar("3", 11_000_000_000L);
        for (ExemplarView exemplar : List.of(first, later, slower)) {
            statistics.took(
                    "app",
                    StatementClass.R,
                    SERVER,
                    Destination.REPLICA,
                    null,
                    exemplar.took().toNanos(),
                    exemplar);
        }
        took("app", StatementClass.R, Destination.REPLICA, null, 1);
        took("app", StatementClass.R, Destination.REPLICA, null, 300_000);
        HistogramView times = statistics.latencies().get(0).times();
        assertThat(times.exemplars()).containsExactly(later, slower);
        assertThat(times.counts()).startsWith(3L, 0L, 1L).endsWith(1L);
        assertThat(times.plus(times).exemplars()).hasSize(4);
    }

    private static ExemplarView exemplar(String span, long nanos) {
        return new ExemplarView("trace", span, Duration.ofNanos(nanos), Instant.EPOCH);
    }

    private void took(
            String user,
            StatementClass statementClass,
            Destination destination,
            @Nullable Hostgroup wanted,
            long taken) {
        statistics.took(user, statementClass, SERVER, destination, wanted, taken, null);
    }

    private void fail(int code, String message) {
        now++;
        statistics.failed("app", null, SERVER, Destination.SOURCE, new SqlError(code, "HY000", message), now);
    }

    private void answer(String user, String sql, Destination destination, @Nullable Hostgroup wanted, long taken) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        Statement statement = new StatementClassifier(4).classify(text, 0, text.length, LexContext.DEFAULT);
        statistics.answered(user, "shop", statement, SERVER, destination, Reason.RULE, wanted, now, taken, 1);
        now++;
    }
}
