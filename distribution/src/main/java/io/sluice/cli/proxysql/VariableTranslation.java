// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli.proxysql;

import io.sluice.core.config.YamlScalar;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables of ProxySQL that have a counterpart. */
final class VariableTranslation {
    private static final int LONGEST_COMMAND = 1 << 30;
    /** In milliseconds. */
    private static final long HOUR = 3_600_000;

    private final Origin origin;
    private final StringBuilder yaml;
    private final List<String> notes;

    VariableTranslation(Origin origin, StringBuilder yaml, List<String> notes) {
        this.origin = origin;
        this.yaml = yaml;
        this.notes = notes;
    }

    void run() {
        mysql();
        admin();
        monitor();
        String connect = millis("mysql-connect_timeout_server", 100, 60_000);
        if (connect != null) {
            yaml.append("backend:\n");
            key("connect_timeout", connect);
        }
        pool();
        if (origin.takeVariable("datadir") != null) {
            notes.add("datadir: has the database of ProxySQL; Sluice's own files are in data_dir");
        }
    }

    private void mysql() {
        yaml.append("mysql:\n");
        List<String> addresses = new ArrayList<>();
        String given = origin.takeVariable("mysql-interfaces");
        for (String one : (given == null ? "0.0.0.0:6033" : given).split(";", -1)) {
            if (one.trim().startsWith("/")) {
                key("socket", one.trim());
            } else if (!one.isBlank()) {
                addresses.add(YamlScalar.of(one.trim()));
            }
        }
        if (!addresses.isEmpty()) {
            yaml.append("  listen: [").append(String.join(", ", addresses)).append("]\n");
        }
        number("mysql-max_connections", "max_clients", 1, 1_000_000);
        String version = origin.takeVariable("mysql-server_version");
        if (version != null) {
            notes.add("mysql-server_version = " + version + ": clients are told the source's version, by which drivers"
                    + " choose; set mysql.server_version for another");
        }
        String threads = origin.takeVariable("mysql-threads");
        if (threads != null) {
            notes.add("mysql-threads = " + threads
                    + ": there is an event loop for each processor; set mysql.threads for" + " another number");
        }
        duration("mysql-connect_timeout_client", "handshake_timeout", 100, 600_000);
        duration("mysql-wait_timeout", "idle_timeout", 1_000, 30 * 24 * HOUR);
        number("mysql-max_allowed_packet", "max_command_bytes", 1 << 20, LONGEST_COMMAND);
    }

    private void admin() {
        yaml.append("admin:\n");
        String listen = origin.takeVariable("admin-mysql_ifaces");
        if (listen != null) {
            List<String> addresses = new ArrayList<>(List.of(listen.split(";", -1)));
            addresses.removeIf(one -> one.isBlank() || one.trim().startsWith("/"));
            if (!addresses.isEmpty()) {
                key("listen", addresses.get(0).trim());
            }
            if (listen.split(";", -1).length > 1) {
                notes.add("admin-mysql_ifaces = " + listen + ": the admin port is one TCP address; it is the first");
            }
        }
        List<String> users = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        credentials("admin-admin_credentials", "admin", names, users);
        credentials("admin-stats_credentials", "read_only", names, users);
        if (users.isEmpty()) {
            notes.add("admin-admin_credentials: none is given, and Sluice has no default password; list admin.users, or"
                    + " nobody can log in to the admin port");
            yaml.append("  users: []\n");
        } else {
            yaml.append("  users:\n");
            users.forEach(yaml::append);
        }
    }

    private void credentials(String variable, String role, Set<String> names, List<String> users) {
        String given = origin.takeVariable(variable);
        for (String one : given == null ? new String[0] : given.split(";", -1)) {
            int colon = one.indexOf(':');
            if (colon < 1
                    || colon == one.length() - 1
                    || !names.add(one.substring(0, colon).trim())) {
                if (!one.isBlank()) {
                    notes.add(variable + ": one has no password, or a name that was there; add it to admin.users");
                }
                continue;
            }
            users.add("    - name: " + YamlScalar.of(one.substring(0, colon).trim()) + "\n      password: "
                    + YamlScalar.of(one.substring(colon + 1)) + "\n      role: " + role + "\n");
        }
    }

    private void monitor() {
        String user = origin.takeVariable("mysql-monitor_username");
        String password = origin.takeVariable("mysql-monitor_password");
        if (user == null) {
            notes.add("mysql-monitor_username: is not given; monitor is ProxySQL's default, see that it has REPLICATION"
                    + " CLIENT, or name another in monitor.user");
        }
        yaml.append("monitor:\n");
        key("user", user == null || user.isEmpty() ? "monitor" : user);
        key("password", password == null ? "monitor" : password);
    }

    private void pool() {
        yaml.append("pool:\n");
        int empty = yaml.length();
        duration("mysql-connect_timeout_server_max", "acquire_timeout", 1, HOUR);
        String age = origin.takeVariable("mysql-connection_max_age_ms");
        int millis = age == null ? 0 : Translation.number(age);
        if (millis > 0) { // 0 is no limit there
            key("max_age", Math.max(1_000, millis) + "ms");
        }
        number("mysql-max_stmts_per_connection", "max_prepared_statements", 1, 100_000);
        if (yaml.length() == empty) {
            yaml.setLength(empty - "pool:\n".length());
        }
    }

    private void duration(String variable, String key, long min, long max) {
        String value = millis(variable, min, max);
        if (value != null) {
            key(key, value);
        }
    }

    private void number(String variable, String key, int min, int max) {
        String value = origin.takeVariable(variable);
        int number = value == null ? -1 : Translation.number(value);
        if (number >= 0) {
            key(key, String.valueOf(Math.max(min, Math.min(max, number))));
        }
    }

    private @Nullable String millis(String variable, long min, long max) {
        String value = origin.takeVariable(variable);
        int millis = value == null ? -1 : Translation.number(value);
        return millis < 0 ? null : Math.max(min, Math.min(max, millis)) + "ms";
    }

    private void key(String key, String value) {
        yaml.append("  ").append(key).append(": ").append(YamlScalar.of(value)).append('\n');
    }
}
