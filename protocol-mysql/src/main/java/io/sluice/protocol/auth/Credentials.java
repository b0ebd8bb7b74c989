// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an account can check a client's proof against. An account whose password is known accepts every plugin; one
 * that can only judge a clear password demands the full exchange of caching_sha2_password, in which the client shows
 * the password under TLS or RSA.
 *
 * <p>An account that asks someone else for the password's validity hands in a {@link Judge} that keeps the password and
 * returns true; the owner of the handshake then decides, asynchronously, between login and OK packet. Digests beside it
 * are a short cut: what fits none of them is no refusal, but leads to the full exchange.
 */
public final class Credentials {
    private static final Credentials DECOY = decoyPassword();

    /** Nothing is known and nothing is accepted. */
    public static final Credentials NOTHING = ofNativeDigests(List.of());

    /** Decides where digests cannot. Called on the client's event loop: must not block. */
    @FunctionalInterface
    public interface Judge {
        /** Gets the bytes of the password without the NUL. */
        boolean acceptsClear(byte[] password);

        /** A proof fitted a digest of mysql_native_password, which reveals SHA1(password). */
        default void revealed(Password sha1Only) {}
    }

    private final List<byte[]> nativeDigests; // SHA1(SHA1(password))
    private final List<byte[]> sha2Digests; // SHA256(SHA256(password))
    private final @Nullable Supplier<List<byte[]>> clear;
    private final Judge judge;
    private final boolean open;

    private Credentials(List<byte[]> nativeDigests, List<byte[]> sha2Digests, Judge judge, boolean open) {
        this(nativeDigests, sha2Digests, null, judge, open);
    }

    private Credentials(
            List<byte[]> nativeDigests,
            List<byte[]> sha2Digests,
            @Nullable Supplier<List<byte[]>> clear,
            Judge judge,
            boolean open) {
        this.nativeDigests = List.copyOf(nativeDigests);
        this.sha2Digests = List.copyOf(sha2Digests);
        this.clear = clear;
        this.judge = judge;
        this.open = open;
    }

    /** The password is known; it is kept as digests only. */
    public static Credentials ofPassword(Password password) {
        return ofPasswords(List.of(password));
    }

    /** Each of these passwords is as good. */
    public static Credentials ofPasswords(List<Password> passwords) {
        List<byte[]> nativeDigests = new ArrayList<>();
        List<byte[]> sha2Digests = new ArrayList<>();
        for (Password password : passwords) {
            nativeDigests.add(Digests.hash(Digests.SHA1, password.sha1()));
            if (password.hasText()) {
                sha2Digests.add(Digests.twice(Digests.SHA256, password.utf8()));
            }
        }
        return new Credentials(nativeDigests, sha2Digests, clear -> fitsAny(clear, nativeDigests), false);
    }

    /**
     * The same, and parsec for clients that name it.
     *
     * @param passwords gives their bytes whenever somebody logs in so; at once, on the client's event loop
     */
    public Credentials withParsec(Supplier<List<byte[]>> passwords) {
        return new Credentials(nativeDigests, sha2Digests, passwords, judge, open);
    }

    // Digests of equal length are compared, so that the time taken tells nothing of the password's length.
    private static boolean fitsAny(byte[] clear, List<byte[]> nativeDigests) {
        byte[] digest = Digests.twice(Digests.SHA1, clear);
        boolean fits = false;
        for (byte[] known : nativeDigests) {
            fits |= MessageDigest.isEqual(digest, known);
        }
        return fits;
    }

    /** Only the clear password can be judged. The verifier gets its bytes without the NUL and must not block. */
    public static Credentials ofVerifier(Predicate<byte[]> verifier) {
        return new Credentials(List.of(), List.of(), verifier::test, true);
    }

    /** The judge has the last word; a proof that fits these digests does without. */
    public Credentials before(Judge last) {
        return new Credentials(nativeDigests, sha2Digests, last, true);
    }

    /** The judge decides on clear passwords, the digests on everything else: what fits none of them is refused. */
    public Credentials judgedBy(Judge ofClear) {
        return new Credentials(nativeDigests, sha2Digests, ofClear, false);
    }

    /** The same, and more passwords, of which SHA1(SHA1(password)) is known. */
    public Credentials withNativeDigests(List<byte[]> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<byte[]> all = new ArrayList<>(nativeDigests);
        all.addAll(more);
        return new Credentials(all, sha2Digests, judge, open);
    }

    /** Of an account of which nothing is known but SHA1(SHA1(password)), one or several. */
    public static Credentials ofNativeDigests(List<byte[]> digests) {
        return new Credentials(digests, List.of(), clear -> fitsAny(clear, digests), false);
    }

    /** Of a user that does not exist: the same course as with a password that is known, but nothing fits. */
    public static Credentials decoy() {
        return DECOY;
    }

    private static Credentials decoyPassword() {
        byte[] password = new byte[32];
        new SecureRandom().nextBytes(password);
        return ofPassword(Password.of(password)).withParsec(() -> List.of(password));
    }

    /** Whether an exchange of that plugin can lead to a verdict, if need be by way of the full exchange. */
    public boolean canCheck(AuthPlugin plugin) {
        return switch (plugin) {
            case MYSQL_NATIVE_PASSWORD -> open || !nativeDigests.isEmpty();
            case CACHING_SHA2_PASSWORD, MYSQL_CLEAR_PASSWORD -> true;
            case SHA256_PASSWORD -> false;
            case PARSEC -> clear != null;
        };
    }

    /** Whether a proof of mysql_native_password can be checked here. */
    public boolean canCheckNative() {
        return !nativeDigests.isEmpty();
    }

    /** Whether a caching_sha2_password proof is enough, without the full exchange. */
    boolean canCheckFast() {
        return !sha2Digests.isEmpty();
    }

    /** Whether a proof that fits no digest leads to the full exchange. */
    public boolean isOpen() {
        return open;
    }

    boolean acceptsNative(byte[] proof, Scramble scramble) {
        for (byte[] digest : nativeDigests) {
            byte[] revealed = Digests.nativeProofReveals(proof, scramble, digest);
            if (revealed.length > 0) {
                judge.revealed(Password.ofSha1(revealed));
                return true;
            }
        }
        return false;
    }

    boolean acceptsFast(byte[] proof, Scramble scramble) {
        for (byte[] digest : sha2Digests) {
            if (Digests.sha2ProofHolds(proof, scramble, digest)) {
                return true;
            }
        }
        return false;
    }

    /** The keys that an answer to that salt is judged by; they are made from now on, on another thread. */
    CompletableFuture<Parsec.Keys> parsecKeys(byte[] salt) {
        return Parsec.Keys.of(clear == null ? List.of() : clear.get(), salt);
    }

    boolean acceptsClear(byte[] password) {
        return judge.acceptsClear(password);
    }

    @Override
    public String toString() {
        return "Credentials[hidden]";
    }
}
