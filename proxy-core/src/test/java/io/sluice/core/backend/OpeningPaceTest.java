// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.PoolBench.User;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Twenty sessions want a connection at once, and there is none. */
class OpeningPaceTest {
    private static final int SESSIONS = 20;

    private final PoolBench bench = new PoolBench(100, 1, 100);
    private final BackendPool pool = bench.pool();
    private List<User> users = List.of();

    @AfterEach
    void close() {
        bench.close();
    }

    private void ask() {
        bench.server.holdConnects(true);
        users = Stream.generate(() -> bench.user().askOnly(pool))
                .limit(SESSIONS)
                .toList();
        bench.loop.settle();
    }

    @Test
    void a_few_are_opened_at_once_and_more_when_these_take_long() {
        ask();
        assertThat(bench.server.connectAttempts()).isEqualTo(OpeningPace.AT_ONCE);
        bench.loop.advance(OpeningPace.TURN);
        assertThat(bench.server.connectAttempts()).isEqualTo(2 * OpeningPace.AT_ONCE);
        bench.server.holdConnects(false);
        bench.loop.settle();
        assertThat(users).allMatch(User::has);
        assertThat(bench.server.connectAttempts()).isEqualTo(SESSIONS);
        users.forEach(User::release);
    }

    @Test
    void those_that_are_done_serve_the_others() {
        ask();
        users.forEach(user -> user.quick = true);
        bench.server.holdConnects(false);
        bench.loop.settle();
        assertThat(users).allMatch(user -> user.served == 1);
        assertThat(bench.server.connectAttempts()).isEqualTo(OpeningPace.AT_ONCE);
    }

    @Test
    void a_connection_that_fits_nobody_is_kept_while_others_wait_for_their_turn() {
        User other = bench.userOf(PoolBench.key(45)).ask(pool);
        ask();
        other.release();
        assertThat(bench.server.openConnections()).hasSize(1);
        bench.server.holdConnects(false);
        bench.loop.settle();
        users.forEach(User::release);
    }

    @Test
    void who_waits_for_a_turn_learns_that_the_server_cannot_be_reached() {
        ask();
        bench.server.refuse(new ConnectFailure("connection refused", null));
        bench.server.holdConnects(false);
        bench.loop.settle();
        assertThat(users).allMatch(user -> user.failures.size() == 1);
        assertThat(bench.server.connectAttempts()).isEqualTo(OpeningPace.AT_ONCE);
    }
}
