// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.PoolBench.User;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever waits is waited for: by a connection on its way, or by a wish for a permit that is heard. */
class WaitingRequestsTest {
    private static final ConnectFailure REFUSED = new ConnectFailure("refused", null);

    private PoolBench bench = new PoolBench(2, 1, 10);
    private BackendPool pool = bench.pool();

    private void rebuild(int limit, int loops) {
        bench.close();
        bench = new PoolBench(limit, loops, 10);
        pool = bench.pool();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void what_is_outdated_once_it_is_open_is_opened_again_for_who_waits() {
        bench.server.holdConnects(true);
        User user = bench.user().ask(pool);
        pool.outdate();
        bench.server.holdConnects(false);
        bench.loop.settle();

        assertThat(user.has()).isTrue();
        assertThat(bench.server.connections()).hasSize(2);
        assertThat(bench.server.openConnections()).hasSize(1);
        assertThat(bench.counters.waiting.sum()).isZero();
        user.release();
    }

    @Test
    void who_lost_a_connection_to_an_earlier_request_waits_for_the_one_that_was_opened_for_it() {
        bench.server.holdConnects(true);
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);
        pool.cancel(first);
        User third = bench.user().ask(pool);
        bench.server.holdConnects(false);
        bench.loop.settle();

        assertThat(second.has()).isTrue();
        assertThat(third.has()).isTrue();
        assertThat(bench.server.connections()).hasSize(2);
        second.release();
        third.release();
    }

    @Test
    void who_was_overtaken_gets_the_connection_of_who_overtook_it() {
        bench.server.holdConnects(true);
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);

        bench.server.letConnect(1);
        bench.loop.settle();
        assertThat(first.has()).isTrue();
        bench.server.holdConnects(false);
        bench.loop.settle();

        assertThat(second.has()).isTrue();
        first.release();
        second.release();
    }

    @Test
    void who_was_overtaken_learns_that_the_other_connect_failed() {
        bench.server.holdConnects(true);
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);

        bench.server.letConnect(1);
        bench.loop.settle();
        bench.server.refuse(REFUSED);
        bench.server.letConnect(0);
        bench.loop.settle();

        assertThat(second.failures).containsExactly(REFUSED);
        first.release();
    }

    @Test
    void one_who_waits_inherits_the_connection_of_one_who_gave_up_even_if_it_fails() {
        rebuild(1, 1);
        bench.server.holdConnects(true);
        User gone = bench.user().ask(pool);
        User next = bench.user().ask(pool);
        pool.cancel(gone);
        bench.server.refuse(REFUSED);
        bench.server.letConnect(0);
        bench.loop.settle();

        assertThat(next.failures).containsExactly(REFUSED);
    }

    @Test
    void a_connection_that_is_of_no_use_to_those_whose_own_is_on_its_way_stays() {
        User other = bench.userOf(PoolBench.key(8)).ask(pool);
        bench.server.holdConnects(true);
        User user = bench.user().ask(pool);

        other.release();
        bench.server.holdConnects(false);
        bench.loop.settle();

        assertThat(bench.server.openConnections()).hasSize(2);
        user.release();
    }

    @Test
    void a_permit_given_up_for_another_pool_is_not_taken_again_for_an_own_request() {
        rebuild(2, 2);
        BackendPool other = bench.pool();
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);
        User own = bench.user().ask(pool);
        pool.cancel(own); // its wish is withdrawn, so that the other pool's is the oldest
        User waiter = bench.user().ask(other);
        own.ask(pool);

        first.release();
        assertThat(waiter.has()).isTrue();
        assertThat(own.has()).isFalse();
        second.release();
        assertThat(own.has()).isTrue();
        own.release();
        waiter.release();
    }

    @Test
    void a_permit_that_came_too_late_for_one_pool_goes_to_the_next_that_wants_one() {
        rebuild(1, 3);
        BackendPool second = bench.pool();
        BackendPool third = bench.pool();
        User holder = bench.user().ask(pool);
        User late = bench.user().ask(second);
        User waiter = bench.user().ask(third);

        holder.whenLost = () -> second.cancel(late); // after its permit was promised to the second pool
        bench.server.connection(0).close();
        bench.loop.advance(Duration.ofMillis(10));

        assertThat(waiter.has()).isTrue();
        waiter.release();
    }
}
