// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.routing.rule.Rule;
import java.util.List;

/** Shows which rules match how often. */
public final class RuleMetrics {
    private RuleMetrics() {}

    /** Registers a meter for each. */
    public static void register(MeterRegistry registry, List<Rule> rules) {
        for (Rule rule : rules) {
            FunctionCounter.builder("sluice.rule.hits", rule, Rule::hits)
                    .description("Statements that a rule has matched")
                    .tag("rule", Integer.toString(rule.id()))
                    .register(registry);
        }
    }
}
