// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.testing;

import java.util.Arrays;
import java.util.Random;

/** Makes hostile bytes out of valid ones. */
public final class Mutations {
    /** Bytes at which something begins to mean something else. */
    private static final int[] TELLING = {0, 1, 2, 3, 4, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};

    private Mutations() {}

    /** The bytes after some changes, or, one time in eight, unchanged. */
    public static byte[] of(byte[] valid, Random random) {
        byte[] bytes = valid.clone();
        for (int changes = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(4); changes > 0; changes--) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    private static byte[] changed(byte[] bytes, Random random) {
        int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(16), bytes.length - at);
        return switch (random.nextInt(9)) {
            case 0 -> with(bytes, at, random.nextInt(256));
            case 1 -> with(bytes, at, TELLING[random.nextInt(TELLING.length)]);
            case 2 -> bytes.length == 0 ? bytes : with(bytes, at, bytes[at] ^ 1 << random.nextInt(8));
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> spliced(bytes, at, at + length, new byte[0]);
            case 5 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            case 6 -> spliced(bytes, at, at, random(1 + random.nextInt(32), random));
            case 7 -> spliced(bytes, at, Math.min(bytes.length, at + 3), extremeLength(random));
            default -> spliced(bytes, 0, at, Arrays.copyOfRange(bytes, bytes.length - at / 2, bytes.length));
        };
    }

    /** A packet length, or a length-encoded integer, that promises far more than there is. */
    private static byte[] extremeLength(Random random) {
        byte[] length = random(random.nextBoolean() ? 3 : 9, random);
        Arrays.fill(length, 1, length.length, (byte) (random.nextBoolean() ? 0xff : 0x7f));
        length[0] = (byte) TELLING[random.nextInt(TELLING.length)];
        return length;
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        if (bytes.length > 0) {
            bytes[at] = (byte) value;
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        byte[] out = Arrays.copyOf(bytes, from + between.length + bytes.length - to);
        System.arraycopy(between, 0, out, from, between.length);
        System.arraycopy(bytes, to, out, from + between.length, bytes.length - to);
        return out;
    }

    public static byte[] random(int length, Random random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Several pieces, with now and then one left out, doubled or put elsewhere, behind one another. */
    public static byte[] shuffled(byte[][] pieces, Random random) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            int kind = random.nextInt(12);
            byte[] chosen = kind == 0 ? pieces[random.nextInt(pieces.length)] : piece;
            for (int times = kind == 1 ? 0 : kind == 2 ? 2 : 1; times > 0; times--) {
                out.writeBytes(chosen);
            }
        }
        return out.toByteArray();
    }

    /** Where to cut so many bytes into chunks: ascending ends, the last of them the length. */
    public static int[] cuts(int length, Random random) {
        if (length == 0) {
            return new int[0];
        }
        int most = random.nextBoolean() ? length : 1 + random.nextInt(Math.min(length, 64));
        int[] ends = new int[length];
        int count = 0;
        for (int end = 0; end < length; ) {
            end = Math.min(length, end + 1 + random.nextInt(most));
            ends[count++] = end;
        }
        return Arrays.copyOf(ends, count);
    }
}
