// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli.proxysql;

import io.sluice.cli.proxysql.Origin.Row;
import io.sluice.core.config.YamlScalar;
import io.sluice.protocol.auth.PasswordHash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a configuration of Sluice of one of ProxySQL, and notes what has no counterpart. Used once. */
public final class Translation {
    private static final String LOOK = "look in conf/README.md whether you need something like it";
    private static final int NO_LIMIT = 10_000;
    private static final List<String> PAIRS = List.of(
            "mysql_replication_hostgroups",
            "mysql_group_replication_hostgroups",
            "mysql_galera_hostgroups",
            "mysql_aws_aurora_hostgroups");

    private final Origin origin;
    private final List<String> notes = new ArrayList<>();
    private final StringBuilder yaml = new StringBuilder();
    /** The hostgroups that there will be. */
    private final Set<Integer> hostgroups = new LinkedHashSet<>(List.of(0, 1));

    private int source = -1;
    private int replicas = -1;

    /**
     * What came of it.
     *
     * @param yaml a whole configuration file
     * @param notes what was not taken over, why, and what to do; one line each
     */
    public record Result(String yaml, List<String> notes) {}

    private Translation(Origin origin) {
        this.origin = origin;
    }

    public static Result of(Origin origin) {
        Translation translation = new Translation(origin);
        translation.run();
        return new Result(translation.yaml.toString(), List.copyOf(translation.notes));
    }

    private void run() {
        yaml.append("# Made by sluice import; what had no counterpart was told on standard error.\n");
        new VariableTranslation(origin, yaml, notes).run();
        pairs();
        List<Row> servers = origin.take("mysql_servers");
        hostgroups(servers);
        servers(servers);
        users();
        new RuleTranslation(yaml, notes, hostgroups).run(origin.take("mysql_query_rules"));
        others();
    }

    /** Which hostgroups roles are told by; there is one topology before one Sluice. */
    private void pairs() {
        for (String table : PAIRS) {
            for (Row row : origin.take(table)) {
                int writer = number(row.text("writer_hostgroup", "-1"));
                int reader = number(row.text("reader_hostgroup", "-1"));
                if (source >= 0) {
                    note(table, row, "is a second topology, and one Sluice serves one", "run another one for it");
                    continue;
                }
                source = writer;
                replicas = reader;
                for (String other : List.of("backup_writer_hostgroup", "offline_hostgroup")) {
                    if (row.text(other) != null) {
                        note(table, row, other + " is not needed", "roles are discovered, and there is one writer");
                    }
                }
            }
        }
        if (source < 0) {
            source = 0;
            replicas = 1;
            notes.add("mysql_replication_hostgroups: there are none; roles are discovered, 0 is the source and 1 the"
                    + " replicas");
        }
    }

    private void hostgroups(List<Row> servers) {
        Map<Integer, Set<String>> members = new LinkedHashMap<>();
        for (Row row : servers) {
            int id = number(
                    row.text("hostgroup_id") == null ? row.text("hostgroup", "0") : row.text("hostgroup_id", "0"));
            if (address(row).isPresent()) {
                members.computeIfAbsent(id, unseen -> new LinkedHashSet<>())
                        .add(address(row).orElseThrow());
            }
        }
        yaml.append("hostgroups:\n");
        entry("id", String.valueOf(source), true);
        entry("role", "source", false);
        if (replicas != source) {
            entry("id", String.valueOf(replicas), true);
            entry("role", "replicas", false);
        }
        hostgroups.add(source);
        hostgroups.add(replicas);
        members.forEach((id, addresses) -> {
            if (hostgroups.contains(id)) {
                return;
            }
            hostgroups.add(id);
            entry("id", String.valueOf(id), true);
            yaml.append("    members: [")
                    .append(String.join(
                            ", ", addresses.stream().map(YamlScalar::of).toList()))
                    .append("]\n");
        });
    }

