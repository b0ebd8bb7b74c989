// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.ServerSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ServerControl;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerList;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MYSQL SERVERS. A server is one for Sluice, in however many hostgroups it has a row: its role is discovered, and which
 * servers a hostgroup lists is the configuration file's to say.
 */
final class ServersModule implements ConfigModule {
    static final String WORDS = "MYSQL SERVERS";

    private static final String ONLINE = "ONLINE";
    private static final String SOFT = "OFFLINE_SOFT";
    private static final String HARD = "OFFLINE_HARD";

    private final Sight sight;
    private final ServerList servers;
    private final ServerControl control;
    /** Those that a LOAD has drained: while one does not answer, that is what is said of it. */
    private final Set<BackendAddress> drained = new HashSet<>();

    /** What the rows of one server say. */
    private record Wanted(ServerSettings settings, String status) {}

    ServersModule(Sight sight, ServerList servers, ServerControl control) {
        this.sight = sight;
        this.servers = servers;
        this.control = control;
    }

    @Override
    public String words() {
        return WORDS;
    }

    @Override
    public String table() {
        return "mysql_servers";
    }

    @Override
    public List<String> keys() {
        return List.of("hostname", "port");
    }

    @Override
    public String columns() {
        return "hostgroup_id INT CHECK (hostgroup_id >= 0) NOT NULL DEFAULT "
                + sight.hostgroups().ofSource().id() + ", hostname VARCHAR CHECK (hostname <> '') NOT NULL,"
                + " port INT CHECK (port BETWEEN 1 AND 65535) NOT NULL DEFAULT 3306,"
                + " gtid_port INT CHECK (gtid_port = 0) NOT NULL DEFAULT 0,"
                + " status VARCHAR CHECK (upper(status) IN ('ONLINE', 'SHUNNED', 'OFFLINE_SOFT', 'OFFLINE_HARD'))"
                + " NOT NULL DEFAULT 'ONLINE',"
                + " weight INT CHECK (weight BETWEEN 0 AND 1000000) NOT NULL DEFAULT 1,"
                + " compression INT CHECK (compression >= 0) NOT NULL DEFAULT 0,"
                + " max_connections INT CHECK (max_connections BETWEEN 1 AND 100000) NOT NULL DEFAULT "
                + sight.config().pool().maxConnections() + ","
                + " max_replication_lag INT CHECK (max_replication_lag >= 0) NOT NULL DEFAULT 0,"
                + " use_ssl INT CHECK (use_ssl IN (0, 1)) NOT NULL DEFAULT 0,"
                + " max_latency_ms INT CHECK (max_latency_ms >= 0) NOT NULL DEFAULT 0,"
                + " comment VARCHAR NOT NULL DEFAULT '', PRIMARY KEY (hostgroup_id, hostname, port)";
    }

