// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import static io.sluice.core.failover.Stage.A;
import static io.sluice.core.failover.Stage.B;
import static io.sluice.core.failover.Stage.C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.failover.ServerOrders.ReplicationAccount;
import io.sluice.core.view.OpenWork;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerControl.Step;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwitchoverTest {
    private final Stage stage = new Stage();

    @Test
    void the_source_is_closed_before_the_candidate_is_opened_and_the_others_follow() throws Refused {
        List<Step> steps = to(B, false);
        assertThat(stage.deeds)
                .containsExactly(
                        "withhold a",
                        "a freeze",
                        "a position",
                        "b reach all",
                        "b beyond all",
                        "b stop",
                        "b forget",
                        "b thaw",
                        "release a",
                        "c follow b",
                        "a follow b as repl");
        assertThat(steps).allMatch(step -> step.result().equals("ok")).hasSize(7);
        assertThat(stage.writable).containsExactly(B);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a freeze", "a position", "b reach all", "b beyond all", "b stop"})
    void until_the_candidate_has_stopped_to_replicate_a_failure_leaves_things_as_they_were(String failing) {
        stage.failing = failing;
        assertThatThrownBy(() -> to(B, false))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("given up, a:3306 goes on: 1227 refused: " + failing);
        assertThat(stage.writable).containsExactly(A);
        assertThat(stage.replicating).containsExactlyInAnyOrder(B, C);
        assertThat(stage.deeds).contains("release a").doesNotContain("c follow b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b forget", "b thaw"})
    void from_then_on_a_failure_makes_no_second_server_writable_and_says_what_to_do(String failing) {
        stage.failing = failing;
        assertThatThrownBy(() -> to(B, false))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("a:3306 is read-only")
                .hasMessageContaining("on b:3306, run RESET REPLICA ALL and SET GLOBAL read_only=0");
        assertThat(stage.writable).isEmpty();
        assertThat(stage.deeds).contains("release a").doesNotContain("a thaw");
    }

    @Test
    void a_candidate_that_does_not_catch_up_or_has_more_than_the_source_is_refused() {
        stage.catchesUp = false;
        assertThatThrownBy(() -> to(B, false)).hasMessageContaining("did not get everything within 50 ms");
        stage.catchesUp = true;
        stage.errant = "uuid:1-3";
        assertThatThrownBy(() -> to(B, false)).hasMessageContaining("transactions that the source has not: uuid:1-3");
        assertThat(stage.writable).containsExactly(A);
    }

    @Test
    void who_does_not_let_go_of_the_source_in_time_is_named_and_nothing_is_changed() {
        stage.open.add(new OpenWork(7, "app", "a transaction"));
        assertThatThrownBy(() -> to(B, false))
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining("session 7 of app (a transaction)")
                .hasMessageContaining("FORCE");
        assertThat(stage.deeds).containsExactly("withhold a", "release a");
    }

    @Test
    void who_does_not_let_go_is_cut_off_by_force() throws Refused {
        stage.open.add(new OpenWork(7, "app", "a transaction"));
        assertThat(to(B, true)).anyMatch(step -> step.what().equals("cut off session 7 of app (a transaction)"));
        assertThat(stage.deeds).startsWith("withhold a", "abandon a", "a freeze");
        assertThat(stage.writable).containsExactly(B);
    }

    @Test
    void what_cannot_work_is_refused_before_anything_is_touched() {
        assertThatThrownBy(() -> to(A, false)).hasMessageContaining("is the source already");
        assertThatThrownBy(() -> to(BackendAddress.parse("d"), false))
                .hasMessageContaining("not a server that Sluice knows");
        stage.replicating.remove(B);
        assertThatThrownBy(() -> to(B, false)).hasMessageContaining("does not replicate");
        stage.failing = "at c";
        assertThatThrownBy(() -> to(C, false)).hasMessageContaining("does not let the monitor's account in");
        stage.lag = Duration.ofSeconds(60);
        assertThatThrownBy(() -> to(C, false)).hasMessageContaining("60000 ms behind");
        stage.lag = null;
        assertThatThrownBy(() -> to(C, false)).hasMessageContaining("an unknown time behind");
        assertThat(stage.deeds).isEmpty();
    }

    @Test
    void a_replica_that_cannot_follow_is_reported_and_holds_nothing_up() throws Refused {
        stage.failing = "c follow b";
        assertThat(to(B, false))
                .contains(new Step("c:3306 follows", "failed: 1227 refused: c follow b", 0))
                .last()
                .isEqualTo(new Step("a:3306 follows", "ok", 0));
    }

    private List<Step> to(BackendAddress candidate, boolean force) throws Refused {
        Switchover.Limits limits = new Switchover.Limits(Duration.ofMillis(50), Duration.ofMillis(50));
        long[] now = {0};
        // Only waiting makes time pass: the result does not depend on the machine.
        return new Switchover(
                        stage,
                        stage,
                        limits,
                        new ReplicationAccount("repl", "secret"),
                        () -> stage.open.isEmpty() ? 0 : (now[0] += 10_000_000),
                        candidate)
                .run(force);
    }
}