    private Optional<String> address(Row row) {
        String host = row.text("hostname") == null ? row.text("address") : row.text("hostname");
        int port = number(row.text("port", "3306"));
        boolean gone = row.text("status", "ONLINE").equalsIgnoreCase("OFFLINE_HARD");
        return host == null || host.startsWith("/") || port < 1 || gone
                ? Optional.empty()
                : Optional.of((host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    private void servers(List<Row> rows) {
        Map<String, Row> first = new LinkedHashMap<>();
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (Row row : rows) {
            Optional<String> address = address(row);
            if (address.isEmpty()) {
                note("mysql_servers", row, "is OFFLINE_HARD or no TCP address", "list it in servers if it is wanted");
                continue;
            }
            serverNotes(row, address.get());
            first.putIfAbsent(address.get(), row);
            weights.merge(address.get(), Math.min(1_000_000, number(row.text("weight", "1"))), Math::max);
        }
        if (first.isEmpty()) {
            notes.add("mysql_servers: names no server that can be used; list at least one in servers");
        }
        yaml.append("servers:\n");
        first.forEach((address, row) -> {
            entry("address", address, true);
            int weight = weights.getOrDefault(address, 1);
            if (weight != 1) {
                entry("weight", String.valueOf(weight), false);
            }
            String connections = row.text("max_connections");
            if (connections != null) {
                entry("max_connections", String.valueOf(Math.max(1, Math.min(100_000, number(connections)))), false);
            }
        });
    }

    private void serverNotes(Row row, String address) {
        Map<String, String> elsewhere = Map.of(
                "compression", "set backend.compression",
                "use_ssl", "set backend.tls.mode: required, which is for all servers",
                "max_replication_lag", "set monitor.max_lag, or max_lag of a hostgroup",
                "max_latency_ms", "nothing: slow servers get fewer reads",
                "gtid_port", "nothing: causal reads need no further port");
        elsewhere.forEach((column, right) -> {
            if (!row.text(column, "0").equals("0")) {
                note("mysql_servers", row, address + ": " + column + " is not set for one server", right);
            }
        });
        String status = row.text("status", "ONLINE");
        if (!status.equalsIgnoreCase("ONLINE") && !status.equalsIgnoreCase("SHUNNED")) {
            note("mysql_servers", row, address + ": is " + status, "SLUICE DRAIN it after the start");
        }
    }

    private void users() {
        Set<String> names = new LinkedHashSet<>();
        yaml.append("users:\n");
        for (Row row : origin.take("mysql_users")) {
            String name = row.text("username", "");
            if (!row.is("frontend", true)) {
                note("mysql_users", row, name + ": is one for servers only", "set backend_password if it is another");
                continue;
            }
            if (name.isEmpty() || !names.add(name)) {
                note("mysql_users", row, "has no name, or one that was there", "list the user by hand");
                continue;
            }
            user(row, name);
        }
    }

    private void user(Row row, String name) {
        entry("name", name, true);
        String password = row.text("password", "");
        Optional<PasswordHash> hash = PasswordHash.parse(password);
        entry(
                hash.isPresent() ? "password_hash" : "password",
                hash.map(PasswordHash::stored).orElse(password),
                false);
        if (row.is("use_ssl", false)) {
            entry("require_tls", "true", false);
        }
        int limit = number(row.text("max_connections", String.valueOf(NO_LIMIT)));
        if (limit > 0 && limit < NO_LIMIT) {
            entry("max_clients", String.valueOf(limit), false);
        }
        given("schema", row.text("default_schema"));
        int hostgroup = number(row.text("default_hostgroup", "0"));
        if (hostgroups.contains(hostgroup)) {
            entry("default_hostgroup", String.valueOf(hostgroup), false);
        } else {
            note(
                    "mysql_users",
                    row,
                    name + ": default_hostgroup " + hostgroup + " has no server",
                    "any replica serves");
        }
        if (!row.is("active", true)) {
            entry("active", "false", false);
        }
        given("comment", row.text("comment"));
        userNotes(row, name);
    }

    private void userNotes(Row row, String name) {
        if (row.is("schema_locked", false)) {
            note("mysql_users", row, name + ": schema_locked", "grant the user one schema at the servers");
        }
        if (!row.is("transaction_persistent", true)) {
            note("mysql_users", row, name + ": transaction_persistent = 0", "a transaction stays at its server always");
        }
        if (row.is("fast_forward", false)) {
            note("mysql_users", row, name + ": fast_forward", "all users share connections");
        }
        if (!row.text("attributes", "").isEmpty()) {
            note("mysql_users", row, name + ": attributes", LOOK);
        }
    }

    private void others() {
        origin.otherTables().forEach((table, rows) -> {
            if (!table.startsWith("sluice_")) {
                notes.add(table + ": " + rows + (rows == 1 ? " row is" : " rows are")
                        + " of something that Sluice has not; " + LOOK);
            }
        });
        List<String> variables = origin.otherVariables();
        if (!variables.isEmpty()) {
            notes.add("variables without a counterpart: " + String.join(", ", variables) + "; " + LOOK);
        }
    }

    private void given(String key, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            entry(key, value, false);
        }
    }

    private void entry(String key, String value, boolean first) {
        yaml.append(first ? "  - " : "    ")
                .append(key)
                .append(": ")
                .append(YamlScalar.of(value))
                .append('\n');
    }

    private void note(String table, Row row, String wrong, String right) {
        notes.add("line " + row.line() + ": " + table + ": " + wrong + "; " + right);
    }

    /** Minus one if it is none. */
    static int number(String text) {
        try {
            return Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
