// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.RuleList;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Rules that nobody goes by. */
final class FakeRules implements RuleList {
    final List<Rule> rules = new CopyOnWriteArrayList<>();

    @Override
    public List<Rule> rules() {
        return List.copyOf(rules);
    }

    @Override
    public void replace(List<RuleSpec> specs) throws Refused {
        try {
            List<Rule> next = specs.stream().map(Rule::of).toList();
            rules.clear();
            rules.addAll(next);
        } catch (InvalidRule e) {
            throw new Refused(e.getMessage());
        }
    }

    @Override
    public void watch(Consumer<List<Rule>> watcher) {
        watcher.accept(rules());
    }
}
