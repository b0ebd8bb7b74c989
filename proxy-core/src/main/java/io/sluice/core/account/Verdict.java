// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.protocol.SqlError;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client may come in: as that account, or not for that reason.
 *
 * @param error the server's word; null with no account if the password is wrong and no server was asked
 * @param expired with it a server may let the client in to change its password, which is right but expired
 */
public record Verdict(
        @Nullable ProxyAccount account,
        @Nullable SqlError error,
        @Nullable BackendAccount expired) {
    static final Verdict WRONG_PASSWORD = new Verdict(null, null);

    Verdict(@Nullable ProxyAccount account, @Nullable SqlError error) {
        this(account, error, null);
    }
}
