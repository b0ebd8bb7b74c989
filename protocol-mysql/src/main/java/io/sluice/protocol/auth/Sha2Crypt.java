// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import static io.sluice.protocol.auth.Digests.SHA256;

import java.io.ByteArrayOutputStream;

/**
 * The digest that caching_sha2_password stores: SHA-crypt with SHA-256, as crypt(3) has it under {@code $5$}, but with a
 * salt of 20 arbitrary bytes, which libraries for crypt(3) do not take.
 */
final class Sha2Crypt {
    private static final String ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private Sha2Crypt() {}

    /** The 43 characters after the salt. */
    static byte[] digest(byte[] password, byte[] salt, int rounds) {
        byte[] state = begin(password, salt);
        byte[] passwords = repeated(Digests.hash(SHA256, times(password, password.length)), password.length);
        byte[] salts = repeated(Digests.hash(SHA256, times(salt, 16 + (state[0] & 0xff))), salt.length);
        byte[] nothing = {};
        for (int round = 0; round < rounds; round++) {
            boolean odd = round % 2 == 1;
            state = Digests.hash(
                    SHA256,
                    odd ? passwords : state,
                    round % 3 == 0 ? nothing : salts,
                    round % 7 == 0 ? nothing : passwords,
                    odd ? state : passwords);
        }
        return encoded(state);
    }

    /** The state before the first round: the bits of the password's length choose what goes in. */
    private static byte[] begin(byte[] password, byte[] salt) {
        byte[] other = Digests.hash(SHA256, password, salt, password);
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.writeBytes(password);
        first.writeBytes(salt);
        first.writeBytes(repeated(other, password.length));
        for (int bits = password.length; bits > 0; bits >>>= 1) {
            first.writeBytes((bits & 1) == 1 ? other : password);
        }
        return Digests.hash(SHA256, first.toByteArray());
    }

    private static byte[] times(byte[] bytes, int count) {
        return repeated(bytes, bytes.length * count);
    }

    private static byte[] repeated(byte[] bytes, int length) {
        byte[] result = new byte[length];
        for (int i = 0; i < length; i++) {
            result[i] = bytes[i % bytes.length];
        }
        return result;
    }

    /** Three bytes to four characters, lowest bits first, in an order of its own. */
    private static byte[] encoded(byte[] state) {
        byte[] out = new byte[43];
        int length = 0;
        int a = 0;
        int b = 10;
        int c = 20;
        for (int group = 0; group < 10; group++) {
            length = encode(state[a], state[b], state[c], 4, out, length);
            int next = a;
            a = c + 1;
            c = b + 1;
            b = next + 1;
        }
        encode((byte) 0, state[31], state[30], 3, out, length);
        return out;
    }

    private static int encode(byte high, byte middle, byte low, int characters, byte[] out, int at) {
        int bits = (high & 0xff) << 16 | (middle & 0xff) << 8 | (low & 0xff);
        for (int i = 0; i < characters; i++) {
            out[at + i] = (byte) ALPHABET.charAt(bits & 63);
            bits >>>= 6;
        }
        return at + characters;
    }
}
