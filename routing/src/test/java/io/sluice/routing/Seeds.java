// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import java.util.Random;

/** Runs a check with many seeds; says which one failed, and takes {@code -Dseed=} to run that one again. */
public final class Seeds {
    /** A check of what a random source leads to. */
    public interface Check {
        void with(Random random);
    }

    private Seeds() {}

    public static void forEach(int count, Check check) {
        String wanted = System.getProperty("seed");
        long first = wanted == null ? new Random().nextLong() : Long.parseLong(wanted);
        int runs = wanted == null ? count : 1;
        for (long seed = first; seed < first + runs; seed++) {
            try {
                check.with(new Random(seed));
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError("failed; run again with -Dseed=" + seed, failure);
            }
        }
    }
}
