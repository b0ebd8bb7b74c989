// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.testing;

import java.util.Random;

/** Runs a random test with many seeds; -Dseed=N repeats the run that failed. */
public final class Seeds {
    /** One run. */
    public interface Run {
        void with(Random random) throws Exception;
    }

    private Seeds() {}

    public static void forEach(int runs, Run run) {
        Long given = Long.getLong("seed");
        long first = given != null ? given : System.nanoTime();
        for (long seed = first; seed < first + (given != null ? 1 : runs); seed++) {
            try {
                run.with(new Random(seed));
            } catch (Exception | AssertionError e) {
                throw new AssertionError("failed with -Dseed=" + seed + ": " + e, e);
            }
        }
    }
}
