// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.protocol.handshake.Account;
import java.util.concurrent.CompletableFuture;

/** A client whose proof the handshake took without being able to judge it. Made for one attempt. */
public interface LoginAttempt extends Account {
    /**
     * Decides whether the client may come in. The answer comes on any thread.
     *
     * @param server by which servers can be asked
     */
    CompletableFuture<Verdict> decide(ServerLogin server);
}
