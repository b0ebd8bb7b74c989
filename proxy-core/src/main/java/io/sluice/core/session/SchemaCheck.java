// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionSetup;
import io.sluice.protocol.SqlError;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks whether a user may use a schema, before the user is let in with it: the server's own error is the answer. */
final class SchemaCheck extends LoginCheck {
    private final String schema;
    private final Consumer<@Nullable SqlError> answer;

    /** @param answer called once, with null if the schema is fine */
    SchemaCheck(LoopScope scope, PoolKey key, String schema, Consumer<@Nullable SqlError> answer) {
        super(scope, key, scope.limits().hold(), scope.limits().acquireTimeout());
        this.schema = schema;
        this.answer = answer;
    }

    @Override
    void ask(BackendConnection connection) {
        connection.send(
                SessionSetup.initDb(connection.channel().alloc(), schema),
                new SessionSetup.Step(
                        connection,
                        (c, error) -> {
                            if (error == null) {
                                c.setSchema(schema);
                            }
                            c.release();
                            end(error == null ? Outcome.FINE : Outcome.DENIED, error);
                        },
                        (c, cause) -> again()));
        connection.flush();
    }

    @Override
    void ended(Outcome outcome, @Nullable SqlError error) {
        answer.accept(error);
    }

    @Override
    public @Nullable String schema() {
        return schema;
    }
}
