// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static io.sluice.core.session.SessionBench.UUID;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.backend.FakeServer;
import io.sluice.routing.Reason;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CausalReadTest {
    private static final String WRITE = "INSERT INTO t VALUES (1)";
    private static final String READ = "SELECT a FROM t";
    private static final String WAIT =
            "SELECT WAIT_FOR_EXECUTED_GTID_SET('" + UUID + ":11',0.010),@@global.gtid_executed";
    private static final Answer REACHED = Answer.row("0", UUID + ":1-9");
    private static final Answer MISSED = Answer.row("1", UUID + ":1-9");

    private SessionBench bench = bench(CausalReads.session());

    private static SessionBench bench(CausalReads whose) {
        SessionBench bench = new SessionBench(whose, Duration.ofMillis(10));
        bench.source.on(WRITE, Answer.ok().gtid(UUID + ":11"));
        return bench;
    }

    private void rebuild(CausalReads whose) {
        bench.close();
        bench = bench(whose);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_read_waits_on_the_replica_for_the_sessions_write() {
        bench.replica1.on(WAIT, REACHED);
        TestClient client = bench.client();
        client.query(WRITE);

        assertThat(client.query(READ)).hasToString("rows replica1");

        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + WAIT, "COM_QUERY " + READ);
        assertThat(bench.waits).containsExactly(true);
        assertThat(bench.reasons).endsWith(Reason.READ_AFTER_WAIT);
    }

    @Test
    void what_one_read_has_waited_for_is_there_for_all() {
        bench.replica1.on(WAIT, REACHED);
        TestClient client = bench.client();
        client.query(WRITE);
        client.query(READ);

        assertThat(client.query(READ)).hasToString("rows replica1");
        TestClient other = bench.client();
        other.query(WRITE);
        assertThat(other.query(READ)).hasToString("rows replica1");

        assertThat(bench.waits).containsExactly(true);
    }

    @Test
    void a_read_that_waited_in_vain_goes_to_the_source_and_its_answer_from_the_replica_to_nobody() {
        bench.replica1.on(WAIT, MISSED);
        TestClient client = bench.client();
        client.query(WRITE);

        assertThat(client.query(READ)).hasToString("rows source");
        assertThat(client.query(READ)).hasToString("rows source");

        assertThat(bench.waits).containsExactly(false);
        assertThat(bench.leased()).isZero();
        bench.publish(bench.source, bench.replica1);
        assertThat(client.query(READ)).hasToString("rows source");
        assertThat(bench.waits)
                .as("asked again when the servers were looked at again")
                .containsExactly(false, false);
    }

    @Test
    void a_prepared_read_waits_before_it_is_executed() {
        bench.replica1.on(WAIT, REACHED);
        TestClient client = bench.client();
        int statement = client.prepare(READ).statementId();
        client.query(WRITE);

        assertThat(client.execute(statement, true)).hasToString("rows replica1");
        assertThat(bench.waits).containsExactly(true);
    }

    @Test
    void a_prepared_read_that_waited_in_vain_is_executed_on_the_source_alone() {
        bench.replica1.on(WAIT, MISSED);
        TestClient client = bench.client();
        int statement = client.prepare(READ).statementId();
        client.query(WRITE);

        assertThat(client.execute(statement, true)).hasToString("rows source");
        assertThat(bench.replica1.commands()).noneMatch(command -> command.startsWith("COM_STMT_EXECUTE"));
    }

    @Test
    void the_wait_comes_before_steps_that_may_need_what_was_written() {
        bench.replica1.on(WAIT, REACHED);
        TestClient client = bench.client();
        client.query(WRITE);
        client.query("USE new_one");

        assertThat(client.query(READ)).hasToString("rows replica1");

        assertThat(bench.replica1.commands())
                .containsExactly("COM_QUERY " + WAIT, "COM_INIT_DB new_one", "COM_QUERY " + READ);
    }

    @Test
    void steps_that_fail_after_a_wait_in_vain_are_no_error() {
        bench.replica1.on(WAIT, MISSED).on("new_one", Answer.err(1049, "Unknown database 'new_one'"));
        TestClient client = bench.client();
        client.query(WRITE);
        client.query("USE new_one");
        assertThat(client.query(READ)).hasToString("rows source");

        int statement = client.prepare(READ).statementId();
        bench.publish(bench.source, bench.replica1);
        assertThat(client.execute(statement, true)).hasToString("rows source");
        assertThat(bench.waits).containsExactly(false, false);
    }

    @Test
    void a_replica_that_cannot_wait_or_says_nothing_of_use_proves_nothing() {
        for (Answer odd : new Answer[] {Answer.err(3024, "took too long"), Answer.row("", ""), Answer.rows()}) {
            bench.replica1.once(WAIT, odd);
            TestClient client = bench.client();
            client.query(WRITE);
            assertThat(client.query(READ)).hasToString("rows source");
            bench.publish(bench.source, bench.replica1);
        }
        bench.replica1.once(WAIT, Answer.row("0", "no set"));
        TestClient client = bench.client();
        client.query(WRITE);
        assertThat(client.query(READ)).hasToString("rows replica1");
    }

    @Test
    void a_replica_that_dies_while_it_waits_costs_the_client_nothing() {
        bench.replica1.on(WAIT, REACHED).cut(WAIT, 3);
        TestClient client = bench.client();
        client.query(WRITE);

        assertThat(client.query(READ).toString()).isIn("rows source", "rows replica1");
    }

    @Test
    void by_default_a_session_does_not_wait_for_what_others_wrote() {
        bench.client().query(WRITE);
        assertThat(bench.client().query(READ)).hasToString("rows replica1");
        assertThat(bench.waits).isEmpty();
    }

    @Test
    void with_user_a_read_sees_what_other_sessions_of_the_user_wrote_and_with_global_of_everyone() {
        rebuild(CausalReads.user(0));
        settled(bench);
        bench.as("one").client().query(WRITE);
        assertThat(bench.as("two").client().query(READ)).hasToString("rows replica1");
        assertThat(bench.as("one").client().query(READ)).hasToString("rows source");

        rebuild(CausalReads.global(0));
        settled(bench);
        bench.as("one").client().query(WRITE);
        assertThat(bench.as("two").client().query(READ)).hasToString("rows source");
    }

    @Test
    void a_token_lets_another_session_see_what_this_one_wrote() {
        TestClient writer = bench.client();
        assertThat(writer.query("SELECT sluice_token()")).hasToString("rows ");
        writer.query(WRITE);
        assertThat(writer.query("SELECT sluice_token()")).hasToString("rows " + UUID + ":11");

        TestClient reader = bench.client();
        bench.replica1.on(WAIT, MISSED);
        assertThat(reader.query(READ)).hasToString("rows replica1");
        assertThat(reader.query(READ + " /* sluice:after=" + UUID + ":11 */")).hasToString("rows source");
        assertThat(reader.query(READ)).as("from then on").hasToString("rows source");
    }

    @Test
    void a_token_of_a_write_without_gtid_means_all_that_the_source_has() {
        bench.source.on("UPDATE t SET a = 2", Answer.err(1205, "Lock wait timeout"));
        TestClient writer = bench.client();
        writer.query("UPDATE t SET a = 2");
        assertThat(writer.query("SELECT sluice_token()")).hasToString("rows *");
        assertThat(bench.client().query(READ + " /* sluice:after=* */")).hasToString("rows source");
    }

    @Test
    void a_word_that_is_no_token_is_an_error_and_the_session_goes_on() {
        TestClient client = bench.client();
        assertThat(client.query(READ + " /* sluice:after=yesterday */").toString())
                .startsWith("error 9514");
        assertThat(client.query(READ)).hasToString("rows replica1");
    }

    @Test
    void with_off_not_even_the_own_writes_matter() {
        rebuild(CausalReads.off());
        TestClient client = bench.client();
        client.query(WRITE);
        assertThat(client.query(READ)).hasToString("rows replica1");
    }

    @Test
    void after_a_start_reads_for_others_writes_need_a_look_at_the_source_first() {
        rebuild(CausalReads.global(bench.loop.nanos() + Duration.ofMillis(400).toNanos()));
        TestClient client = bench.client();
        assertThat(client.query(READ)).hasToString("rows source");
        settled(bench);
        assertThat(client.query(READ)).hasToString("rows replica1");
    }

    /** The monitor has looked since the start. */
    private static void settled(SessionBench bench) {
        bench.loop.advance(Duration.ofMillis(500));
        FakeServer source = bench.source;
        bench.publish(source, bench.replica1);
    }
}
