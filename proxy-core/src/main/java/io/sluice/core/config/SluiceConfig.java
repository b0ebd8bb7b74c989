// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.topology.BackendAddress;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The whole configuration, immutable. Relative paths in a file start from the file's directory.
 *
 * @param defaultHostgroups where reads of users go that nothing else directs, by the users' names
 * @param holds as failover.hold, of users who have their own, by their names
 * @param remarks of users who are not active or have a comment, by their names
 */
public record SluiceConfig(
        ConfigMode mode,
        MysqlSettings mysql,
        Path dataDir,
        List<ServerSettings> servers,
        List<UserSettings> users,
        List<HostgroupSettings> hostgroups,
        Map<String, Integer> defaultHostgroups,
        Map<String, Duration> holds,
        Map<String, Users.Remark> remarks,
        List<Rule> rules,
        List<LimitSettings> limits,
        AuthenticationSettings authentication,
        BackendSettings backend,
        PoolSettings pool,
        MonitorSettings monitor,
        DiscoverySettings discovery,
        RouterSettings routing,
        FailoverSettings failover,
        AdminSettings admin,
        HttpSettings http,
        LogSettings log,
        TracingSettings tracing,
        ShutdownSettings shutdown) {
    /** A hundred thousand users are some 10 million characters. */
    private static final int LONGEST = 256 << 20;

    public SluiceConfig {
        servers = List.copyOf(servers);
        users = List.copyOf(users);
        hostgroups = List.copyOf(hostgroups);
        defaultHostgroups = Map.copyOf(defaultHostgroups);
        holds = Map.copyOf(holds);
        remarks = Map.copyOf(remarks);
        rules = List.copyOf(rules);
        limits = List.copyOf(limits);
    }

    /** Every key at its default: no servers, no users. */
    public static SluiceConfig defaults() {
        return Section.document(new Reading("defaults", Path.of(""), Map.of()), null, SluiceConfig::read);
    }

    /** Every key there is, in the order of reading. */
    public static List<KeyDescription> keys() {
        Reading reading = new Reading("defaults", Path.of(""), Map.of());
        Section.document(reading, null, SluiceConfig::read);
        return List.copyOf(reading.keys.values());
    }

    /**
     * Reads a file, from the disk each time, as are the password files it names. Blocks.
     *
     * @throws ConfigException with all mistakes, among them what a proxy cannot do without
     */
    public static SluiceConfig load(Path file, Map<String, String> environment) throws ConfigException {
        return load(reading(file, environment, Map.of()), text(file));
    }

    static Reading reading(Path file, Map<String, String> environment, Map<String, String> instead) {
        Path directory = Optional.ofNullable(file.getParent()).orElse(Path.of(""));
        return new Reading(file.toString(), directory, environment, instead);
    }

    static SluiceConfig load(Reading reading, String text) throws ConfigException {
        SluiceConfig config = parse(reading, text);
        config.reportOmissions(reading);
        throwIfAny(reading.problems);
        return config;
    }

    /** Reads a text whose servers and users may still be missing, as in the shipped file. */
    static SluiceConfig parse(Reading reading, String text) throws ConfigException {
        Node root = compose(reading.file, text).orElse(null);
        return Section.document(reading, root, SluiceConfig::read);
    }

    static void throwIfAny(List<ConfigProblem> problems) throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    problems.stream().sorted(ConfigProblem.BY_PLACE).toList());
        }
    }

    private static SluiceConfig read(Section section) {
        MysqlSettings mysql = section.section("mysql", MysqlSettings::read);
        Path dataDir = section.directory(
                "data_dir",
                "data",
                "Where the self-signed certificate and the RSA keys of the password exchange are kept.");
        // What a server or user leaves out comes from pool and mysql, wherever in the file they stand.
        PoolSettings pool = section.section("pool", PoolSettings::read);
        List<ServerSettings> servers = section.list(
                "servers",
                "The MySQL servers; which is the source is discovered.",
                server -> ServerSettings.read(server, pool),
                ServerSettings::address);
        Set<BackendAddress> addresses =
                servers.stream().map(ServerSettings::address).collect(Collectors.toSet());
        List<HostgroupSettings> hostgroups = section.list(
                "hostgroups",
                "Sets of servers that reads can be directed to; without it 0 is the source and 1 the replicas.",
                hostgroup -> HostgroupSettings.read(hostgroup, addresses),
                HostgroupSettings::id);
        Set<Integer> hostgroupIds = HostgroupSettings.ids(hostgroups);
        Users users = Users.read(section, mysql, hostgroupIds);
        List<Rule> rules = section.list(
                "rules",
                "What is to become of which statements, as in ProxySQL's mysql_query_rules.",
                rule -> RuleSettings.read(rule, hostgroupIds),
                Rule::id);
        List<LimitSettings> limits = section.list(
                "limits",
                "How many statements may run at once or in a second, of whom and of what kind.",
                LimitSettings::read,
                LimitSettings::name);
        return new SluiceConfig(
                        section.section("config", ConfigMode::read),
                        mysql,
                        dataDir,
                        servers,
                        users.list(),
                        hostgroups,
                        users.defaultHostgroups(),
                        users.holds(),
                        users.remarks(),
                        rules,
                        limits,
                        section.section("authentication", AuthenticationSettings::read)
                                .withPassthrough(users.passthrough(), section),
                        section.section("backend", BackendSettings::read),
                        pool,
                        section.section("monitor", MonitorSettings::read),
                        section.section("discovery", DiscoverySettings::read),
                        section.section("routing", RouterSettings::read),
                        section.section("failover", FailoverSettings::read),
                        section.section("admin", AdminSettings::read),
                        section.section("http", HttpSettings::read),
                        section.section("log", LogSettings::read),
                        section.section("tracing", TracingSettings::read),
                        section.section("shutdown", ShutdownSettings::read))
                .reportClashes(section);
    }

    /** What has no sensible default. */
    private void reportOmissions(Reading reading) {
        boolean others = mode == ConfigMode.DATABASE;
        if (servers.isEmpty() && !others) {
            omission(
                    reading,
                    "servers",
                    "names no MySQL server",
                    "list at least one: \"- address: db1.example.com:3306\"");
        }
        if (users.stream().noneMatch(user -> isActive(user.name())) && !authentication.passthrough() && !others) {
            omission(
                    reading,
                    "users",
                    "names no user who may log in",
                    "list at least one with name and password, or set authentication.passthrough to true");
        }
        if (monitor.user().isEmpty()) {
            omission(
                    reading,
                    "monitor.user",
                    "is missing, so no server's role could be found out",
                    "name an account that every server knows (CREATE USER; GRANT REPLICATION CLIENT ON *.*)");
        }
    }

    /** Says so only where no other mistake explains why it is missing. */
    private static void omission(Reading reading, String path, String wrong, String right) {
        if (!reading.hasProblemAt(path)) {
            reading.problem(reading.given.get(path), path, wrong, right);
        }
    }

    /** Whether a listed user may log in. */
    public boolean isActive(String user) {
        return remarks.getOrDefault(user, Users.Remark.NONE).active();
    }

    /** Those listed, with those there are anyway, and where reads of users go. */
    public Hostgroups allHostgroups() {
        return new Hostgroups(
                hostgroups.stream().map(HostgroupSettings::hostgroup).toList(), defaultHostgroups);
    }

    /** Those listed, in their order. */
    public List<String> userNames() {
        return users.stream().map(UserSettings::name).toList();
    }

    /** What routing.source_reads says, where it says something; who finds no place waits as for a connection. */
    public LimitSettings sourceReads() {
        return LimitSettings.ofAll(
                "routing.source_reads", routing.sourceReads(), pool.maxWaiters(), pool.acquireTimeout());
    }

    /** Every address to listen on, by its key. */
    public Map<String, List<ListenAddress>> ports() {
        Map<String, List<ListenAddress>> ports = new LinkedHashMap<>();
        ports.put("mysql.listen", mysql.listen());
        ports.put("admin.listen", List.of(admin.listen()));
        ports.put("http.listen", List.of(http.listen()));
        return ports;
    }

    /** Two ports on one address, and a proxy that is its own server. */
    private SluiceConfig reportClashes(Section section) {
        if (mode == ConfigMode.DATABASE && (admin.database() == null || !admin.hasUsers())) {
            String missing = admin.database() == null ? "admin.database" : "admin.users";
            section.problemAt(
                    "config.mode", "is database without " + missing, "give " + missing + ", too, or set it to file");
        }
        Map<String, String> first = new HashMap<>();
        ports().forEach((path, addresses) -> addresses.forEach(listen -> {
            String other = listen.port() == 0 ? null : first.putIfAbsent(listen.toString(), path);
            if (other != null) {
                section.problemAt(path, listen + " is also " + other, "choose another port for one of them");
            }
        }));
        for (ServerSettings server : servers) {
            String path = first.get(server.address().toString());
            if (path != null) {
                section.problemAt(
                        "servers[].address",
                        server.address() + " is also " + path,
                        "name the MySQL server, not Sluice");
            }
        }
        return this;
    }

    static Optional<Node> compose(String file, String text) throws ConfigException {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setUseMarks(true)
                .setCodePointLimit(LONGEST)
                .build();
        try {
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().orElse(null);
            int line = mark == null ? 0 : mark.getLine() + 1;
            int column = mark == null ? 0 : mark.getColumn() + 1;
            String right = "check indentation (spaces, no tabs), quotes and colons near this place";
            throw new ConfigException(
                    List.of(new ConfigProblem(file, line, column, "", "not valid YAML: " + e.getProblem(), right)));
        } catch (YamlEngineException e) {
            throw new ConfigException(
                    List.of(new ConfigProblem(file, 0, 0, "", "not valid YAML: " + e.getMessage(), "")));
        }
    }

    static String text(Path file) throws ConfigException {
        String wrong;
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            wrong = "is not UTF-8 text";
        } catch (IOException e) {
            wrong = Files.isDirectory(file)
                    ? "is a directory"
                    : Files.exists(file) ? "cannot be read" : "does not exist";
        }
        String right = "name a YAML file that this user may read";
        throw new ConfigException(List.of(new ConfigProblem(file.toString(), 0, 0, "", wrong, right)));
    }
}
