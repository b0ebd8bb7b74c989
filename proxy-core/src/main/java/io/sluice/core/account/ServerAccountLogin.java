// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client that wants to log in as an account of the servers. What the handshake cannot settle by what is known of the
 * account, it is told to accept for now: the password that the client shows is kept here, and {@link ServerAccounts}
 * asks a server. Made for one attempt; confined to its event loop until then.
 */
public final class ServerAccountLogin implements LoginAttempt, Credentials.Judge {
    private final ServerAccounts accounts;
    private final Identity identity;
    private final @Nullable ProxyAccount known;
    private final Credentials credentials;
    private @Nullable Password shown;

    ServerAccountLogin(
            ServerAccounts accounts, Identity identity, @Nullable ProxyAccount known, List<byte[]> nativeDigests) {
        this.accounts = accounts;
        this.identity = identity;
        this.known = known;
        Credentials digests = known == null ? Credentials.NOTHING : known.credentials();
        this.credentials = digests.withNativeDigests(nativeDigests).before(this);
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    @Override
    public boolean acceptsClear(byte[] password) {
        Password clear = Password.of(password);
        boolean knownByText =
                known != null && known.password().hasText() && known.password().sameAs(clear);
        if (knownByText) {
            clear.erase();
        } else {
            shown = clear;
        }
        return true;
    }

    @Override
    public void revealed(Password sha1Only) {
        if (known == null || !known.password().sameAs(sha1Only)) {
            shown = sha1Only;
        }
    }

    @Override
    public CompletableFuture<Verdict> decide(ServerLogin server) {
        return accounts.decide(this, server);
    }

    Identity identity() {
        return identity;
    }

    /** The account as it was known when the attempt began. */
    @Nullable
    ProxyAccount known() {
        return known;
    }

    /** What no server has judged yet; null if the proof fitted the known account's password. */
    @Nullable
    Password shown() {
        return shown;
    }
}
