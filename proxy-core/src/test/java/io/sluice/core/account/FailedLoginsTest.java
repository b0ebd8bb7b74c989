// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import io.sluice.core.config.AuthenticationSettings.Guessing;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class FailedLoginsTest {
    private static final SocketAddress GUESSER = new InetSocketAddress("10.1.2.3", 40_000);

    private long now;
    private final FailedLogins logins =
            new FailedLogins(new Guessing(3, Duration.ofMillis(500), Duration.ofMinutes(10)), () -> now);

    @Test
    void the_first_failures_are_answered_at_once_and_each_further_one_later() {
        assertThat(millis(GUESSER)).isZero();
        assertThat(millis(GUESSER)).isZero();
        assertThat(millis(new InetSocketAddress("10.1.2.3", 40_001))).isZero();
        assertThat(millis(GUESSER)).isEqualTo(100);
        assertThat(millis(GUESSER)).isEqualTo(200);
        assertThat(millis(GUESSER)).isEqualTo(400);
        for (int i = 0; i < 100; i++) {
            assertThat(millis(GUESSER)).isEqualTo(500);
        }
    }

    @Test
    void others_are_not_slowed() {
        slow(GUESSER);
        assertThat(millis(new InetSocketAddress("10.1.2.4", 40_000))).isZero();
        assertThat(millis(new DomainSocketAddress("/run/s.sock"))).isZero();
    }

    @Test
    void one_network_of_ipv6_is_one_address() {
        slow(new InetSocketAddress("2001:db8:1:2::1", 1));
        assertThat(millis(new InetSocketAddress("2001:db8:1:2:3::4", 1))).isPositive();
        assertThat(millis(new InetSocketAddress("2001:db8:1:3::1", 1))).isZero();
    }

    @Test
    void a_success_ends_it() {
        slow(GUESSER);
        logins.succeeded(GUESSER);
        assertThat(millis(GUESSER)).isZero();
    }

    @Test
    void failures_are_forgotten_after_the_window() {
        slow(GUESSER);
        now += Duration.ofMinutes(10).toNanos() + 1;
        assertThat(millis(GUESSER)).isZero();
    }

    @Test
    void zero_switches_it_off() {
        FailedLogins off = new FailedLogins(new Guessing(0, Duration.ofSeconds(1), Duration.ofMinutes(1)), () -> now);
        for (int i = 0; i < 10; i++) {
            assertThat(off.failed(GUESSER)).isZero();
        }
    }

    private void slow(SocketAddress client) {
        for (int i = 0; i < 4; i++) {
            logins.failed(client);
        }
        assertThat(millis(client)).isPositive();
    }

    private long millis(SocketAddress client) {
        return logins.failed(client).toMillis();
    }
}
