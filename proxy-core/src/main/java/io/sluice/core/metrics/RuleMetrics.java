// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.routing.rule.Rule;
import java.util.List;
import java.util.function.Consumer;

/** Shows which rules match how often: the meters of rules that others take the place of go with them. */
public final class RuleMetrics implements Consumer<List<Rule>> {
    private static final String NAME = "sluice.rule.hits";

    private final MeterRegistry registry;

    public RuleMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void accept(List<Rule> rules) {
        List<Meter> before = List.copyOf(registry.find(NAME).meters());
        before.forEach(registry::remove);
        for (Rule rule : rules) {
            FunctionCounter.builder(NAME, rule, Rule::hits)
                    .description("Statements that a rule has matched")
                    .tag("rule", Integer.toString(rule.id()))
                    .register(registry);
        }
    }
}
