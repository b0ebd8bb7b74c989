// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Password;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Proves a password by a login at a server. */
@FunctionalInterface
public interface ServerLogin {
    /**
     * What came of it.
     *
     * @param error null if the server let us in
     * @param decided whether the server spoke of this account; else nobody could be asked, or it had no room
     */
    record Result(@Nullable SqlError error, boolean decided) {
        public static final Result LET_IN = new Result(null, true);
    }

    /**
     * Logs in on a connection made for that.
     *
     * @param first whether nothing is known of this account yet: then it is worth to wait for a server, and the
     *     connection is worth keeping
     * @param answer called once, on the thread of whoever asks or later on another
     */
    void attempt(String user, Password password, boolean first, Consumer<Result> answer);
}
