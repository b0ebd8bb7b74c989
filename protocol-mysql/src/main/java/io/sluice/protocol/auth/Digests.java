// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The arithmetic of the two digest plugins. In both, the server keeps H(H(password)) and the client proves that it
 * knows H(password) by sending it XORed with a digest of the scramble and H(H(password)).
 */
final class Digests {
    static final String SHA1 = "SHA-1";
    static final String SHA256 = "SHA-256";

    private Digests() {}

    /** SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password))); empty for the empty password. */
    static byte[] nativeProof(Password password, Scramble scramble) {
        if (password.isEmpty()) {
            return new byte[0];
        }
        byte[] once = password.sha1();
        return xor(once, hash(SHA1, scramble.bytes(), hash(SHA1, once)));
    }

    /** SHA256(password) XOR SHA256(SHA256(SHA256(password)) + scramble); empty for the empty password. */
    static byte[] sha2Proof(Password password, Scramble scramble) {
        if (password.isEmpty()) {
            return new byte[0];
        }
        byte[] once = hash(SHA256, password.utf8());
        return xor(once, hash(SHA256, hash(SHA256, once), scramble.bytes()));
    }

    /** SHA1(password), which a proof that holds shows to who has the stored digest; else nothing. */
    static byte[] nativeProofReveals(byte[] proof, Scramble scramble, byte[] storedDigest) {
        if (proof.length != storedDigest.length) {
            return new byte[0];
        }
        byte[] once = xor(proof, hash(SHA1, scramble.bytes(), storedDigest));
        return MessageDigest.isEqual(hash(SHA1, once), storedDigest) ? once : new byte[0];
    }

    static boolean sha2ProofHolds(byte[] proof, Scramble scramble, byte[] storedDigest) {
        if (proof.length != storedDigest.length) {
            return false;
        }
        byte[] once = xor(proof, hash(SHA256, storedDigest, scramble.bytes()));
        return MessageDigest.isEqual(hash(SHA256, once), storedDigest);
    }

    static byte[] twice(String algorithm, byte[] password) {
        return hash(algorithm, hash(algorithm, password));
    }

    /** XORs with the scramble repeated, as before RSA encryption. Its own inverse. */
    static byte[] masked(byte[] bytes, Scramble scramble) {
        byte[] mask = scramble.bytes();
        byte[] result = bytes.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] ^= mask[i % mask.length];
        }
        return result;
    }

    static byte[] hash(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    private static byte[] xor(byte[] left, byte[] right) {
        byte[] result = Arrays.copyOf(left, left.length);
        for (int i = 0; i < result.length; i++) {
            result[i] ^= right[i];
        }
        return result;
    }
}
