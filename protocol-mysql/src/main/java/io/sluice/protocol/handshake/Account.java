// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.auth.Credentials;

/** What the connection phase has to know of an account; the owner's object comes back in {@link Login}. */
public interface Account {
    Credentials credentials();
}
