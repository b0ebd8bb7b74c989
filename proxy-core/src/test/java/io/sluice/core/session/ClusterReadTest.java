// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.backend.FakeServer;
import io.sluice.protocol.CommandCode;
import io.sluice.routing.Reason;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads of sessions that have written in a Galera cluster. */
class ClusterReadTest {
    private static final String WRITE = "INSERT INTO t VALUES (1)";
    private static final String READ = "SELECT a FROM t";
    private static final String WAIT =
            "SET STATEMENT wsrep_sync_wait=1,wsrep_dirty_reads=0 FOR SELECT @@session.wsrep_on";
    private static final Duration MOST = Duration.ofMillis(10);

    private final SessionBench bench = new SessionBench(CausalReads.session(), MOST);
    private final FakeServer first = bench.source;
    private final FakeServer second = bench.replica1;

    @BeforeEach
    void form() {
        for (FakeServer node : List.of(first, second)) {
            node.on(WRITE, Answer.ok().variable("last_gtid", "0-1-11")).on(WAIT, Answer.row("1"));
        }
        publish(first, second);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** The first is the source. */
    private void publish(FakeServer... nodes) {
        bench.loop.advance(Duration.ofMillis(10));
        List<Member> members = new ArrayList<>();
        for (FakeServer node : nodes) {
            members.add(new Member(
                    node.address(),
                    1,
                    members.isEmpty() ? Role.SOURCE : Role.REPLICA,
                    true,
                    ServerVersion.parse("10.11.6-MariaDB"),
                    "",
                    Duration.ZERO,
                    GtidSet.parse(members.isEmpty() ? "0-1-20" : ""),
                    bench.loop.nanos(),
                    "",
                    0,
                    true,
                    false,
                    true));
        }
        bench.publish(members);
        bench.loop.advance(Duration.ofMillis(10));
    }

    @Test
    void a_read_waits_on_another_node_until_that_has_what_the_session_wrote() {
        TestClient client = bench.client();
        client.query(WRITE);
        bench.loop.advance(Duration.ofMillis(10));

        assertThat(client.query(READ)).hasToString("rows replica1");
        assertThat(client.query(READ)).hasToString("rows replica1");

        assertThat(second.commands())
                .as("the second needs no wait")
                .containsExactly("COM_QUERY " + WAIT, "COM_QUERY " + READ, "COM_QUERY " + READ);
        assertThat(bench.waits).containsExactly(true);
        assertThat(bench.reasons).endsWith(Reason.READ_AFTER_WAIT, Reason.READ_ON_REPLICA);
    }

    @Test
    void a_write_after_the_wait_needs_another_one() {
        TestClient client = bench.client();
        for (int i = 0; i < 2; i++) {
            client.query(WRITE);
            bench.loop.advance(Duration.ofMillis(10));
            assertThat(client.query(READ)).hasToString("rows replica1");
            bench.loop.advance(Duration.ofMillis(10));
        }
        assertThat(bench.waits).containsExactly(true, true);
    }

    @Test
    void a_session_that_only_reads_does_not_wait() {
        assertThat(bench.client().query(READ)).hasToString("rows replica1");
        assertThat(bench.waits).isEmpty();
    }

    @Test
    void a_node_that_says_nothing_for_too_long_is_left_and_the_answer_comes_from_the_source() {
        TestClient client = bench.client();
        client.query(READ);
        client.query(WRITE);
        second.hold(true);
        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        assertThat(second.openConnections()).hasSize(1);
        bench.loop.advance(MOST.multipliedBy(2));

        assertThat(client.answer()).hasToString("rows source");
        assertThat(second.openConnections()).as("of which a wait is left").isEmpty();
        assertThat(bench.leased()).isZero();
        assertThat(bench.suspected).isEmpty();
        assertThat(bench.waits).containsExactly(false);
        second.hold(false);
        assertThat(client.query(READ)).hasToString("rows source");
        publish(first, second);
        assertThat(client.query(READ)).hasToString("rows source");
        assertThat(bench.waits).as("not asked again so soon").containsExactly(false);
        assertThat(bench.client().query(READ)).as("of another session").hasToString("rows replica1");
    }

    @Test
    void so_is_a_prepared_read() {
        TestClient client = bench.client();
        int statement = client.prepare(READ).statementId();
        client.execute(statement, true);
        client.query(WRITE);
        second.hold(true);
        client.sendExecute(statement, true);
        bench.loop.advance(MOST.multipliedBy(2));
        assertThat(client.answer()).hasToString("rows source");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void nothing_is_read_where_the_wait_fails_or_was_none() {
        for (Answer odd : new Answer[] {Answer.err(1205, "Lock wait timeout"), Answer.row("0")}) {
            second.once(WAIT, odd);
            TestClient client = bench.client();
            client.query(WRITE);
            assertThat(client.query(READ)).hasToString("rows source");
            bench.loop.advance(Duration.ofSeconds(6));
            publish(first, second);
        }
    }

    @Test
    void a_client_that_goes_while_it_waits_leaves_nothing() {
        TestClient client = bench.client();
        client.query(READ);
        client.query(WRITE);
        second.hold(true);
        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        client.close();
        bench.loop.advance(MOST.multipliedBy(2));
        second.hold(false);
        bench.loop.advance(Duration.ofSeconds(1));
        assertThat(bench.leased()).isZero();
        assertThat(bench.waits).isEmpty();
    }

    @Test
    void another_node_that_takes_the_writes_over_catches_up_first() {
        TestClient client = bench.client();
        client.query(WRITE);
        publish(second, first);

        client.query("BEGIN");
        assertThat(client.query(READ)).hasToString("rows replica1");
        client.query("COMMIT");

        assertThat(second.commands().subList(0, 3))
                .containsExactly("COM_QUERY " + WAIT, "COM_QUERY BEGIN", "COM_QUERY " + READ);
    }

    @Test
    void a_node_that_takes_the_writes_over_and_cannot_catch_up_holds_them() {
        TestClient client = bench.client();
        client.query(WRITE);
        publish(second);
        second.once(WAIT, Answer.err(1205, "Lock wait timeout"));

        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        assertThat(bench.suspected).contains("replica1");
        bench.loop.advance(Duration.ofMillis(1500));
        assertThat(client.answer()).hasToString("rows replica1");
        assertThat(bench.waits).containsExactly(false, true);
    }

    @Test
    void a_node_that_takes_the_writes_over_and_says_nothing_is_given_up_in_the_end() {
        TestClient client = bench.client();
        client.query(READ);
        client.query(WRITE);
        publish(second);
        second.hold(true);
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.advance(SessionBench.HOLD.multipliedBy(4));
        assertThat(client.answer()).hasToString("error 9503");
        assertThat(second.commands()).doesNotContain("COM_QUERY " + WRITE);
    }

    @Test
    void a_write_whose_node_is_unknown_needs_a_wait_everywhere() {
        TestClient client = bench.client();
        assertThat(client.query(READ + " /* sluice:after=* */")).hasToString("rows replica1");
        client.query(WRITE);
        assertThat(client.query("SELECT sluice_token()")).hasToString("rows *");
        assertThat(bench.waits).containsExactly(true, true);
        assertThat(first.commands()).startsWith("COM_QUERY " + WAIT, "COM_QUERY " + WRITE);
    }
}
