// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.core.limit.Limit;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Shows what became of statements that limits match. */
public final class LimitMetrics {
    private LimitMetrics() {}

    /** Registers the meters of each; the registry keeps them alive. */
    public static void register(MeterRegistry registry, List<Limit> limits) {
        for (Limit limit : limits) {
            statements(registry, limit, "at_once", Limit::enteredAtOnce);
            statements(registry, limit, "after_wait", Limit::enteredAfterWait);
            statements(registry, limit, "refused", Limit::refused);
            statements(registry, limit, "gave_up", Limit::gaveUp);
            gauge(
                    registry,
                    limit,
                    "sluice.limit.running",
                    "Statements that a limit matches and that run",
                    Limit::running);
            gauge(registry, limit, "sluice.limit.waiting", "Statements that wait for their turn", Limit::waiting);
        }
    }

    private static void statements(MeterRegistry registry, Limit limit, String outcome, ToDoubleFunction<Limit> count) {
        FunctionCounter.builder("sluice.limit.statements", limit, count)
                .description("Statements that a limit matches, by what became of them: they ran at once, or after a"
                        + " wait; refused: too many waited; gave_up: the wait was too long, or the client went")
                .tag("limit", limit.name())
                .tag("outcome", outcome)
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry, Limit limit, String name, String description, ToDoubleFunction<Limit> value) {
        Gauge.builder(name, limit, value)
                .description(description)
                .tag("limit", limit.name())
                .strongReference(true)
                .register(registry);
    }
}
