// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.LeaseRequest;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionSetup;
import io.sluice.core.backend.SessionVariables;
import io.sluice.protocol.SqlError;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server whether a user may use a schema, before the user is let in with it: the server's own error is the
 * answer. Confined to one event loop; used once.
 */
final class SchemaCheck implements LeaseRequest {
    private static final long RETRY_MILLIS = 100;

    private final LoopScope scope;
    private final PoolKey key;
    private final String schema;
    private final Consumer<@Nullable SqlError> answer;
    private final long startedAtNanos;
    private boolean answered;

    /** @param answer called once, with null if the schema is fine */
    SchemaCheck(LoopScope scope, PoolKey key, String schema, Consumer<@Nullable SqlError> answer) {
        this.scope = scope;
        this.key = key;
        this.schema = schema;
        this.answer = answer;
        this.startedAtNanos = scope.nanos();
    }

    void start() {
        Topology topology = scope.topology();
        Member member = topology.source()
                .orElseGet(() -> topology.replicas().isEmpty()
                        ? null
                        : topology.replicas().get(0));
        if (member == null) {
            waitForServer(topology);
            return;
        }
        BackendPool pool = scope.pool(member.address());
        BackendConnection connection = pool.lease(this);
        if (connection != null) {
            leased(connection);
            return;
        }
        long millis = scope.limits().acquireTimeout().toMillis();
        scope.loop()
                .schedule(
                        () -> {
                            if (!answered && pool.cancel(this)) {
                                answer(Errors.noConnection(
                                        pool.address(),
                                        pool.limit(),
                                        scope.limits().acquireTimeout()));
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    private void waitForServer(Topology topology) {
        long waited = scope.nanos() - startedAtNanos;
        if (waited > scope.limits().hold().toNanos()) {
            answer(Errors.noSource(scope.limits().hold(), topology.note()));
        } else {
            later();
        }
    }

    @Override
    public void leased(BackendConnection connection) {
        connection.send(
                SessionSetup.initDb(connection.channel().alloc(), schema),
                new SessionSetup.Step(
                        connection,
                        (c, error) -> {
                            if (error == null) {
                                c.setSchema(schema);
                            }
                            c.release();
                            answer(error);
                        },
                        (c, cause) -> later()));
        connection.flush();
    }

    private void later() {
        scope.loop().schedule(this::start, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void leaseFailed(BackendPool pool, ConnectFailure failure) {
        if (failure.ours()) {
            answer(Errors.tooManyWaiting(failure.cause()));
            return;
        }
        SqlError error = failure.error();
        if (error != null && !failure.isServersFault()) {
            answer(Errors.backendRefuses(pool.address(), key.user(), error));
            return;
        }
        scope.shun(pool.address(), failure.cause());
        start();
    }

    private void answer(@Nullable SqlError error) {
        if (!answered) {
            answered = true;
            answer.accept(error);
        }
    }

    @Override
    public void lingeringEnded(BackendConnection connection) {}

    @Override
    public void lostWhileQuiet(BackendConnection connection, String cause) {}

    @Override
    public void backendWritabilityChanged(BackendConnection connection) {}

    @Override
    public PoolKey poolKey() {
        return key;
    }

    @Override
    public SessionVariables variables() {
        return SessionVariables.NONE;
    }

    @Override
    public @Nullable String schema() {
        return schema;
    }
}