    @Override
    public List<@Nullable Object[]> ofFile(SluiceConfig file) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        int hostgroup = sight.hostgroups().ofSource().id();
        file.servers().forEach(settings -> rows.add(row(hostgroup, settings, ONLINE, "")));
        return rows;
    }

    @Override
    public List<@Nullable Object[]> ofRuntime() {
        Map<BackendAddress, Member> members = new HashMap<>();
        sight.view().topology().members().forEach(member -> members.put(member.address(), member));
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (ServerList.Entry entry : servers.servers()) {
            Member member = members.get(entry.settings().address());
            String comment = entry.discovered() ? "discovered" : "";
            String status = member == null ? "SHUNNED" : ServerTables.status(member);
            for (Hostgroup hostgroup :
                    ServerTables.hostgroups(sight, entry.settings().address(), member)) {
                rows.add(row(hostgroup.id(), entry.settings(), status, comment));
            }
        }
        return rows;
    }

    /** Hostgroups are what roles are, wherever they are written. */
    @Override
    public List<String> compared(List<String> columns) {
        return List.of("status", "weight", "max_connections");
    }

    /** Without those that were found, and whatever the monitor thinks of a server. */
    @Override
    public List<@Nullable Object[]> ofRuntimeAsLoaded() {
        int hostgroup = sight.hostgroups().ofSource().id();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (ServerList.Entry entry : servers.servers()) {
            if (!entry.discovered()) {
                String status = isDrained(entry.settings().address()) ? SOFT : ONLINE;
                rows.add(row(hostgroup, entry.settings(), status, ""));
            }
        }
        return rows;
    }

    /** Drains, as at any restart. */
    @Override
    public String forgottenAtStart() {
        return "UPDATE main.mysql_servers SET status = 'ONLINE' WHERE upper(status) = 'OFFLINE_SOFT'";
    }

    @Override
    public List<String> notInFile(SluiceConfig written) {
        return servers.servers().stream()
                .map(entry -> entry.settings().address())
                .filter(this::isDrained)
                .map(address -> address + " is drained until a restart, which no file says")
                .toList();
    }

    private boolean isDrained(BackendAddress address) {
        return drained.contains(address)
                || sight.view()
                        .topology()
                        .member(address)
                        .filter(member -> ServerTables.status(member).equals(SOFT))
                        .isPresent();
    }

    private static @Nullable Object[] row(int hostgroup, ServerSettings settings, String status, String comment) {
        return new @Nullable Object[] {
            hostgroup,
            settings.address().host(),
            settings.address().port(),
            0,
            status,
            settings.weight(),
            0,
            settings.maxConnections(),
            0,
            0,
            0,
            comment
        };
    }

    @Override
    public List<String> problems(List<ConfigRow> rows) {
        List<String> problems = new ArrayList<>();
        wanted(rows, problems);
        return problems;
    }

    private Map<BackendAddress, Wanted> wanted(List<ConfigRow> rows, List<String> problems) {
        Map<BackendAddress, Wanted> wanted = new LinkedHashMap<>();
        for (ConfigRow row : rows) {
            add(row, wanted, problems);
        }
        return wanted;
    }

    @Override
    public void toRuntime(List<ConfigRow> rows) throws SqlRefused {
        List<String> problems = new ArrayList<>();
        Map<BackendAddress, Wanted> wanted = wanted(rows, problems);
        for (ConfigRow row : rows) {
            checkHostgroup(row, problems);
        }
        wanted.forEach((address, one) -> checkDrain(address, one, problems));
        List<ServerSettings> listed = wanted.values().stream()
                .filter(one -> !one.status().equals(HARD))
                .map(Wanted::settings)
                .toList();
        if (listed.isEmpty() && !servers.servers().isEmpty()) {
            problems.add("no server would be left; give mysql_servers at least one row that is not OFFLINE_HARD");
        }
        if (!problems.isEmpty()) {
            throw SqlRefused.notLoaded(problems);
        }
        if (listed.isEmpty()) {
            return; // hostgroups come before servers
        }
        try {
            servers.replace(listed);
            for (Wanted one : wanted.values()) {
                drainOrRestore(one);
            }
        } catch (Refused refused) {
            throw SqlRefused.of("not all was loaded: " + refused.getMessage());
        }
    }

    private void add(ConfigRow row, Map<BackendAddress, Wanted> wanted, List<String> problems) {
        String at = at(row);
        BackendAddress address;
        try {
            address = address(row);
        } catch (IllegalArgumentException e) {
            problems.add(at + " is no address: " + e.getMessage());
            return;
        }
        checkElsewhere(at, row, problems);
        int weight = row.number("weight", problems);
        int connections = row.number("max_connections", problems);
        String status = row.required("status").toUpperCase(Locale.ROOT);
        Wanted one = new Wanted(
                new ServerSettings(address, weight, connections, zone(address)),
                status.equals("SHUNNED") ? ONLINE : status);
        Wanted before = wanted.putIfAbsent(address, one);
        if (before != null && !before.equals(one)) {
            problems.add(at + " has rows that differ in weight, max_connections or status; make them the same, a server"
                    + " has one of each");
        }
    }

    private static String at(ConfigRow row) {
        return row.required("hostname") + ":" + row.required("port");
    }

    private static BackendAddress address(ConfigRow row) {
        return new BackendAddress(
                row.required("hostname").toLowerCase(Locale.ROOT), Integer.parseInt(row.required("port")));
    }

    private void checkHostgroup(ConfigRow row, List<String> problems) {
        String at = at(row);
        int id = row.number("hostgroup_id", problems);
        Hostgroup hostgroup = sight.hostgroups().byId(id);
        if (hostgroup == null) {
            problems.add(at + " is in hostgroup " + id + ", which there is not; use "
                    + sight.hostgroups().ofSource().id() + " or "
                    + sight.hostgroups().ofReplicas().id()
                    + " (roles are discovered), give mysql_replication_hostgroups a row with other numbers, or"
                    + " configure it under hostgroups in the configuration file");
        } else if (hostgroup.kind() == Hostgroup.Kind.MEMBERS && !isMember(hostgroup, row)) {
            problems.add(at + " is none of the members that the configuration file lists for hostgroup " + id
                    + "; add it there, and restart");
        }
    }

    private static boolean isMember(Hostgroup hostgroup, ConfigRow row) {
        try {
            return hostgroup.members().contains(address(row));
        } catch (IllegalArgumentException e) {
            return true; // it is none, which is said elsewhere
        }
    }

    private static void checkElsewhere(String at, ConfigRow row, List<String> problems) {
        Map<String, String> elsewhere = Map.of(
                "compression", "backend.compression",
                "use_ssl", "backend.tls.mode",
                "max_replication_lag", "monitor.max_lag or hostgroups[].max_lag",
                "max_latency_ms", "nothing: slow servers get fewer reads by themselves");
        elsewhere.forEach((column, key) -> {
            if (!row.required(column).equals("0")) {
                problems.add(at + " has a " + column + ", which is not set for one server; leave it 0 and use " + key);
            }
        });
    }

    private String zone(BackendAddress address) {
        return servers.servers().stream()
                .map(ServerList.Entry::settings)
                .filter(settings -> settings.address().equals(address))
                .map(ServerSettings::zone)
                .findFirst()
                .orElse("");
    }

    private void checkDrain(BackendAddress address, Wanted one, List<String> problems) {
        if (!one.status().equals(SOFT)) {
            return;
        }
        Member member = sight.view().topology().member(address).orElse(null);
        if (member == null) {
            problems.add(address + " is new and OFFLINE_SOFT; load it ONLINE with weight 0 first, or leave it out");
        } else if (member.isOnlineSource()) {
            problems.add(address + " is the source and cannot be OFFLINE_SOFT; SLUICE SWITCHOVER TO another server"
                    + " first");
        }
    }

    private void drainOrRestore(Wanted one) throws Refused {
        BackendAddress address = one.settings().address();
        boolean isDrained = isDrained(address);
        if (one.status().equals(SOFT) && !isDrained) {
            control.drain(address, null);
            drained.add(address);
        } else if (one.status().equals(ONLINE) && isDrained) {
            drained.remove(address);
            control.restore(address);
        }
    }
}
