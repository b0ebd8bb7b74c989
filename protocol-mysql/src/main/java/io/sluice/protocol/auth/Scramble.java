// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.util.random.RandomGenerator;

/** The random bytes that a server sends and that the client mixes into its proof: 20, for parsec 32. Not a secret. */
public final class Scramble {
    public static final int LENGTH = 20;
    public static final int PARSEC_LENGTH = 32;

    private final byte[] bytes;

    private Scramble(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies the bytes. */
    public static Scramble of(byte[] bytes) {
        if (bytes.length != LENGTH && bytes.length != PARSEC_LENGTH) {
            throw new IllegalArgumentException("a scramble has 20 or 32 bytes, not " + bytes.length);
        }
        return new Scramble(bytes.clone());
    }

    /**
     * Seven-bit bytes without NUL, since clients read the scramble as a C string, and without '$', which separates
     * the parts of stored caching_sha2_password digests. The generator has to be a secure one outside tests.
     */
    public static Scramble random(RandomGenerator random) {
        return random(random, LENGTH);
    }

    /** Of the length that a plugin needs. */
    public static Scramble random(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < LENGTH; i++) {
            do {
                bytes[i] = (byte) random.nextInt(1, 0x80);
            } while (bytes[i] == '$');
        }
        return new Scramble(bytes);
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }
}
