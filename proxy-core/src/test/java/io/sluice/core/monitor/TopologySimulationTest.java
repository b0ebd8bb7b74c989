// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Simulated clusters under random misfortune, the same ones in every build. A failure prints the seed and the whole history; {@code -Dseed=N} runs
 * that one alone, {@code -Dsimulations=N} that many. Of some twenty thousand one still breaks a law, where the answers of several
 * servers, each true at its time, together suggest what never was.
 */
class TopologySimulationTest {

    private static final int SIMULATIONS = Integer.getInteger("simulations", 100);
    private static final int STEPS = 150;

    @Test
    void no_misfortune_makes_a_source_of_a_server_that_must_not_be_one() {
        runAll(false, false);
    }

    @Test
    void nor_where_errant_servers_are_kept_out() {
        runAll(true, false);
    }

    @Test
    void nor_is_the_source_fenced() {
        runAll(false, true);
    }

    private static void runAll(boolean excludesErrant, boolean fences) {
        @Nullable Long only = Long.getLong("seed");
        long first = only != null ? only : 1;
        for (long seed = first; seed < first + (only != null ? 1 : SIMULATIONS); seed++) {
            try {
                run(new Simulation(new Random(seed), false, excludesErrant, fences));
            } catch (RuntimeException | AssertionError failed) {
                String history = history(new Simulation(new Random(seed), true, excludesErrant, fences));
                throw new AssertionError("failed with -Dseed=" + seed + "\n" + history, failed);
            }
        }
    }

    private static void run(Simulation simulation) {
        simulation.run(STEPS);
        simulation.mend();
    }

    private static String history(Simulation simulation) {
        try {
            run(simulation);
        } catch (RuntimeException | AssertionError expected) {
            return String.join("\n", simulation.record());
        }
        return "the same seed does not fail again";
    }
}
