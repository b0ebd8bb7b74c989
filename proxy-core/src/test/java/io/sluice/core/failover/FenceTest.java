// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import static io.sluice.core.failover.Stage.A;
import static io.sluice.core.failover.Stage.B;
import static io.sluice.core.failover.Stage.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.WritableRivals;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** B takes writes beside the source A, as far as it goes. */
class FenceTest {
    private static final WritableRivals B_BESIDE_A = new WritableRivals(A, Set.of(B));
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Stage stage = new Stage();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private long now;
    private int fenced;
    private final Fence fence = new Fence(stage, PATIENCE, () -> now, (delay, task) -> later.add(task), () -> fenced++);

    /** The next plan comes due. */
    private void pass(Duration time) {
        now += time.toNanos();
        later.remove().run();
    }

    @Test
    void makes_a_rival_read_only_that_stays_one() {
        stage.writable.add(B);
        fence.observe(B_BESIDE_A);
        fence.observe(B_BESIDE_A);
        assertThat(later).as("planned once").hasSize(1);
        assertThat(stage.writable).contains(B);
        pass(PATIENCE);
        assertThat(stage.writable).containsExactly(A);
        assertThat(fenced).isEqualTo(1);
        fence.observe(WritableRivals.NONE);
        pass(PATIENCE);
        assertThat(later).as("nothing is left to do").isEmpty();
        assertThat(stage.deeds).containsOnlyOnce("b freeze");
    }

    @Test
    void does_nothing_about_what_has_passed() {
        stage.writable.add(B);
        fence.observe(B_BESIDE_A);
        fence.observe(WritableRivals.NONE);
        pass(PATIENCE);
        assertThat(stage.deeds).isEmpty();
        fence.observe(B_BESIDE_A);
        fence.observe(new WritableRivals(C, Set.of(B)));
        now -= 1;
        pass(PATIENCE);
        assertThat(stage.deeds)
                .as("beside that source it has not stood so long")
                .isEmpty();
    }

    @Test
    void never_touches_the_source_that_stepped_down_meanwhile() {
        stage.writable.remove(A);
        stage.writable.add(B);
        fence.observe(B_BESIDE_A);
        pass(PATIENCE);
        assertThat(stage.writable).containsExactly(B);
        assertThat(fenced).isZero();
    }

    @Test
    void takes_it_back_if_the_source_steps_down_at_that_moment() {
        stage.writable.add(B);
        stage.atFreeze = () -> stage.writable.remove(A);
        fence.observe(B_BESIDE_A);
        pass(PATIENCE);
        assertThat(stage.writable).containsExactly(B);
    }

    @Test
    void leaves_alone_what_is_the_source_by_another_name() {
        stage.writable.add(B);
        stage.identities.put(B, "a");
        fence.observe(B_BESIDE_A);
        pass(PATIENCE);
        assertThat(stage.writable).contains(A, B);
        assertThat(fenced).isZero();
    }

    @Test
    void tries_again_where_it_was_refused() {
        stage.writable.add(B);
        stage.failing = "b freeze";
        fence.observe(B_BESIDE_A);
        pass(PATIENCE);
        assertThat(stage.writable).contains(B);
        assertThat(fenced).isZero();
        stage.failing = null;
        pass(Duration.ofSeconds(5));
        assertThat(stage.writable).containsExactly(A);
        assertThat(fenced).isEqualTo(1);
    }

    @Test
    void tries_again_after_a_mistake_of_its_own() {
        stage.writable.add(B);
        ServerOrders.Factory failingAtFirst = server -> {
            if (now < 2 * PATIENCE.toNanos()) {
                throw new IllegalStateException("made on purpose");
            }
            return stage.at(server);
        };
        new Fence(failingAtFirst, PATIENCE, () -> now, (delay, task) -> later.add(task), () -> fenced++)
                .observe(B_BESIDE_A);
        pass(PATIENCE);
        assertThat(stage.writable).contains(B);
        pass(Duration.ofSeconds(5));
        assertThat(stage.writable).containsExactly(A);
        assertThat(fenced).isEqualTo(1);
    }

    @Test
    void does_nothing_when_the_source_cannot_be_asked() {
        stage.writable.add(B);
        stage.failing = "at a";
        fence.observe(B_BESIDE_A);
        pass(PATIENCE);
        assertThat(stage.writable).contains(B);
    }
}
