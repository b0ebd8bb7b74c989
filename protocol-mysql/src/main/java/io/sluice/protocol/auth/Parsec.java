// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * The arithmetic of MariaDB's parsec: PBKDF2 makes an Ed25519 key of the password and the account's salt, and with it the
 * client signs the server's scramble and one of its own. The server keeps the salt and the public key.
 */
final class Parsec {
    /** What the server sends of the account: this letter for PBKDF2, a factor of its rounds, the salt. */
    static final int PBKDF2 = 'P';

    static final int SALT_LENGTH = 18;
    static final int SIGNATURE_LENGTH = 64;
    static final int RESPONSE_LENGTH = Scramble.PARSEC_LENGTH + SIGNATURE_LENGTH;

    /** 1024 rounds, doubled so many times at most: a few milliseconds, of which servers may not ask for more. */
    private static final int MAX_FACTOR = 3;

    private static final int ROUNDS = 1024;
    private static final int SEED_LENGTH = 32;
    private static final String ED25519 = "Ed25519";
    private static final String HMAC = "HmacSHA512";
    /** What salts are made of; another in each process. */
    private static final byte[] SALTS = new byte[32];

    static {
        new SecureRandom().nextBytes(SALTS);
    }

    private Parsec() {}

    /** What clients that name a user are sent: by the name alone, so that it does not tell whether there is one. */
    static byte[] salt(String user) {
        byte[] digest = Digests.hash(Digests.SHA256, SALTS, user.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(digest, SALT_LENGTH);
    }

    /** What a client needs to make its key. */
    static byte[] message(byte[] salt) {
        byte[] message = new byte[2 + salt.length];
        message[0] = PBKDF2;
        System.arraycopy(salt, 0, message, 2, salt.length);
        return message;
    }

    /**
     * The public key of each password that a user has, for one login: nothing is kept, so that the time it takes does
     * not tell who has logged in before. Immutable.
     */
    record Keys(List<PublicKey> keys) {
        /** Takes a millisecond a password, on another thread. */
        static CompletableFuture<Keys> of(List<byte[]> passwords, byte[] salt) {
            return CompletableFuture.supplyAsync(() -> new Keys(passwords.stream()
                    .map(utf8 -> publicKey(seed(utf8, 0, salt)))
                    .toList()));
        }

        /** Whether a client's answer, its scramble and the signature of both, was made with one of the passwords. */
        boolean signed(byte[] response, Scramble scramble) {
            if (response.length != RESPONSE_LENGTH) {
                return false;
            }
            byte[] both = both(scramble, Arrays.copyOf(response, Scramble.PARSEC_LENGTH));
            byte[] signature = Arrays.copyOfRange(response, Scramble.PARSEC_LENGTH, RESPONSE_LENGTH);
            return keys.stream().anyMatch(key -> verifies(key, both, signature));
        }

        private static boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
            try {
                Signature verifier = Signature.getInstance(ED25519);
                verifier.initVerify(key);
                verifier.update(signed);
                return verifier.verify(signature);
            } catch (GeneralSecurityException e) {
                return false; // such as a signature that is no point of the curve
            }
        }
    }

    /** Of what the server sent of the account: the way to make a key is one of those known here. */
    static void requireKnown(byte[] message) throws GeneralSecurityException {
        if (message.length != 2 + SALT_LENGTH || message[0] != PBKDF2 || message[1] < 0 || message[1] > MAX_FACTOR) {
            throw new GeneralSecurityException("the server's way to make a key of the password is unknown");
        }
    }

    /** A client's answer. Takes the better part of a millisecond. */
    static byte[] respond(byte[] seed, Scramble scramble) {
        byte[] own = new byte[Scramble.PARSEC_LENGTH];
        new SecureRandom().nextBytes(own);
        byte[] response = Arrays.copyOf(own, RESPONSE_LENGTH);
        System.arraycopy(signature(seed, both(scramble, own)), 0, response, Scramble.PARSEC_LENGTH, SIGNATURE_LENGTH);
        return response;
    }

    private static byte[] signature(byte[] seed, byte[] content) {
        try {
            Signature signer = Signature.getInstance(ED25519);
            signer.initSign(KeyFactory.getInstance(ED25519)
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
            signer.update(content);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java 17 has " + ED25519, e);
        }
    }

    private static byte[] both(Scramble scramble, byte[] clients) {
        byte[] both = Arrays.copyOf(scramble.bytes(), 2 * Scramble.PARSEC_LENGTH);
        System.arraycopy(clients, 0, both, Scramble.PARSEC_LENGTH, Scramble.PARSEC_LENGTH);
        return both;
    }

    /** PBKDF2 of bytes: the JDK's own takes text only. One block is more than a seed. */
    static byte[] seed(byte[] utf8, int factor, byte[] salt) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new PasswordKey(utf8));
            mac.update(salt);
            byte[] round = mac.doFinal(new byte[] {0, 0, 0, 1}); // the number of the block
            byte[] all = round.clone();
            for (int i = 1; i < ROUNDS << factor; i++) {
                round = mac.doFinal(round);
                for (int at = 0; at < all.length; at++) {
                    all[at] ^= round[at];
                }
            }
            return Arrays.copyOf(all, SEED_LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }

    /** The JDK makes no public key of a private one, but a pair of what it takes for random: the seed. */
    private static PublicKey publicKey(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ED25519);
            generator.initialize(NamedParameterSpec.ED25519, new NotRandom(seed));
            return generator.generateKeyPair().getPublic();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java 17 has " + ED25519, e);
        }
    }

    /** A key of a Mac that may be empty, unlike the JDK's. */
    private record PasswordKey(byte[] bytes) implements SecretKey {
        @Override
        public String getAlgorithm() {
            return HMAC;
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }
    }

    private static final class NotRandom extends SecureRandom {
        private final byte[] bytes;

        NotRandom(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] out) {
            System.arraycopy(bytes, 0, out, 0, out.length);
        }
    }
}
