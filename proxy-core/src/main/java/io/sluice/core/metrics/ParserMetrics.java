// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.routing.sql.Structures;
import java.util.function.ToDoubleFunction;

/** Shows what became of the statements that were given to the parser. */
public final class ParserMetrics {
    private ParserMetrics() {}

    /** Registers the meters; the registry keeps the counters alive. */
    public static void register(MeterRegistry registry, Structures structures) {
        statements(registry, structures, "understood", parsed -> parsed.parsed() - parsed.notUnderstood());
        statements(registry, structures, "not_understood", Structures::notUnderstood);
        statements(registry, structures, "turned_away", Structures::turnedAway);
    }

    private static void statements(
            MeterRegistry registry, Structures structures, String outcome, ToDoubleFunction<Structures> count) {
        FunctionCounter.builder("sluice.parser.statements", structures, count)
                .description("Different statements by what the parser made of them; turned_away: too many waited, so"
                        + " it was not asked. What it did not understand is judged by its words alone")
                .tag("outcome", outcome)
                .register(registry);
    }
}
