// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import io.sluice.protocol.SqlError;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who has logged in, and who was refused and why. Any thread. */
public final class ClientLog {
    private final @Nullable Journal journal;

    /** @param journal null: nothing is written */
    ClientLog(@Nullable Journal journal) {
        this.journal = journal;
    }

    /** Writes nothing. */
    public static ClientLog off() {
        return new ClientLog(null);
    }

    /**
     * Somebody has logged in.
     *
     * @param tls whether the login came by TLS
     */
    public void loggedIn(long session, String user, String client, @Nullable String schema, boolean tls) {
        if (journal != null) {
            journal.add(line -> line.put("event", "login")
                    .put("session", session)
                    .put("user", user)
                    .put("client", client)
                    .put("schema", schema)
                    .put("tls", tls ? "yes" : "no"));
        }
    }

    /**
     * Nobody got in.
     *
     * @param user null while the client has not said who it is
     */
    public void refused(@Nullable String user, String client, Enum<?> cause, SqlError error) {
        if (journal != null) {
            journal.add(line -> line.put("event", "refused")
                    .put("user", user)
                    .put("client", client)
                    .put("cause", cause.name().toLowerCase(Locale.ROOT))
                    .put("error", error.code())
                    .put("message", error.message()));
        }
    }

    public void closed(long session) {
        if (journal != null) {
            journal.add(line -> line.put("event", "closed").put("session", session));
        }
    }
}
