// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import static io.sluice.core.failover.Stage.A;
import static io.sluice.core.failover.Stage.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.session.InterruptedWrite;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.core.session.SlotNumbers;
import io.sluice.core.session.TableShape;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutcomeProofTest {
    private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    private volatile Topology topology = source(A);
    private volatile GtidSet executed = GtidSet.parse(UUID + ":1-9:t_1:1-4");
    private volatile boolean appliedAll = true;
    private volatile boolean ended = true;
    private volatile boolean reachable = true;
    private volatile String state = "08S01";
    private final Map<String, TableShape> described = new ConcurrentHashMap<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final OutcomeProof proof =
            new OutcomeProof(() -> topology, Testimony::new, Duration.ofSeconds(20), System::nanoTime, null);

    @AfterEach
    void close() {
        proof.close();
    }

    @Test
    void a_number_above_the_known_one_is_the_write() throws Exception {
        topology = source(B);
        assertThat(ask(proof, 3).get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.COMMITTED);
        assertThat(ask(proof, 4).get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.NOT_COMMITTED);
    }

    @Test
    void a_new_source_is_believed_once_it_has_executed_what_it_had_received() throws Exception {
        topology = source(B);
        appliedAll = false;
        CompletableFuture<Outcome> outcome = ask(proof, 4);
        awaitLooks(2);
        assertThat(outcome).isNotDone();
        executed = GtidSet.parse(UUID + ":1-9:t_1:1-5");
        appliedAll = true;
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void the_same_server_is_believed_once_the_connection_is_gone_there() throws Exception {
        ended = false;
        CompletableFuture<Outcome> outcome = ask(proof, 4);
        awaitLooks(2);
        assertThat(outcome).isNotDone();
        ended = true;
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.NOT_COMMITTED);
    }

    @Test
    void without_a_source_or_while_it_cannot_be_reached_everybody_waits() throws Exception {
        topology = Topology.EMPTY;
        CompletableFuture<Outcome> outcome = ask(proof, 4);
        reachable = false;
        topology = source(B);
        awaitLooks(1);
        assertThat(outcome).isNotDone();
        reachable = true;
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.NOT_COMMITTED);
    }

    @Test
    void nobody_waits_for_ever() throws Exception {
        topology = Topology.EMPTY;
        try (OutcomeProof hasty =
                new OutcomeProof(() -> topology, Testimony::new, Duration.ofMillis(30), System::nanoTime, null)) {
            assertThat(ask(hasty, 4).get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.UNKNOWN);
        }
        proof.close();
        assertThat(ask(proof, 4).get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void tables_are_described_once_there_is_a_source() throws Exception {
        TableShape shape = new TableShape(List.of());
        described.put("app.t", shape);
        assertThat(describe("t").get(10, TimeUnit.SECONDS)).isSameAs(shape);
        assertThat(describe("u").get(10, TimeUnit.SECONDS)).isNull();
        topology = Topology.EMPTY;
        reachable = false;
        CompletableFuture<@Nullable TableShape> late = describe("t");
        topology = source(B);
        awaitLooks(2);
        assertThat(late).isNotDone();
        reachable = true;
        assertThat(late.get(10, TimeUnit.SECONDS)).isSameAs(shape);
    }

    @Test
    void a_table_is_not_waited_for_where_the_server_refuses_or_time_is_over() throws Exception {
        described.put("app.t", new TableShape(List.of()));
        reachable = false;
        state = "28000";
        assertThat(describe("t").get(10, TimeUnit.SECONDS)).isNull();
        topology = Topology.EMPTY;
        try (OutcomeProof hasty =
                new OutcomeProof(() -> topology, Testimony::new, Duration.ofMillis(30), System::nanoTime, null)) {
            CompletableFuture<@Nullable TableShape> shape = new CompletableFuture<>();
            hasty.describe("app", "t", 0, shape::complete);
            assertThat(shape.get(10, TimeUnit.SECONDS)).isNull();
        }
    }

    private CompletableFuture<@Nullable TableShape> describe(String table) {
        CompletableFuture<@Nullable TableShape> shape = new CompletableFuture<>();
        proof.describe("app", table, 0, shape::complete);
        return shape;
    }

    private static CompletableFuture<Outcome> ask(OutcomeProof proof, long known) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        proof.judge(
                new InterruptedWrite(A, UUID, "t_1", numbers(UUID + ":t_1:1-" + known), 17, 0, 0), outcome::complete);
        return outcome;
    }

    private static SlotNumbers numbers(String gtids) {
        return SlotNumbers.ofTag(GtidSet.parse(gtids), UUID, "t_1");
    }

    private void awaitLooks(int more) throws InterruptedException {
        int target = looks.get() + more;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (looks.get() < target) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static Topology source(BackendAddress address) {
        Member member = new Member(address, 1, Role.SOURCE, true, null, "", null, GtidSet.EMPTY, 0, "");
        return new Topology(1, List.of(member), "");
    }

    private final class Testimony implements OutcomeProof.Witness {
        Testimony(Member server) throws SQLException {
            looks.incrementAndGet();
            if (!reachable) {
                throw new SQLException("refused", state);
            }
        }

        @Override
        public boolean hasAppliedAll() {
            return appliedAll;
        }

        @Override
        public boolean hasEnded(InterruptedWrite write, Duration sinceAlive) {
            return ended;
        }

        @Override
        public OutcomeProof.Ledger ledger() {
            return (write, sameServer, since) ->
                    numbers(executed.toString()).exceed(write.known()) ? Outcome.COMMITTED : Outcome.NOT_COMMITTED;
        }

        @Override
        public @Nullable TableShape describe(String schema, String table, Duration unchangedFor) {
            return described.get(schema + "." + table);
        }

        @Override
        public void close() {}
    }
}
