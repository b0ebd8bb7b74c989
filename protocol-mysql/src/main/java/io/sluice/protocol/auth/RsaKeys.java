// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The key pair with which caching_sha2_password protects a password without TLS. Kept in memory only: clients ask
 * for the public key in each exchange. Immutable; any thread.
 */
public final class RsaKeys {
    private static final int BITS = 2048;
    // The padding that MySQL uses: OAEP with SHA-1 for the digest and the mask.
    private static final String CIPHER = "RSA/ECB/OAEPWithSHA-1AndMGF1Padding";
    private static final String PEM_START = "-----BEGIN PUBLIC KEY-----";
    private static final String PEM_END = "-----END PUBLIC KEY-----";

    private final KeyPair pair;
    private final byte[] publicPem;

    private RsaKeys(KeyPair pair) {
        this.pair = pair;
        this.publicPem = (PEM_START + "\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(pair.getPublic().getEncoded())
                        + "\n" + PEM_END + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Takes some hundred milliseconds: not on an event loop. */
    public static RsaKeys generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            return new RsaKeys(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has RSA", e);
        }
    }

    /** What a client gets that asks for the public key. */
    byte[] publicPem() {
        return publicPem.clone();
    }

    /** The password with its NUL, or null if the bytes were not made with our public key and that scramble. */
    byte @Nullable [] decrypt(byte[] encrypted, Scramble scramble) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate());
            return Digests.masked(cipher.doFinal(encrypted), scramble);
        } catch (GeneralSecurityException e) {
            return null; // the client's fault: an exchange that does not prove anything
        }
    }

    /** The other role: encrypts a password for the server whose public key that is. */
    static byte[] encrypt(Password password, Scramble scramble, byte[] publicPem) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(Cipher.ENCRYPT_MODE, parsePublicPem(publicPem));
        return cipher.doFinal(Digests.masked(password.nulTerminated(), scramble));
    }

    private static PublicKey parsePublicPem(byte[] pem) throws GeneralSecurityException {
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        int start = text.indexOf(PEM_START);
        int end = text.indexOf(PEM_END);
        if (start < 0 || end < start) {
            throw new GeneralSecurityException("not a public key in PEM form");
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(text.substring(start + PEM_START.length(), end));
            return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("not a public key in PEM form", e);
        }
    }
}
