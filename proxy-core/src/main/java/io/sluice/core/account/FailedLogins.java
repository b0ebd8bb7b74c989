// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.core.config.AuthenticationSettings;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Slows who guesses passwords: after some failures from one address, each further one is answered later, twice as late
 * each time. Who gives the right password never waits, also behind the same address, and ends the slowness. Thread-safe.
 */
public final class FailedLogins {
    private static final Duration FIRST_DELAY = Duration.ofMillis(100);
    /** Doublings until any maximum is reached. */
    private static final int MAX_DOUBLINGS = 20;
    /** Those with the oldest failures are forgotten first. */
    private static final int MAX_ADDRESSES = 10_000;
    /** What one customer of a provider has of IPv6. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private static final ByteBuffer UNIX_SOCKET = ByteBuffer.allocate(0);

    private final AuthenticationSettings.Guessing settings;
    private final Cache<ByteBuffer, Integer> failures;

    public FailedLogins(AuthenticationSettings.Guessing settings, LongSupplier nanos) {
        this.settings = settings;
        this.failures = Caffeine.newBuilder()
                .maximumSize(MAX_ADDRESSES)
                .expireAfterWrite(settings.window())
                .ticker(nanos::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** A wrong password came from there. Returns how long the answer has to wait. */
    public Duration failed(SocketAddress client) {
        if (settings.delayAfter() == 0) {
            return Duration.ZERO;
        }
        int beyond = failures.asMap().merge(place(client), 1, (count, one) -> Math.min(count + one, 1_000_000))
                - settings.delayAfter();
        if (beyond <= 0) {
            return Duration.ZERO;
        }
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(beyond - 1, MAX_DOUBLINGS));
        return delay.compareTo(settings.maxDelay()) < 0 ? delay : settings.maxDelay();
    }

    /** The right password came from there. */
    public void succeeded(SocketAddress client) {
        failures.invalidate(place(client));
    }

    private static ByteBuffer place(SocketAddress client) {
        InetAddress address = client instanceof InetSocketAddress inet ? inet.getAddress() : null;
        if (address == null) {
            return UNIX_SOCKET;
        }
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
    }
}
