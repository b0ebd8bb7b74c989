// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The variables that a statement has set without a true word of the trackers. Belongs to one {@link Relay}. */
final class UntoldVariables {
    /** The first MariaDB, as far as is known, whose tracker mixes up variables that are kept at one place. */
    private static final int MIXES_UP = 110_000;

    private static final String AUTOCOMMIT = "autocommit";

    /** Setting one sets the other. */
    private static final Map<String, String> TWINS = Map.of(
            "character_set_connection", "collation_connection",
            "collation_connection", "character_set_connection",
            "character_set_database", "collation_database",
            "collation_database", "character_set_database",
            "character_set_server", "collation_server",
            "collation_server", "character_set_server");

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
        boolean untold = statement.has(Trait.SETS_ONE_CHARSET)
                || (connection.flavor() == Flavor.MARIADB && statement.has(Trait.SETS_WITHOUT_SCOPE))
                || (statement.has(Trait.SETS_SHARED_VARIABLES) && mixesUp());
        if (statement.has(Trait.SETS_AUTOCOMMIT) && mixesUp()) {
            learnAutocommit(connection);
        }
        if (reader.sawError() && !(untold && statement.has(Trait.MULTI_STATEMENT))) {
            return List.of();
        }
        if (untold || statement.has(Trait.SETS_TRACKERS)) {
            List<String> names = namesToAskFor(statement, untold, text);
            if (names != null) {
                return names.stream()
                        .filter(name -> !name.startsWith("session_track_"))
                        .flatMap(name -> Stream.of(name, TWINS.getOrDefault(name, name)))
                        .distinct()
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

    private boolean mixesUp() {
        ServerVersion version = state.lexContext().version();
        return version != null && version.isMariadb() && version.number() >= MIXES_UP;
    }

    /** The status flags of an answer tell it. */
    private void learnAutocommit(BackendConnection connection) {
        List<SessionChanges.Variable> told =
                List.of(new SessionChanges.Variable(AUTOCOMMIT, state.isAutocommit() ? "ON" : "OFF"));
        state.learn(told);
        connection.learn(told);
        state.share(connection);
    }

    /** The variables that the statement assigned; null if they are not known, or cannot be asked for. */
    private @Nullable List<String> namesToAskFor(
            Statement statement, boolean untold, Supplier<@Nullable StatementText> text) {
        boolean askable = statement.statementClass() != StatementClass.A
                && !statement.has(Trait.MULTI_STATEMENT)
                && !reader.sawWarnings(); // the question would take them away
        StatementText read = !untold || askable ? text.get() : null;
        return read == null ? null : read.assignedVariables();
    }
}
