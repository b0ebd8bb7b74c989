// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.view.RuleList;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.hostgroup.RoleNumbers;
import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSet;
import io.sluice.routing.rule.RuleSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules in force and the hostgroups that they direct to, as one immutable set that every event loop is given.
 * Thread-safe; who reads never waits.
 */
final class Rules implements RuleList {
    private static final Logger LOG = LoggerFactory.getLogger(Rules.class);

    private final EachLoop loops;
    private final Hostgroups configured;
    private final List<Consumer<List<Rule>>> watchers = new CopyOnWriteArrayList<>();
    private volatile RuleSet set;

    Rules(List<Rule> first, Hostgroups hostgroups, EachLoop loops) {
        this.set = new RuleSet(first, hostgroups);
        this.loops = loops;
        this.configured = hostgroups;
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
        replace(specs, set.hostgroups());
    }

    @Override
    public synchronized void replace(List<RuleSpec> specs, @Nullable RoleNumbers numbers) throws Refused {
        Hostgroups next = numbered(numbers);
        Map<String, Integer> defaults = new HashMap<>(set.hostgroups().defaults());
        defaults.values().removeIf(wanted -> next.byId(wanted) == null);
        replace(specs, next.withDefaults(defaults));
    }

    private void replace(List<RuleSpec> specs, Hostgroups hostgroups) throws Refused {
        List<String> problems = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        for (RuleSpec spec : specs) {
            if (!ids.add(spec.id())) {
                problems.add("rule " + spec.id() + " is there twice");
            }
            Integer hostgroup = spec.action().hostgroup();
            if (hostgroup != null && hostgroups.byId(hostgroup) == null) {
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
        use(new RuleSet(rules, hostgroups));
        LOG.info("event=rules_changed rules={}", rules.size());
        watchers.forEach(watcher -> watcher.accept(rules()));
    }

    /** From now on, reads that nothing directs go there, of users by their names who log in. Hits are not touched. */
    synchronized void direct(Map<String, Integer> defaultHostgroups) {
        use(set.with(set.hostgroups().withDefaults(defaultHostgroups)));
    }

    @Override
    public Hostgroups hostgroups() {
        return set.hostgroups();
    }

    @Override
    public synchronized void number(@Nullable RoleNumbers numbers) throws Refused {
        Hostgroups next = numbered(numbers);
        List<String> problems = new ArrayList<>();
        for (Rule rule : set.rules()) {
            Integer wanted = rule.spec().action().hostgroup();
            if (wanted != null && next.byId(wanted) == null) {
                problems.add("rule " + rule.id() + " has destination_hostgroup " + wanted);
            }
        }
        Map<String, Integer> defaults = set.hostgroups().defaults();
        defaults.forEach((user, wanted) -> {
            if (next.byId(wanted) == null) {
                problems.add("user " + user + " has default_hostgroup " + wanted);
            }
        });
        if (!problems.isEmpty()) {
            throw new Refused("there would be no such hostgroup any more: " + String.join("; ", problems)
                    + "; change and load these first");
        }
        use(set.with(next.withDefaults(defaults)));
    }

    private Hostgroups numbered(@Nullable RoleNumbers numbers) throws Refused {
        if (numbers == null || numbers.equals(configured.roles())) {
            return configured;
        }
        try {
            return configured.withRoles(numbers);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private void use(RuleSet next) {
        RoleNumbers before = set.hostgroups().roles();
        RoleNumbers roles = next.hostgroups().roles();
        set = next;
        if (!before.equals(roles)) {
            LOG.info("event=hostgroups_changed source={} replicas={}", roles.source(), roles.replicas());
        }
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
