// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an account can check a client's proof against. An account whose password is known accepts every plugin; one
 * that can only judge a clear password demands the full exchange of caching_sha2_password, in which the client shows
 * the password under TLS or RSA.
 *
 * <p>An account that asks someone else for the password's validity hands in a verifier that keeps the password and
 * returns true; the owner of the handshake then decides, asynchronously, between login and OK packet.
 */
public final class Credentials {
    private static final Credentials DECOY = decoyPassword();

    private final byte @Nullable [] nativeDigest; // SHA1(SHA1(password))
    private final byte @Nullable [] sha2Digest; // SHA256(SHA256(password))
    private final Predicate<byte[]> verifier;

    private Credentials(byte @Nullable [] nativeDigest, byte @Nullable [] sha2Digest, Predicate<byte[]> verifier) {
        this.nativeDigest = nativeDigest;
        this.sha2Digest = sha2Digest;
        this.verifier = verifier;
    }

    /** The password is known; it is kept as digests only. */
    public static Credentials ofPassword(Password password) {
        return ofPassword(password.utf8());
    }

    /** Only the clear password can be judged. The verifier gets its bytes without the NUL and must not block. */
    public static Credentials ofVerifier(Predicate<byte[]> verifier) {
        return new Credentials(null, null, verifier);
    }

    /** Of a user that does not exist: the same course as with a password that is known, but nothing fits. */
    public static Credentials decoy() {
        return DECOY;
    }

    private static Credentials decoyPassword() {
        byte[] password = new byte[32];
        new SecureRandom().nextBytes(password);
        return ofPassword(password);
    }

    private static Credentials ofPassword(byte[] password) {
        byte[] sha2 = Digests.twice(Digests.SHA256, password);
        // Digests of equal length are compared, so that the time taken tells nothing of the password's length.
        return new Credentials(
                Digests.twice(Digests.SHA1, password),
                sha2,
                clear -> MessageDigest.isEqual(Digests.twice(Digests.SHA256, clear), sha2));
    }

    /** Whether this account can make use of a proof of that plugin at all. */
    public boolean canCheck(AuthPlugin plugin) {
        return switch (plugin) {
            case MYSQL_NATIVE_PASSWORD -> nativeDigest != null;
            case CACHING_SHA2_PASSWORD, MYSQL_CLEAR_PASSWORD -> true;
            case SHA256_PASSWORD -> false;
        };
    }

    /** Whether a caching_sha2_password proof is enough, without the full exchange. */
    boolean canCheckFast() {
        return sha2Digest != null;
    }

    boolean acceptsNative(byte[] proof, Scramble scramble) {
        return nativeDigest != null && Digests.nativeProofHolds(proof, scramble, nativeDigest);
    }

    boolean acceptsFast(byte[] proof, Scramble scramble) {
        return sha2Digest != null && Digests.sha2ProofHolds(proof, scramble, sha2Digest);
    }

    boolean acceptsClear(byte[] password) {
        return verifier.test(password);
    }

    @Override
    public String toString() {
        return "Credentials[hidden]";
    }
}
