// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.protocol.SqlError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What an operator may do to clients. Any thread. */
public interface ProxyControl {

    /** New clients are told that Sluice is paused; those that are there go on. */
    void pause();

    /** Lets clients in again. */
    void resume();

    /**
     * Ends a session, or only its statement, as if its own user did; does not wait.
     *
     * @param session the id that its client knows
     * @return null once it is done, or why it is not
     */
    CompletableFuture<@Nullable SqlError> kill(long session, boolean query);

    /**
     * Lets nobody in any more, waits for open transactions up to the limit, then closes the rest with an ERR packet.
     * Blocks.
     */
    void drain(Duration limit);
}
