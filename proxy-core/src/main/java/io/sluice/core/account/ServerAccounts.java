// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.core.config.AuthenticationSettings;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Password;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of the servers that clients have logged in with: a server has let them in, so their passwords are known
 * here, in memory only and for as long as they are used. A proof that is older than {@code authentication.recheck} is
 * repeated before the next client is let in, as is one of an account for which a server has refused a connection since,
 * so that an account that was locked, dropped or given another password is refused as the server refuses it. Thread-safe.
 */
public final class ServerAccounts {
    private static final int ER_MUST_CHANGE_PASSWORD_LOGIN = 1862;
    /** Of a server that lets anybody in to change it, once something else is asked of it. */
    private static final int ER_MUST_CHANGE_PASSWORD = 1820;

    /** A password that a server is being asked about; clients that show the same meanwhile await the same answer. */
    private record Question(Identity identity, Password password) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Question that && identity.equals(that.identity) && password.sameAs(that.password);
        }

        @Override
        public int hashCode() {
            return identity.hashCode();
        }
    }

    private final AuthenticationSettings settings;
    private final int maxClients;
    private final Function<String, List<byte[]>> nativeDigests;
    private final LongSupplier nanos;
    private final Cache<Identity, ProxyAccount> proven;
    private final Map<Question, CompletableFuture<Verdict>> asked = new ConcurrentHashMap<>();

    /**
     * @param maxClients of each account, 0 for no limit
     * @param nativeDigests SHA1(SHA1(password)) of the accounts of that name, as far as they could be read
     */
    public ServerAccounts(
            AuthenticationSettings settings,
            int maxClients,
            Function<String, List<byte[]>> nativeDigests,
            LongSupplier nanos) {
        this.settings = settings;
        this.maxClients = maxClients;
        this.nativeDigests = nativeDigests;
        this.nanos = nanos;
        this.proven = Caffeine.newBuilder()
                .maximumSize(settings.maxCached())
                .expireAfterAccess(settings.cacheTime())
                .ticker(nanos::getAsLong)
                .executor(Runnable::run)
                .<Identity, ProxyAccount>removalListener((identity, account, cause) -> {
                    if (account != null) {
                        account.retire();
                    }
                })
                .build();
    }

    /**
     * Begins an attempt to log in.
     *
     * @param host where servers see the client; null if they see Sluice alone
     */
    ServerAccountLogin begin(String user, @Nullable InetAddress host) {
        Identity identity = new Identity(user, host);
        return new ServerAccountLogin(this, identity, proven.getIfPresent(identity), nativeDigests.apply(user));
    }

    /** Decides on an attempt whose proof the handshake took. The answer comes on any thread. */
    CompletableFuture<Verdict> decide(ServerAccountLogin attempt, ServerLogin server) {
        ProxyAccount known = attempt.known();
        Password shown = attempt.shown();
        long now = nanos.getAsLong();
        if (shown == null
                && Objects.requireNonNull(known)
                        .isProvenSince(now - settings.recheck().toNanos())) {
            return CompletableFuture.completedFuture(new Verdict(known, null));
        }
        Password password =
                shown == null ? Objects.requireNonNull(known).password().copy() : shown;
        Question question = new Question(attempt.identity(), password);
        CompletableFuture<Verdict> answer = new CompletableFuture<>();
        CompletableFuture<Verdict> sameQuestion = asked.putIfAbsent(question, answer);
        if (sameQuestion != null) {
            return sameQuestion;
        }
        server.attempt(attempt.identity().user(), password, known == null, result -> {
            asked.remove(question);
            answer.complete(conclude(attempt, password, now, result));
        });
        return answer;
    }

    private Verdict conclude(
            ServerAccountLogin attempt, Password password, long askedAtNanos, ServerLogin.Result result) {
        ProxyAccount known = attempt.known();
        boolean fitted = attempt.shown() == null;
        if (result.error() == null) {
            return new Verdict(learn(attempt.identity(), password, askedAtNanos), null);
        }
        if (fitted && known != null) {
            if (!result.decided()) {
                return new Verdict(known, null); // no server to ask: what it said last still holds
            }
            proven.asMap().remove(attempt.identity(), known);
        }
        BackendAccount expired = isExpired(result.error())
                ? new BackendAccount(attempt.identity().user(), password)
                : null;
        return new Verdict(null, result.error(), expired);
    }

    /** Servers speak of it to those alone who know the password. */
    private static boolean isExpired(SqlError error) {
        return error.code() == ER_MUST_CHANGE_PASSWORD_LOGIN || error.code() == ER_MUST_CHANGE_PASSWORD;
    }

    private ProxyAccount learn(Identity identity, Password password, long atNanos) {
        return proven.asMap().compute(identity, (key, known) -> {
            ProxyAccount account = known == null ? new ProxyAccount(key.user(), password, maxClients) : known;
            account.proven(password, atNanos);
            return account;
        });
    }

    /** How many accounts are known now. */
    public long size() {
        return proven.estimatedSize();
    }
}
