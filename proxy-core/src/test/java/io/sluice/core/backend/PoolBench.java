// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.account.BackendAccount;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.auth.Password;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One server, and pools of connections to it that share its permits. */
final class PoolBench implements AutoCloseable {
    static final Duration MAX_IDLE = Duration.ofMinutes(5);
    static final Duration SETUP_TIMEOUT = Duration.ofSeconds(3);
    static final Duration MAX_AGE = Duration.ofMinutes(30);
    private static final Password PASSWORD = Password.of("secret");

    final TestLoop loop = new TestLoop();
    final FakeServer server = new FakeServer(loop, "source");
    final BackendCounters counters = new BackendCounters();
    final Permits permits;
    private final int maxWaiters;
    private final List<BackendPool> pools = new ArrayList<>();

    PoolBench(int limit, int loops, int maxWaiters) {
        this.permits = new Permits(limit, loops);
        this.maxWaiters = maxWaiters;
    }

    BackendPool pool() {
        BackendPool pool = new BackendPool(
                server.address(),
                loop.loop(),
                permits,
                new PoolLimits(maxWaiters, MAX_IDLE, MAX_AGE, 4, SETUP_TIMEOUT),
                FakeServer.connector(server),
                counters,
                loop::nanos);
        pools.add(pool);
        return pool;
    }

    static PoolKey key(int collation) {
        return new PoolKey(
                new BackendAccount("user", PASSWORD),
                new Capabilities(Capabilities.CLIENT_DEPRECATE_EOF).shape(),
                collation);
    }

    User user() {
        return new User(key(255), null);
    }

    User user(@Nullable String schema) {
        return new User(key(255), schema);
    }

    User userOf(PoolKey key) {
        return new User(key, null);
    }

    @Override
    public void close() {
        pools.forEach(BackendPool::retire);
        server.connections().forEach(FakeConnection::close);
        loop.settle();
        assertThat(counters.leased.sum()).as("leased").isZero();
        assertThat(counters.waiting.sum()).as("waiting").isZero();
        assertThat(permits.used()).as("permits in use").isZero();
        loop.close();
    }

    /** Somebody who leases connections, and what it was told. */
    final class User implements LeaseRequest {
        final List<ConnectFailure> failures = new ArrayList<>();
        final List<String> events = new ArrayList<>();
        private final PoolKey key;
        private final @Nullable String schema;
        private @Nullable BackendConnection connection;
        SessionVariables variables = SessionVariables.NONE;
        Runnable whenLost = () -> {};
        /** Gives back at once what it waited for. */
        boolean quick;

        int served;

        User(PoolKey key, @Nullable String schema) {
            this.key = key;
            this.schema = schema;
        }

        /** Asks and lets the loop run. */
        User ask(BackendPool pool) {
            askOnly(pool);
            loop.settle();
            return this;
        }

        User askOnly(BackendPool pool) {
            BackendConnection at = pool.lease(this);
            if (at != null) {
                connection = at;
            }
            return this;
        }

        boolean has() {
            return connection != null;
        }

        BackendConnection connection() {
            return java.util.Objects.requireNonNull(connection);
        }

        User release() {
            BackendConnection given = connection();
            connection = null;
            given.release();
            loop.settle();
            return this;
        }

        User linger() {
            connection().linger();
            loop.settle();
            return this;
        }

        @Override
        public PoolKey poolKey() {
            return key;
        }

        @Override
        public SessionVariables variables() {
            return variables;
        }

        @Override
        public @Nullable String schema() {
            return schema;
        }

        @Override
        public void leased(BackendConnection given) {
            assertThat(connection).as("leased twice").isNull();
            served++;
            if (quick) {
                given.release();
            } else {
                connection = given;
            }
        }

        @Override
        public void leaseFailed(BackendPool pool, ConnectFailure failure) {
            failures.add(failure);
        }

        @Override
        public void lingeringEnded(BackendConnection ended) {
            events.add("lingering ended");
            connection = null;
        }

        @Override
        public void lostWhileQuiet(BackendConnection lost, String cause) {
            events.add("lost");
            connection = null;
            whenLost.run();
        }

        @Override
        public void backendWritabilityChanged(BackendConnection changed) {
            events.add("writability");
        }
    }
}
