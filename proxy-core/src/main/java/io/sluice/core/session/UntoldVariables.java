// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.Flavor;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The variables that a statement has set without a word of the trackers. Belongs to one {@link Relay}. */
final class UntoldVariables {
    private final SessionState state;
    private final ResponseReader reader;

    UntoldVariables(SessionState state, ResponseReader reader) {
        this.state = state;
        this.reader = reader;
    }

    /**
     * Those whose values have to be asked for; where they cannot be, the session is tied to the connection instead.
     *
     * @param text what the statement says, asked for only if it matters
     */
    List<String> of(Statement statement, BackendConnection connection, Supplier<@Nullable StatementText> text) {
        boolean unscoped = statement.has(Trait.SETS_WITHOUT_SCOPE) && connection.flavor() == Flavor.MARIADB;
        if (reader.sawError() && !(unscoped && statement.has(Trait.MULTI_STATEMENT))) {
            return List.of();
        }
        if (unscoped || statement.has(Trait.SETS_TRACKERS)) {
            List<String> names = namesToAskFor(statement, unscoped, text);
            if (names != null) {
                return names.stream()
                        .filter(name -> !name.startsWith("session_track_"))
                        .toList();
            }
            connection.markDirty();
            state.pins().hold(Pin.UNTRACKED_STATE);
        } else if (statement.has(Trait.SETS_CHARSET)) {
            state.forgetCollation();
            connection.adopt(connection.variables().withoutCollation());
            state.share(connection);
            // A question would take its warnings away from the client.
            return reader.sawWarnings() ? List.of() : List.of("collation_connection");
        }
        return List.of();
    }

    /** The variables that the statement assigned; null if they are not known, or cannot be asked for. */
    private @Nullable List<String> namesToAskFor(
            Statement statement, boolean unscoped, Supplier<@Nullable StatementText> text) {
        boolean askable = statement.statementClass() != StatementClass.A
                && !statement.has(Trait.MULTI_STATEMENT)
                && !reader.sawWarnings(); // the question would take them away
        StatementText read = !unscoped || askable ? text.get() : null;
        return read == null ? null : read.assignedVariables();
    }
}
