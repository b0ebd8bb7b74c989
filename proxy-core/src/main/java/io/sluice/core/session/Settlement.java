// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementText;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has to be asked and set again behind a statement, before its connection can serve another one. Belongs to one
 * {@link Relay}.
 */
final class Settlement {
    private final Session session;
    private final SessionState state;
    private final ConnectionSync sync;
    private final ResponseReader reader;
    private final UntoldVariables untoldVariables;

    Settlement(Session session, SessionState state, ConnectionSync sync, ResponseReader reader) {
        this.session = session;
        this.state = state;
        this.sync = sync;
        this.reader = reader;
        this.untoldVariables = new UntoldVariables(state, reader);
    }

    /**
     * A statement is answered.
     *
     * @param text what it says, asked for only if it matters
     * @param done called once nothing is left to do; not if the connection is lost
     */
    void begin(
            Statement statement, BackendConnection connection, Supplier<@Nullable StatementText> text, Runnable done) {
        if (reader.leavesStatusUnknown()) {
            learnStatus(connection, () -> settle(statement, connection, text, done));
        } else {
            settle(statement, connection, text, done);
        }
    }

    /** An ERR packet has no status flags; a ping has, and they tell whether a transaction is left open. */
    private void learnStatus(BackendConnection connection, Runnable then) {
        session.flush();
        sync.question(connection, flags -> {
            state.setStatus(flags);
            then.run();
        });
        connection.flush();
    }

    /** Asks what no tracker told, and takes Sluice's own settings up again where the statement had the client's. */
    private void settle(
            Statement statement, BackendConnection connection, Supplier<@Nullable StatementText> text, Runnable done) {
        boolean hide = ConnectionSync.mustHideOwned(statement);
        List<String> untold = untoldVariables.of(statement, connection, text);
        if (hide || !untold.isEmpty()) {
            session.flush();
            sync.settle(connection, untold, hide, done);
        } else {
            done.run();
        }
    }
}
