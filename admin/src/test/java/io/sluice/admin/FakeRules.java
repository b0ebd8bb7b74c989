// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.RuleList;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.hostgroup.RoleNumbers;
import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rules that nobody goes by. */
final class FakeRules implements RuleList {
    final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final Hostgroups configured;
    private volatile Hostgroups hostgroups;

    FakeRules(Hostgroups configured) {
        this.configured = configured;
        this.hostgroups = configured;
    }

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
    public Hostgroups hostgroups() {
        return hostgroups;
    }

    @Override
    public void number(@Nullable RoleNumbers numbers) throws Refused {
        try {
            hostgroups = numbers == null ? configured : configured.withRoles(numbers);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void replace(List<RuleSpec> specs, @Nullable RoleNumbers numbers) throws Refused {
        number(numbers);
        replace(specs);
    }

    @Override
    public void watch(Consumer<List<Rule>> watcher) {
        watcher.accept(rules());
    }
}
