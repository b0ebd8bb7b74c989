// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.config.ConfigException;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.RuleList;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerList;
import io.sluice.core.view.UserList;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration's file while the proxy runs. Thread-safe. */
public final class ConfigReload implements ConfigControl {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigReload.class);

    private final ConfigFile file;
    private final ServerList servers;
    private final RuleList rules;
    private final UserList users;

    public ConfigReload(ConfigFile file, ServerList servers, RuleList rules, UserList users) {
        this.file = file;
        this.servers = servers;
        this.rules = rules;
        this.users = users;
    }

    @Override
    public SluiceConfig read() throws Refused {
        return version().config();
    }

    private ConfigFile.Version version() throws Refused {
        try {
            return file.read();
        } catch (ConfigException mistakes) {
            throw new Refused(String.valueOf(mistakes.getMessage()));
        }
    }

    @Override
    public synchronized ConfigFile.Version reload() throws Refused {
        ConfigFile.Version now = version();
        refuseIfWrong(now.config());
        boolean newServers = takeServers(now.config().servers());
        boolean newRules = takeRules(now.config().rules());
        boolean newUsers = takeUsers(users(now.config()));
        LOG.info(
                "event=config_reloaded file={} servers={} rules={} users={} needs_restart=\"{}\"",
                file.path(),
                word(newServers),
                word(newRules),
                word(newUsers),
                String.join(", ", now.restart()));
        return now;
    }

    private static String word(boolean changed) {
        return changed ? "changed" : "same";
    }

    /** What is right in a file may need something that counts after a restart only. */
    private void refuseIfWrong(SluiceConfig now) throws Refused {
        List<String> problems = new ArrayList<>();
        Hostgroups there = file.atStart().allHostgroups();
        for (Rule rule : now.rules()) {
            Integer hostgroup = rule.spec().action().hostgroup();
            if (hostgroup != null && there.byId(hostgroup) == null) {
                problems.add("rule " + rule.id() + " names hostgroup " + hostgroup);
            }
        }
        now.defaultHostgroups().forEach((user, hostgroup) -> {
            if (there.byId(hostgroup) == null) {
                problems.add("user " + user + " has the default_hostgroup " + hostgroup);
            }
        });
        if (now.users().isEmpty() && !file.atStart().authentication().passthrough()) {
            problems.add("no user is listed, so nobody could log in");
        }
        if (!problems.isEmpty()) {
            throw new Refused(String.join("; ", problems)
                    + "; hostgroups and authentication are read at a restart only: restart");
        }
    }

    private boolean takeServers(List<ServerSettings> next) throws Refused {
        List<ServerSettings> before = servers.servers().stream()
                .filter(server -> !server.discovered())
                .map(ServerList.Entry::settings)
                .toList();
        if (before.equals(next)) {
            return false;
        }
        servers.replace(next);
        return true;
    }

    /** The same ones go on counting their hits. */
    private boolean takeRules(List<Rule> next) throws Refused {
        List<RuleSpec> specs = next.stream().map(Rule::spec).toList();
        if (rules.rules().stream().map(Rule::spec).toList().equals(specs)) {
            return false;
        }
        rules.replace(specs);
        return true;
    }

    private boolean takeUsers(List<UserList.Entry> next) throws Refused {
        if (users.users().equals(next)) {
            return false;
        }
        users.replace(next);
        return true;
    }

    private static List<UserList.Entry> users(SluiceConfig config) {
        return config.users().stream()
                .map(user -> new UserList.Entry(
                        user, true, config.defaultHostgroups().get(user.name()), ""))
                .toList();
    }
}
