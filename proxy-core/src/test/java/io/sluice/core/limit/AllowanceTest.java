// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.sluice.core.config.LimitSettings;
import io.sluice.core.config.LimitSettings.Distinct;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowanceTest {
    private static final Statement READ = classified("SELECT a FROM t");

    private final AtomicLong now = new AtomicLong(-5);

    private static Statement classified(String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return new StatementClassifier().classify(text, 0, text.length, LexContext.DEFAULT);
    }

    private static LimitSettings settings(Set<Distinct> per, int rate, int burst, int concurrency, int queue) {
        return new LimitSettings("l", null, null, null, per, rate, burst, concurrency, queue, Duration.ofSeconds(1));
    }

    private static Allowance allowance(Limit limit, String user) {
        return limit.allowance(user, null, READ);
    }

    @Test
    void a_rate_allows_a_burst_and_then_its_share_of_each_moment() {
        Limit limit = new Limit(settings(Set.of(), 10, 3, 0, 0), now::get);
        for (int i = 0; i < 3; i++) {
            assertThat(allowance(limit, "u").enter()).isTrue();
        }
        assertThat(allowance(limit, "u").enter()).isFalse();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(99));
        assertThat(allowance(limit, "u").enter()).isFalse();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(allowance(limit, "u").enter()).isTrue();
        assertThat(allowance(limit, "u").enter()).isFalse();
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        for (int i = 0; i < 3; i++) {
            assertThat(allowance(limit, "u").enter()).isTrue();
        }
        assertThat(allowance(limit, "u").enter())
                .as("no more than a burst after a pause")
                .isFalse();
    }

    @Test
    void those_that_enter_anyway_make_others_wait_but_not_for_ever() {
        Limit limit = new Limit(settings(Set.of(), 1, 1, 0, 0), now::get);
        for (int i = 0; i < 1000; i++) {
            allowance(limit, "u").enterAnyway();
        }
        assertThat(limit.running()).isEqualTo(1000);
        assertThat(allowance(limit, "u").enter()).isFalse();
        now.addAndGet(TimeUnit.SECONDS.toNanos(3));
        assertThat(allowance(limit, "u").enter()).isTrue();
    }

    @Test
    void forgets_values_that_nobody_uses_and_counts_the_rest_together() {
        Limit limit = new Limit(settings(Set.of(Distinct.USER), 0, 1, 1, 0), now::get);
        List<Allowance> busy = new ArrayList<>();
        for (int i = 0; i < Limit.VALUES_MAX; i++) {
            Allowance one = allowance(limit, "user" + i);
            assertThat(one.enter()).isTrue();
            busy.add(one);
        }
        assertThat(allowance(limit, "one more").enter()).isTrue();
        assertThat(allowance(limit, "another").enter())
                .as("together with the one before")
                .isFalse();
        busy.subList(1, busy.size()).forEach(Allowance::leave);
        now.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(allowance(limit, "another").enter()).isTrue();
        assertThat(limit.running()).isEqualTo(3);
        assertThat(allowance(limit, "user0").enter())
                .as("kept, as it is in use")
                .isFalse();
    }

    @Test
    void never_lets_more_in_than_may_and_lets_everybody_in_over_many_loops() throws InterruptedException {
        int loops = 4;
        int visitors = 20;
        int rounds = 50;
        Limit limit = new Limit(settings(Set.of(), 0, 1, 2, 60), System::nanoTime);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch left = new CountDownLatch(loops * visitors * rounds);
        List<EventLoop> all = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            all.add(new DefaultEventLoop());
        }
        for (EventLoop loop : all) {
            for (int i = 0; i < visitors; i++) {
                loop.execute(() -> new Visitor(limit, loop, inside, most, left).visit(rounds));
            }
        }
        assertThat(left.await(20, TimeUnit.SECONDS)).as("everybody has been in").isTrue();
        all.forEach(loop -> loop.shutdownGracefully(0, 1, TimeUnit.SECONDS));
        assertThat(most.get()).isEqualTo(2);
        assertThat(limit.running()).isZero();
        assertThat(limit.waiting()).isZero();
        assertThat(limit.enteredAtOnce() + limit.enteredAfterWait()).isEqualTo((long) loops * visitors * rounds);
    }

    /** Comes so often, and again if the queue is full; stays inside until its loop has done what else there is. */
    private record Visitor(Limit limit, EventLoop loop, AtomicInteger inside, AtomicInteger most, CountDownLatch left) {
        void visit(int times) {
            Allowance allowance = allowance(limit, "u");
            if (allowance.enter()) {
                stay(allowance, times);
            } else if (allowance.await(loop, turn -> stay(turn.allowance(), times)) == null) {
                loop.execute(() -> visit(times));
            }
        }

        private void stay(Allowance allowance, int times) {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            loop.execute(() -> {
                inside.decrementAndGet();
                allowance.leave();
                left.countDown();
                if (times > 1) {
                    visit(times - 1);
                }
            });
        }
    }
}
