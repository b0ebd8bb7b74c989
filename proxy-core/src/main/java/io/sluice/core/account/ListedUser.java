// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import io.sluice.core.config.HostPattern;
import io.sluice.core.config.Secret;
import io.sluice.core.config.UserSettings;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.PasswordHash;
import io.sluice.protocol.handshake.Account;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A user of the configuration. Where it gives hashes in place of passwords, a password is known here once a client has
 * shown it, in memory only; then proofs are checked as fast as with a password, and servers get what the client showed.
 * Thread-safe.
 */
public final class ListedUser {
    private final UserSettings settings;
    private final ProxyAccount account;
    private final List<HostPattern> from;
    private final List<PasswordHash> hashes;
    /** One for each hash, unknown at first. */
    private final List<Password> shown;

    public ListedUser(UserSettings settings) {
        this(settings, null);
    }

    private ListedUser(UserSettings settings, @Nullable ListedUser before) {
        this.settings = settings;
        this.from = settings.access().from();
        this.hashes = settings.proof().hashes();
        UserSettings.Passwords known = settings.proof().passwords();
        this.shown = before != null && before.hashes.equals(hashes)
                ? before.shown
                : hashes.stream().map(hash -> Password.unknown()).toList();
        List<Password> front = known == null ? shown : passwords(known);
        UserSettings.Passwords behind = settings.backendPasswords();
        List<Password> back = behind == null ? front : passwords(behind);
        BackendAccount backend = before != null && showsTheSameAs(before)
                ? before.account.backend()
                : new BackendAccount(settings.backendUser(), back.get(0), back.size() > 1 ? back.get(1) : null);
        this.account = new ProxyAccount(
                settings.name(),
                known == null ? ofHashes() : ofPasswords(front, known),
                backend,
                settings.maxClients(),
                settings.schema(),
                settings.access().tls(),
                before == null ? new ClientCount() : before.account.count());
    }

    /** Whether servers are shown what they were shown before. */
    private boolean showsTheSameAs(ListedUser before) {
        return settings.backendUser().equals(before.settings.backendUser())
                && (settings.backendPasswords() == null
                        ? before.settings.backendPasswords() == null
                                && settings.proof().equals(before.settings.proof())
                        : settings.backendPasswords().equals(before.settings.backendPasswords()));
    }

    /**
     * The same user with settings of now, which clients that log in from now on go by. Sessions that are there stay. If
     * servers are shown something else from now on, connections made so far end with the sessions that were there; what
     * these open is opened with the new password, unless it is another account.
     */
    ListedUser changedTo(UserSettings next) {
        if (next.equals(settings)) {
            return this;
        }
        ListedUser changed = new ListedUser(next, this);
        BackendAccount former = account.backend();
        BackendAccount current = changed.account.backend();
        if (!former.equals(current)) {
            if (former.user().equals(current.user()) && !current.password().isUnknown()) {
                former.password().become(current.password());
            }
            former.retire();
        }
        return changed;
    }

    /** Lets nobody in any more; sessions that are there stay. */
    void retire() {
        account.retire();
    }

    private static List<Password> passwords(UserSettings.Passwords settings) {
        Password current = Password.of(settings.current().reveal());
        Secret old = settings.old();
        return old == null ? List.of(current) : List.of(current, Password.of(old.reveal()));
    }

    private static Credentials ofPasswords(List<Password> front, UserSettings.Passwords settings) {
        return Credentials.ofPasswords(front).withParsec(() -> utf8(settings));
    }

    private static List<byte[]> utf8(UserSettings.Passwords settings) {
        return Stream.of(settings.current(), settings.old())
                .filter(Objects::nonNull)
                .map(secret -> secret.reveal().getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** Begins an attempt to log in; null if nobody of that name may come from there. */
    @Nullable
    Account begin(SocketAddress client) {
        for (HostPattern pattern : from) {
            if (pattern.matches(client)) {
                return begin();
            }
        }
        return null;
    }

    Account begin() {
        return hashes.isEmpty() ? account : new HashedLogin(this);
    }

    ProxyAccount account() {
        return account;
    }

    private Credentials ofHashes() {
        List<byte[]> digests =
                hashes.stream().flatMap(hash -> hash.nativeDigest().stream()).toList();
        if (areNative() && !shown.stream().allMatch(Password::hasText)) {
            return Credentials.ofNativeDigests(digests); // Or a password not shown yet would fail the fast exchange.
        }
        return Credentials.ofPasswords(
                        shown.stream().filter(password -> !password.isUnknown()).toList())
                .withNativeDigests(digests);
    }

    /** Whether every proof of mysql_native_password can be judged; if not, what fits no digest may yet be right. */
    private boolean areNative() {
        return hashes.stream().allMatch(hash -> hash.nativeDigest().isPresent());
    }

    /** Whether one of the hashes is that password's, which is kept then. May take milliseconds. */
    boolean learn(Password clear) {
        int index = indexOf(clear);
        if (index < 0) {
            return false;
        }
        keep(index, clear);
        return true;
    }

    private int indexOf(Password clear) {
        for (int i = 0; i < hashes.size(); i++) {
            if (shown.get(i).sameAs(clear) || hashes.get(i).fits(clear)) {
                return i;
            }
        }
        return -1;
    }

    /** A proof of mysql_native_password has shown a digest: servers that know such a password take it. */
    void learnDigest(Password sha1Only) {
        for (int i = 0; i < hashes.size(); i++) {
            if (hashes.get(i).nativeDigest().isPresent() && hashes.get(i).fits(sha1Only)) {
                keep(i, sha1Only);
            }
        }
    }

    private synchronized void keep(int index, Password password) {
        Password kept = shown.get(index);
        if (kept.isUnknown() || (password.hasText() && !kept.hasText())) {
            kept.become(password);
            account.accept(ofHashes());
        }
    }

    /** A client that has to show a password which one of the hashes fits. */
    private static final class HashedLogin implements LoginAttempt, Credentials.Judge {
        private final ListedUser user;
        private final Credentials credentials;
        private @Nullable Password password;

        HashedLogin(ListedUser user) {
            this.user = user;
            Credentials known = user.account.credentials();
            this.credentials = user.areNative() ? known.judgedBy(this) : known.before(this);
        }

        @Override
        public Credentials credentials() {
            return credentials;
        }

        @Override
        public boolean acceptsClear(byte[] clear) {
            password = Password.of(clear);
            return clear.length > 0;
        }

        @Override
        public void revealed(Password sha1Only) {
            user.learnDigest(sha1Only);
        }

        @Override
        public CompletableFuture<Verdict> decide(ServerLogin server) {
            Password clear = password;
            Verdict accepted = new Verdict(user.account, null);
            return clear == null
                    ? CompletableFuture.completedFuture(accepted)
                    : CompletableFuture.supplyAsync(() -> user.learn(clear) ? accepted : Verdict.WRONG_PASSWORD);
        }
    }
}
