// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.protocol.SqlError;
import org.jspecify.annotations.Nullable;

/**
 * Why a backend connection could not be opened.
 *
 * @param error what the server said, or null if it could not be reached at all
 * @param ours whether nobody asked the server, since a limit of Sluice's forbade it
 */
public record ConnectFailure(String cause, @Nullable SqlError error, boolean ours) {
    private static final int ER_CON_COUNT_ERROR = 1040;
    /** SQLSTATE of a broken connection and of a server that shuts down. */
    private static final String COMMUNICATION_LINK_FAILURE = "08S01";

    public ConnectFailure(String cause, @Nullable SqlError error) {
        this(cause, error, false);
    }

    /** Whether it says something about the server rather than about this user's account. */
    public boolean isServersFault() {
        return !ours
                && (error == null
                        || error.code() == ER_CON_COUNT_ERROR
                        || error.sqlState().equals(COMMUNICATION_LINK_FAILURE));
    }
}
