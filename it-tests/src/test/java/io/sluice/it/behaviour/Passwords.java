// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;

/** How a client proves its password by the plugins that the servers of the tests have. */
final class Passwords {
    private Passwords() {}

    static byte[] proof(String plugin, String password, byte[] nonce) {
        if (password.isEmpty()) {
            return new byte[0];
        }
        return switch (plugin) {
            case "mysql_native_password" -> scramble("SHA-1", password, nonce, true);
            case "caching_sha2_password" -> scramble("SHA-256", password, nonce, false);
            default -> throw new IllegalArgumentException("no plugin " + plugin);
        };
    }

    /** hash(password) xor hash(nonce + hash(hash(password))), or with the two the other way around. */
    private static byte[] scramble(String algorithm, String password, byte[] nonce, boolean nonceFirst) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] once = digest.digest(password.getBytes(StandardCharsets.UTF_8));
            byte[] twice = digest.digest(once);
            digest.update(nonceFirst ? nonce : twice);
            byte[] mask = digest.digest(nonceFirst ? twice : nonce);
            for (int i = 0; i < mask.length; i++) {
                mask[i] ^= once[i];
            }
            return mask;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }

    /** The password xor the nonce, encrypted by the public key that the server gave. */
    static byte[] encrypted(String password, byte[] nonce, byte[] pem) {
        String key = new String(pem, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
        byte[] plain = Arrays.copyOf(password.getBytes(StandardCharsets.UTF_8), password.length() + 1);
        for (int i = 0; i < plain.length; i++) {
            plain[i] ^= nonce[i % nonce.length];
        }
        try {
            PublicKey publicKey = KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key)));
            Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
            cipher.init(Cipher.ENCRYPT_MODE, publicKey);
            return cipher.doFinal(plain);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encrypt", e);
        }
    }
}
