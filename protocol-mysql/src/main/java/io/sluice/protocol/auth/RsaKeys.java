// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import io.sluice.protocol.tls.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * The key pair with which caching_sha2_password protects a password without TLS. Kept in a directory under the names
 * that mysqld gives its own, since a client may hold a copy of the public key (--server-public-key-path) rather than
 * ask for it in each exchange. Immutable; any thread.
 */
public final class RsaKeys {
    static final String PRIVATE_FILE = "private_key.pem";
    static final String PUBLIC_FILE = "public_key.pem";

    private static final int BITS = 2048;
    // The padding that MySQL uses: OAEP with SHA-1 for the digest and the mask.
    private static final String CIPHER = "RSA/ECB/OAEPWithSHA-1AndMGF1Padding";
    private static final String PEM_START = "-----BEGIN PUBLIC KEY-----";
    private static final String PEM_END = "-----END PUBLIC KEY-----";

    private final KeyPair pair;
    private final byte[] publicPem;

    private RsaKeys(KeyPair pair) {
        this.pair = pair;
        this.publicPem =
                PemFiles.text("PUBLIC KEY", pair.getPublic().getEncoded()).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Those kept in that directory, made there if there are none. Blocks: not on an event loop.
     *
     * @throws IOException if they can not be used or kept; the message says which file, why, and what to do
     */
    public static RsaKeys kept(Path directory) throws IOException {
        Path file = directory.resolve(PRIVATE_FILE);
        RsaKeys keys;
        if (areIn(directory)) {
            keys = new RsaKeys(read(file));
        } else {
            keys = generate();
            Files.createDirectories(directory);
            PemFiles.write(
                    file, PemFiles.text("PRIVATE KEY", keys.pair.getPrivate().getEncoded()), "rw-------");
        }
        Path copy = directory.resolve(PUBLIC_FILE);
        String text = new String(keys.publicPem, StandardCharsets.US_ASCII);
        if (Files.notExists(copy)
                || !Files.readString(copy, StandardCharsets.ISO_8859_1).equals(text)) {
            PemFiles.write(copy, text, "rw-r--r--");
        }
        return keys;
    }

    static boolean areIn(Path directory) {
        return Files.exists(directory.resolve(PRIVATE_FILE));
    }

    private static KeyPair read(Path file) throws IOException {
        String remedy = "; delete it to have a new one made at the next start";
        try {
            if (PemFiles.readPrivateKey(file) instanceof RSAPrivateCrtKey key) {
                RSAPublicKeySpec spec = new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent());
                return new KeyPair(KeyFactory.getInstance("RSA").generatePublic(spec), key);
            }
        } catch (IOException e) {
            throw new IOException(e.getMessage() + remedy, e);
        } catch (GeneralSecurityException e) {
            throw new IOException("the private key in " + file + " can not be used: " + e.getMessage() + remedy, e);
        }
        throw new IOException("the private key in " + file + " is not an RSA key" + remedy);
    }

    /** Takes up to a second in a JVM that has just started: not on an event loop. */
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
