// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.config.LimitSettings;
import io.sluice.core.config.LimitSettings.Distinct;
import io.sluice.core.limit.Limit;
import io.sluice.protocol.CommandCode;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Statements that have to keep within limits. */
class LimitTest {
    private static final String SLOW = "SELECT slow FROM t";
    private static final String READ = "SELECT a FROM t";
    private static final String WRITE = "INSERT INTO t VALUES (1)";

    private SessionBench bench = bench(limit(Set.of(), 0, 1));

    @AfterEach
    void close() {
        bench.close();
    }

    private static SessionBench bench(LimitSettings... limits) {
        SessionBench bench = new SessionBench(4, limits);
        bench.source.late(SLOW);
        bench.replica1.late(SLOW);
        return bench;
    }

    private void use(LimitSettings... limits) {
        bench.close();
        bench = bench(limits);
    }

    /** One place and one to wait for it. */
    private static LimitSettings limit(Set<Distinct> per, int rate, int concurrency) {
        return new LimitSettings(
                "few", "user", null, null, per, rate, Math.max(1, rate), concurrency, 1, Duration.ofSeconds(1));
    }

    private TestClient slow() {
        return send(SLOW);
    }

    private TestClient send(String sql) {
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, sql);
        bench.loop.settle();
        return client;
    }

    private void endSlow() {
        bench.replica1.connection(0).sayLate(Answer.rows("slow"));
        bench.loop.settle();
    }

    private Limit counted() {
        return bench.limits.get(0);
    }

    @Test
    void a_statement_waits_until_the_one_before_it_is_answered() {
        TestClient first = slow();
        TestClient second = send(READ);
        assertThat(second.answers()).isEmpty();
        assertThat(counted().running()).isOne();
        assertThat(counted().waiting()).isOne();

        endSlow();
        assertThat(first.answer()).hasToString("rows slow");
        assertThat(second.answer()).hasToString("rows replica1");
        assertThat(counted().enteredAtOnce()).isOne();
        assertThat(counted().enteredAfterWait()).isOne();
        assertThat(counted().running()).isZero();
    }

    @Test
    void more_than_may_wait_are_refused_and_so_is_who_waited_too_long() {
        slow();
        TestClient second = send(READ);
        TestClient third = send(READ);
        assertThat(third.answer().error().message())
                .startsWith("Sluice: not executed: the limit few (at most 1 at once, of user user) is reached")
                .endsWith("already 1 wait (limits[].queue)");
        assertThat(second.answers()).isEmpty();

        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(second.answer()).hasToString("error 9513");
        assertThat(bench.ownErrors).containsExactly(9513, 9513);
        assertThat(counted().refused()).isOne();
        assertThat(counted().gaveUp()).isOne();
        endSlow();
        assertThat(third.query(READ)).as("the session goes on").hasToString("rows replica1");
    }

    @Test
    void others_are_not_counted() {
        slow();
        assertThat(bench.as("other").client().query(READ)).hasToString("rows replica1");
        endSlow();
    }

    @Test
    void a_transaction_goes_on_whoever_runs_and_waits() {
        TestClient transaction = bench.client();
        transaction.query("BEGIN");
        slow();
        TestClient waiting = send(WRITE);
        assertThat(transaction.query(WRITE)).as("it may hold locks").hasToString("ok");
        assertThat(transaction.query("COMMIT")).hasToString("ok");
        assertThat(waiting.answers()).isEmpty();
        endSlow();
        assertThat(waiting.answer()).hasToString("ok");
    }

    @Test
    void who_leaves_or_is_interrupted_while_waiting_leaves_its_place_to_others() {
        slow();
        TestClient gone = send(READ);
        gone.close();
        assertThat(counted().waiting()).isZero();

        TestClient victim = send(READ);
        assertThat(bench.as("user").client().query("KILL QUERY 3")).hasToString("ok");
        assertThat(victim.answer()).hasToString("error 1317");
        TestClient next = send(READ);
        endSlow();
        assertThat(next.answer()).hasToString("rows replica1");
        assertThat(counted().gaveUp()).isEqualTo(2);
    }

    @Test
    void who_leaves_while_running_leaves_its_place_to_who_waits() {
        TestClient first = slow();
        TestClient second = send(READ);
        first.close();
        assertThat(second.answer()).hasToString("rows replica1");
    }

    @Test
    void who_leaves_when_its_turn_has_come_leaves_its_place_to_others() {
        TestClient first = slow();
        TestClient second = bench.client();
        second.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        Session waiting = bench.session();
        bench.loop.loop().execute(() -> {
            bench.replica1.connection(0).sayLate(Answer.rows("slow"));
            bench.loop.loop().execute(waiting::clientClosed);
        });
        bench.loop.settle();
        first.answer();
        assertThat(counted().running()).isZero();
        assertThat(counted().waiting()).isZero();
    }

    @Test
    void a_rate_lets_a_burst_pass_and_then_one_after_the_other() {
        use(limit(Set.of(), 2, 0));
        TestClient client = bench.client();
        assertThat(client.query(READ)).hasToString("rows replica1");
        assertThat(client.query(READ)).hasToString("rows replica1");
        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.advance(Duration.ofMillis(480));
        assertThat(client.answers()).isEmpty();
        bench.loop.advance(Duration.ofMillis(30));
        assertThat(client.answer()).hasToString("rows replica1");

        bench.loop.advance(Duration.ofSeconds(10));
        client.query(READ);
        client.query(READ);
        TestClient late = send(READ);
        TestClient later = send(READ);
        assertThat(later.answer()).as("one place in the queue").hasToString("error 9513");
        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(late.answer()).hasToString("rows replica1");
    }

    @Test
    void each_user_or_digest_may_have_a_limit_of_its_own() {
        use(new LimitSettings(
                "each", null, null, null, Set.of(Distinct.DIGEST, Distinct.USER), 0, 1, 1, 0, Duration.ofSeconds(1)));
        slow();
        assertThat(bench.client().query(SLOW)).hasToString("error 9513");
        assertThat(bench.client().query(READ)).hasToString("rows replica1");
        TestClient other = bench.as("other").client();
        other.send(CommandCode.COM_QUERY, SLOW);
        bench.loop.settle();
        assertThat(counted().running()).isEqualTo(2);
        other.close();
        endSlow();
    }

    @Test
    void all_limits_that_match_are_kept_and_a_schema_is_the_sessions() {
        LimitSettings ofSchema =
                new LimitSettings("shop", null, "shop", null, Set.of(), 0, 1, 1, 0, Duration.ofSeconds(1));
        use(limit(Set.of(), 0, 2), ofSchema);
        bench.withSchema("shop");
        slow();
        assertThat(bench.client().query(READ).error().message()).contains("the limit shop (");
        assertThat(bench.withSchema(null).client().query(READ)).hasToString("rows replica1");
        assertThat(counted().running()).as("the refused one has left both").isOne();
        endSlow();
    }

    @Test
    void executions_are_counted_and_what_sluice_answers_is_not() {
        TestClient client = bench.client();
        client.prepare(READ);
        slow();
        assertThat(client.query("EXPLAIN ROUTE " + READ).toString())
                .contains("few (at most 1 at once, of user user): 1 run, 0 wait");
        assertThat(client.ask(CommandCode.COM_PING, "")).hasToString("ok");
        assertThat(client.prepare(READ + " WHERE b = 1").toString()).doesNotContain("error");
        client.sendExecute(1, false);
        bench.loop.settle();
        assertThat(client.answers()).isEmpty();
        assertThat(counted().waiting()).isOne();
        endSlow();
        assertThat(client.answer()).hasToString("rows replica1");
    }

    @Test
    void the_source_serves_few_reads_for_lack_of_a_replica_and_the_rest_wait_for_one() {
        bench.close();
        bench = SessionBench.withSourceReads(1);
        bench.source.late(SLOW);
        bench.publish(bench.source);
        TestClient first = slow();
        TestClient second = send(READ);
        TestClient third = send(READ);
        assertThat(third.answer().error())
                .hasToString("ERROR 9513 (HY000): Sluice: not executed: no replica can serve the read, and the source"
                        + " serves 1 such reads (routing.source_reads); 1 wait already (pool.max_waiters)");
        assertThat(third.query(WRITE)).as("no read").hasToString("ok");
        assertThat(third.query(READ + " /* sluice:source */"))
                .as("meant for it")
                .hasToString("rows source");
        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(second.answer().error().message()).endsWith("none ended within 1000 ms (pool.acquire_timeout)");

        second.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        bench.publish(bench.source, bench.replica1);
        assertThat(third.query("SELECT b FROM t"))
                .as("there is a replica again")
                .hasToString("rows replica1");
        bench.source.openConnections().forEach(connection -> {
            if (connection.commands().contains("COM_QUERY " + SLOW)) {
                connection.sayLate(Answer.rows("slow"));
            }
        });
        bench.loop.settle();
        assertThat(first.answer()).hasToString("rows slow");
        assertThat(second.answer()).hasToString("rows replica1");
    }
}
