// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.PoolBench.User;
import io.sluice.protocol.SqlError;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackendPoolTest {
    private PoolBench bench = new PoolBench(2, 1, 10);
    private BackendPool pool = bench.pool();

    private void rebuild(int limit, int loops, int maxWaiters) {
        bench.close();
        bench = new PoolBench(limit, loops, maxWaiters);
        pool = bench.pool();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void opens_a_connection_for_the_first_and_lends_it_to_the_next() {
        User first = bench.user().ask(pool);
        BackendConnection connection = first.connection();
        first.release();
        User second = bench.user().ask(pool);

        assertThat(second.connection()).isSameAs(connection);
        assertThat(bench.server.connections()).hasSize(1);
        assertThat(bench.counters.leased.sum()).isEqualTo(1);
        second.release();
    }

    @Test
    void lends_the_connection_first_that_came_back_last() {
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);
        BackendConnection last = second.connection();
        first.release();
        second.release();

        User third = bench.user().ask(pool);

        assertThat(third.connection()).isSameAs(last);
        third.release();
    }

    @Test
    void prefers_an_idle_connection_in_the_state_of_the_request() {
        User first = bench.user("a").ask(pool);
        User second = bench.user("b").ask(pool);
        first.connection().setSchema("a");
        second.connection().setSchema("b");
        BackendConnection withA = first.connection();
        first.release();
        second.release();

        User third = bench.user("a").ask(pool);

        assertThat(third.connection()).isSameAs(withA);
        third.release();
    }

    @Test
    void serves_waiters_in_the_order_in_which_they_came() {
        rebuild(1, 1, 10);
        User holder = bench.user().ask(pool);
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);

        holder.release();
        assertThat(first.has()).isTrue();
        assertThat(second.has()).isFalse();
        first.release();
        assertThat(second.has()).isTrue();
        second.release();
        assertThat(bench.server.connections()).hasSize(1);
    }

    @Test
    void a_cancelled_request_gets_nothing() {
        rebuild(1, 1, 10);
        User holder = bench.user().ask(pool);
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);

        assertThat(pool.cancel(first)).isTrue();
        assertThat(pool.cancel(first)).isFalse();
        holder.release();

        assertThat(first.has()).isFalse();
        assertThat(second.has()).isTrue();
        second.release();
    }

    @Test
    void a_connection_opened_for_a_request_that_was_cancelled_stays_for_others() {
        bench.server.holdConnects(true);
        User gone = bench.user().ask(pool);
        pool.cancel(gone);
        bench.server.holdConnects(false);
        bench.loop.settle();

        assertThat(gone.has()).isFalse();
        User next = bench.user().askOnly(pool);
        assertThat(next.has()).isTrue();
        assertThat(bench.server.connections()).hasSize(1);
        next.release();
    }

    @Test
    void two_pools_share_the_permits_and_one_hands_over_to_the_other() {
        rebuild(2, 2, 10);
        BackendPool other = bench.pool();
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);
        User waiter = bench.user().ask(other);
        assertThat(waiter.has()).isFalse();

        first.release();

        assertThat(waiter.has()).isTrue();
        assertThat(bench.permits.used()).isEqualTo(2);
        second.release();
        waiter.release();
    }

    @Test
    void a_pool_gives_up_an_idle_connection_when_another_has_run_dry() {
        rebuild(1, 2, 10);
        BackendPool other = bench.pool();
        bench.user().ask(pool).release();
        User waiter = bench.user().ask(other);
        assertThat(waiter.has()).isTrue();
        waiter.release();
    }

    @Test
    void a_pool_does_not_close_idle_connections_for_wishes_that_were_met() {
        rebuild(1, 1, 10);
        User holder = bench.user().ask(pool);
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);
        holder.release();
        first.release();
        second.release();

        User next = bench.user().askOnly(pool);

        assertThat(next.has()).isTrue();
        assertThat(bench.server.connections()).as("connections opened").hasSize(1);
        next.release();
    }

    @Test
    void a_pool_with_more_than_its_share_keeps_connections_that_only_it_wants() {
        rebuild(4, 2, 10);
        User[] holders = new User[4];
        for (int i = 0; i < 4; i++) {
            holders[i] = bench.user().ask(pool);
        }
        User waiter = bench.user().ask(pool);

        holders[0].release();

        assertThat(waiter.has()).isTrue();
        assertThat(bench.server.connections()).as("connections opened").hasSize(4);
        for (int i = 1; i < 4; i++) {
            holders[i].release();
        }
        waiter.release();
    }

    @Test
    void takes_the_oldest_lingering_connection_when_nothing_else_is_left() {
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);
        BackendConnection oldest = first.connection();
        first.linger();
        second.linger();

        User third = bench.user().askOnly(pool);

        assertThat(third.connection()).isSameAs(oldest);
        assertThat(first.events).containsExactly("lingering ended");
        assertThat(second.events).isEmpty();
        second.connection().reclaim();
        second.release();
        third.release();
    }

    @Test
    void opens_another_connection_rather_than_take_a_lingering_one() {
        User first = bench.user().ask(pool);
        first.linger();

        User second = bench.user().ask(pool);

        assertThat(second.connection()).isNotSameAs(first.connection());
        assertThat(first.events).isEmpty();
        second.release();
    }

    @Test
    void nothing_lingers_while_somebody_waits() {
        rebuild(1, 1, 10);
        User holder = bench.user().ask(pool);
        User waiter = bench.user().ask(pool);

        holder.linger();

        assertThat(holder.events).containsExactly("lingering ended");
        assertThat(waiter.has()).isTrue();
        waiter.release();
    }

    @Test
    void closes_what_has_been_idle_for_too_long() {
        User user = bench.user().ask(pool);
        user.release();

        pool.tidy();
        assertThat(bench.server.openConnections()).hasSize(1);
        bench.loop.advance(PoolBench.MAX_IDLE.plusSeconds(1));
        pool.tidy();
        bench.loop.settle();

        assertThat(bench.server.openConnections()).isEmpty();
        assertThat(bench.server.connections()).allMatch(FakeConnection::hasQuit);
        assertThat(bench.permits.used()).isZero();
    }

    @Test
    void a_long_lease_does_not_count_as_idle_time() {
        bench.user().ask(pool).release();
        User user = bench.user().ask(pool);
        bench.loop.advance(PoolBench.MAX_IDLE.plusSeconds(1));

        user.release();

        assertThat(bench.server.openConnections()).hasSize(1);
    }

    @Test
    void closes_a_connection_that_is_too_old_when_it_comes_back() {
        User user = bench.user().ask(pool);
        bench.loop.advance(PoolBench.MAX_AGE.plusSeconds(1));

        user.release();

        assertThat(bench.server.openConnections()).isEmpty();
    }

    @Test
    void once_outdated_on_one_loop_no_loop_hands_out_what_was_opened_before() {
        rebuild(4, 2, 10);
        BackendPool other = bench.pool();
        User idle = bench.user().ask(other);
        User busy = bench.user().ask(other);
        idle.release();

        pool.outdate();
        bench.loop.settle();
        assertThat(bench.server.openConnections()).hasSize(1);
        busy.release();
        assertThat(bench.server.openConnections()).isEmpty();

        bench.user().ask(other).release();
        assertThat(bench.server.openConnections()).hasSize(1);
    }

    @Test
    void an_outdated_connection_lingers_for_its_own_user_alone() {
        User first = bench.user().ask(pool);
        BackendConnection before = first.connection();
        pool.outdate();
        first.linger();
        User second = bench.user().ask(pool);
        User third = bench.user().askOnly(pool);

        assertThat(third.has()).isFalse();
        bench.loop.settle();
        assertThat(first.events).containsExactly("lingering ended");
        assertThat(third.connection()).isNotSameAs(before);
        second.release();
        third.release();
    }

    @Test
    void resets_a_dirty_connection_before_anyone_else_gets_it() {
        rebuild(1, 1, 10);
        User first = bench.user().ask(pool);
        User second = bench.user().ask(pool);
        first.connection().markDirty();
        bench.server.hold(true);

        first.release();
        assertThat(second.has()).as("before the reset is answered").isFalse();
        bench.server.hold(false);
        bench.loop.settle();

        assertThat(second.has()).isTrue();
        assertThat(bench.server.commands()).containsExactly("COM_RESET_CONNECTION");
        assertThat(bench.counters.resets.sum()).isEqualTo(1);
        second.release();
    }

    @Test
    void a_connection_whose_reset_fails_is_closed() {
        rebuild(1, 1, 10);
        User first = bench.user().ask(pool);
        first.connection().markDirty();
        bench.server.once("COM_RESET_CONNECTION", Answer.err(1105, "cannot"));

        first.release();
        User second = bench.user().ask(pool);

        assertThat(bench.server.connection(0).isOpen()).isFalse();
        assertThat(second.has()).isTrue();
        second.release();
    }

    @Test
    void a_request_without_a_schema_never_gets_a_connection_with_one() {
        User first = bench.user("a").ask(pool);
        first.connection().setSchema("a");
        first.release();

        User second = bench.user().ask(pool);

        assertThat(second.connection().schema()).isNull();
        assertThat(bench.server.connections()).hasSize(2);
        second.release();
    }

    @Test
    void a_connection_that_no_waiter_can_use_makes_room_for_one_that_can() {
        rebuild(1, 1, 10);
        User first = bench.user("a").ask(pool);
        first.connection().setSchema("a");
        User second = bench.user().ask(pool);

        first.release();

        assertThat(second.has()).isTrue();
        assertThat(second.connection().schema()).isNull();
        second.release();
    }

    @Test
    void an_idle_connection_of_another_key_makes_room() {
        rebuild(1, 1, 10);
        bench.userOf(PoolBench.key(8)).ask(pool).release();

        User user = bench.user().ask(pool);

        assertThat(user.has()).isTrue();
        assertThat(bench.server.openConnections()).hasSize(1);
        user.release();
    }

    @Test
    void a_failure_to_connect_is_told_to_each_waiter_once() {
        rebuild(1, 1, 10);
        SqlError denied = new SqlError(1045, "28000", "Access denied");
        bench.server.refuse(new ConnectFailure("denied", denied));

        User first = bench.user().askOnly(pool);
        User second = bench.user().askOnly(pool);
        bench.loop.settle();

        assertThat(first.failures).hasSize(1);
        assertThat(second.failures).hasSize(1);
        assertThat(first.failures.get(0).error()).isEqualTo(denied);
        assertThat(bench.counters.failed.sum()).isEqualTo(2);
    }

    @Test
    void a_server_that_refuses_the_trackers_fails_the_request() {
        String trackers = "SET session_track_system_variables='*',session_track_schema=1,session_track_state_change=1,"
                + "session_track_transaction_info='CHARACTERISTICS',session_track_gtids='OWN_GTID'";
        bench.server.on(trackers, Answer.err(1193, "Unknown system variable"));

        User user = bench.user().ask(pool);

        assertThat(user.failures).hasSize(1);
        assertThat(bench.server.openConnections()).isEmpty();
    }

    @Test
    void refuses_requests_beyond_the_limit_of_waiters() {
        rebuild(1, 1, 1);
        User holder = bench.user().ask(pool);
        User waiter = bench.user().ask(pool);
        User tooMany = bench.user().ask(pool);

        assertThat(tooMany.failures).hasSize(1);
        holder.release();
        assertThat(waiter.has()).isTrue();
        waiter.release();
    }

    @Test
    void an_idle_connection_that_the_server_closes_is_forgotten() {
        bench.user().ask(pool).release();

        bench.server.connection(0).close();
        bench.loop.settle();

        assertThat(bench.permits.used()).isZero();
        User user = bench.user().ask(pool);
        assertThat(bench.server.connections()).hasSize(2);
        user.release();
    }

    @Test
    void an_idle_connection_that_the_server_is_ending_is_not_lent() {
        bench.user().ask(pool).release();

        bench.server.connection(0).say(Answer.err(4031, "The client was disconnected by the server"));
        User user = bench.user().askOnly(pool);
        boolean atOnce = user.has();
        bench.loop.settle();

        assertThat(atOnce).isFalse();
        assertThat(user.has()).isTrue();
        assertThat(user.events).isEmpty();
        user.release();
    }

    @Test
    void tells_the_user_of_a_leased_connection_that_it_was_lost() {
        User user = bench.user().ask(pool);

        bench.server.connection(0).close();
        bench.loop.settle();

        assertThat(user.events).containsExactly("lost");
        assertThat(bench.counters.leased.sum()).isZero();
        assertThat(bench.counters.lost.sum()).isEqualTo(1);
    }

    @Test
    void a_permit_goes_to_a_waiter_when_a_leased_connection_is_lost() {
        rebuild(1, 1, 10);
        bench.user().ask(pool);
        User waiter = bench.user().ask(pool);

        bench.server.connection(0).close();
        bench.loop.advance(Duration.ofMillis(10));

        assertThat(waiter.has()).isTrue();
        waiter.release();
    }

    @Test
    void a_server_that_falls_silent_while_a_connection_is_set_up_keeps_no_permit() {
        bench.server.hold(true);
        User user = bench.user().ask(pool);
        bench.loop.advance(PoolBench.SETUP_TIMEOUT);

        assertThat(user.failures).hasSize(1);
        assertThat(user.failures.get(0).cause()).contains("did not answer within 3000 ms");
        assertThat(bench.permits.used()).isZero();
    }

    @Test
    void a_server_that_falls_silent_while_a_connection_is_reset_keeps_no_permit() {
        User user = bench.user().ask(pool);
        bench.server.hold(true);
        user.connection().markDirty();
        user.release();
        bench.loop.advance(PoolBench.SETUP_TIMEOUT);

        assertThat(bench.permits.used()).isZero();
    }

    @Test
    void a_connection_that_was_set_up_in_time_may_be_silent_for_long() {
        User user = bench.user().ask(pool);
        bench.loop.advance(PoolBench.SETUP_TIMEOUT.multipliedBy(2));
        assertThat(user.events).isEmpty();
        user.release();
    }
}
