// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.auth.Credentials;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The accounts as they are at the moment of a login. Called on event loops, so it must not block. */
@FunctionalInterface
public interface Accounts {
    /** The account of that user from that address, or null if there is none. */
    @Nullable
    Account find(String user, SocketAddress client);

    /**
     * Stands in for the credentials of a user that does not exist, so that the exchange does not tell who exists.
     * To be overridden where accounts with a known password are the exception.
     */
    default Credentials decoy() {
        return Credentials.decoy();
    }
}
