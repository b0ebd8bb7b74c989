// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.view.RuleList;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSet;
import io.sluice.routing.rule.RuleSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules in force, as one immutable set that every event loop is given. Thread-safe; who reads never waits. */
final class Rules implements RuleList {
    private static final Logger LOG = LoggerFactory.getLogger(Rules.class);

    private final EachLoop loops;
    private final List<Consumer<List<Rule>>> watchers = new CopyOnWriteArrayList<>();
    private volatile RuleSet set;

    Rules(List<Rule> first, Hostgroups hostgroups, EachLoop loops) {
        this.set = new RuleSet(first, hostgroups);
        this.loops = loops;
    }

    RuleSet set() {
        return set;
    }

    @Override
    public List<Rule> rules() {
        return set.rules();
    }

    @Override
    public synchronized void replace(List<RuleSpec> specs) throws Refused {
        List<String> problems = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        for (RuleSpec spec : specs) {
            if (!ids.add(spec.id())) {
                problems.add("rule " + spec.id() + " is there twice");
            }
            Integer hostgroup = spec.action().hostgroup();
            if (hostgroup != null && set.hostgroups().byId(hostgroup) == null) {
                problems.add("rule " + spec.id() + ": destination_hostgroup " + hostgroup
                        + " is none; configure it under hostgroups in the configuration file, or name another");
            }
            try {
                rules.add(Rule.of(spec));
            } catch (InvalidRule e) {
                problems.add("rule " + spec.id() + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new Refused(String.join("; ", problems));
        }
        use(new RuleSet(rules, set.hostgroups()));
        LOG.info("event=rules_changed rules={}", rules.size());
        watchers.forEach(watcher -> watcher.accept(rules()));
    }

    /** From now on, reads that nothing directs go there, of users by their names who log in. Hits are not touched. */
    synchronized void direct(Map<String, Integer> defaultHostgroups) {
        use(new RuleSet(set.rules(), set.hostgroups().withDefaults(defaultHostgroups)));
    }

    private void use(RuleSet next) {
        set = next;
        loops.ask(scope -> {
            scope.use(next);
            return true;
        });
    }

    @Override
    public synchronized void watch(Consumer<List<Rule>> watcher) {
        watchers.add(watcher);
        watcher.accept(rules());
    }
}
