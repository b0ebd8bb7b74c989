// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.account.ServerLogin;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendPool;
import io.sluice.core.backend.PoolKey;
import io.sluice.protocol.SqlError;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether a server lets an account in with a password. The pool has no connection under a key with that very
 * password object, so it makes one, within its limits.
 */
final class LoginProof extends LoginCheck {
    /** How long a client waits that could be let in on the strength of the last proof. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final int ER_TOO_MANY_USER_CONNECTIONS = 1203;
    private static final int ER_USER_LIMIT_REACHED = 1226;

    private final boolean first;
    private final Consumer<ServerLogin.Result> answer;

    LoginProof(LoopScope scope, PoolKey key, boolean first, Consumer<ServerLogin.Result> answer) {
        super(
                scope,
                key,
                first ? scope.limits().hold() : Duration.ZERO,
                first ? scope.limits().acquireTimeout() : shorter(scope.limits().acquireTimeout()));
        this.first = first;
        this.answer = answer;
    }

    private static Duration shorter(Duration limit) {
        return limit.compareTo(SHORT) < 0 ? limit : SHORT;
    }

    @Override
    void ask(BackendConnection connection) {
        if (first) {
            connection.release();
        } else {
            connection.discard();
        }
        end(Outcome.FINE, null);
    }

    @Override
    SqlError refusal(BackendPool pool, SqlError error) {
        return error;
    }

    @Override
    void ended(Outcome outcome, @Nullable SqlError error) {
        boolean decided = switch (outcome) {
            case FINE, DENIED -> true;
            case REFUSED -> error != null && !isLimit(error);
            case UNANSWERED -> false;
        };
        answer.accept(new ServerLogin.Result(error, decided));
    }

    /** The account has too many connections, or made too many this hour: nothing against its password. */
    private static boolean isLimit(SqlError error) {
        return error.code() == ER_TOO_MANY_USER_CONNECTIONS || error.code() == ER_USER_LIMIT_REACHED;
    }

    @Override
    public @Nullable String schema() {
        return null;
    }
}
