// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.account.AccountBook;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.UserSettings;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.UserList;
import io.sluice.routing.hostgroup.Hostgroups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listed users, as logins know them and as rules direct them. Thread-safe; who reads never waits. */
final class ListedUsers implements UserList {
    private static final Logger LOG = LoggerFactory.getLogger(ListedUsers.class);

    private final AccountBook accounts;
    private final Rules rules;
    private final boolean othersMayLogIn;
    private volatile List<Entry> users;

    /** @param accounts know those of the configuration already, as do the rules */
    ListedUsers(SluiceConfig config, AccountBook accounts, Rules rules) {
        this.accounts = accounts;
        this.rules = rules;
        this.othersMayLogIn = config.authentication().passthrough();
        this.users = Entry.of(config);
        if (users.stream().anyMatch(user -> !user.active())) {
            list(users);
        }
    }

    @Override
    public List<Entry> users() {
        return users;
    }

    @Override
    public synchronized void replace(List<Entry> next) throws Refused {
        refuseIfWrong(next);
        Map<String, Integer> defaults = defaults(next);
        if (!defaults.equals(defaults(users))) {
            rules.direct(defaults); // before anybody can log in who needs it
        }
        int inactive = list(next);
        users = List.copyOf(next);
        LOG.info("event=users_changed users={} inactive={}", next.size(), inactive);
    }

    private static Map<String, Integer> defaults(List<Entry> users) {
        Map<String, Integer> defaults = new HashMap<>();
        for (Entry user : users) {
            if (user.defaultHostgroup() != null) {
                defaults.put(user.name(), user.defaultHostgroup());
            }
        }
        return defaults;
    }

    /** How many of them may not log in. */
    private int list(List<Entry> next) {
        List<UserSettings> active = new ArrayList<>(next.size());
        Set<String> shut = new HashSet<>();
        for (Entry user : next) {
            if (user.active()) {
                active.add(user.settings());
            } else {
                shut.add(user.name());
            }
        }
        accounts.list(active, shut);
        return shut.size();
    }

    private void refuseIfWrong(List<Entry> next) throws Refused {
        List<String> problems = new ArrayList<>();
        Hostgroups hostgroups = rules.set().hostgroups();
        Set<String> names = new HashSet<>(next.size() * 2);
        for (Entry user : next) {
            if (!names.add(user.name())) {
                problems.add("user " + user.name() + " is there twice");
            }
            Integer hostgroup = user.defaultHostgroup();
            if (hostgroup != null && hostgroups.byId(hostgroup) == null) {
                problems.add("user " + user.name() + ": default_hostgroup " + hostgroup
                        + " is none; configure it under hostgroups in the configuration file, or name another");
            }
        }
        if (!othersMayLogIn && next.stream().noneMatch(Entry::active)) {
            problems.add("nobody could log in; list at least one active user, since authentication.passthrough is off");
        }
        if (!problems.isEmpty()) {
            throw new Refused(String.join("; ", problems));
        }
    }
}
