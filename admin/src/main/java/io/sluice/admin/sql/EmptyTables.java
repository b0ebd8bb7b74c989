// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tables by which ProxySQL is told to do what Sluice does by itself, or not at all. They are there and have no rows, so that
 * whoever looks for one, or makes sure that there is none, gets his answer; to write one is refused with the reason.
 */
final class EmptyTables {
    private static final String RUNTIME = "runtime_";

    private static final String OF_CLUSTER = "writer_hostgroup INT, backup_writer_hostgroup INT, reader_hostgroup INT,"
            + " offline_hostgroup INT, active INT, max_writers INT, writer_is_also_reader INT,"
            + " max_transactions_behind INT, comment VARCHAR";

    private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put("mysql_galera_hostgroups", OF_CLUSTER);
        COLUMNS.put("mysql_group_replication_hostgroups", OF_CLUSTER);
        COLUMNS.put(
                "mysql_aws_aurora_hostgroups",
                "writer_hostgroup INT, reader_hostgroup INT, active INT, aurora_port INT, domain_name VARCHAR,"
                        + " max_lag_ms INT, check_interval_ms INT, check_timeout_ms INT, writer_is_also_reader INT,"
                        + " new_reader_weight INT, add_lag_ms INT, min_lag_ms INT, lag_num_checks INT, comment VARCHAR");
        COLUMNS.put(
                "mysql_hostgroup_attributes",
                "hostgroup_id INT, max_num_online_servers INT, autocommit INT, free_connections_pct INT,"
                        + " init_connect VARCHAR, multiplex INT, connection_warming INT,"
                        + " throttle_connections_per_sec INT, ignore_session_variables VARCHAR,"
                        + " hostgroup_settings VARCHAR, servers_defaults VARCHAR, comment VARCHAR");
        COLUMNS.put(
                "mysql_servers_ssl_params",
                "hostname VARCHAR, port INT, username VARCHAR, ssl_ca VARCHAR, ssl_cert VARCHAR, ssl_key VARCHAR,"
                        + " ssl_capath VARCHAR, ssl_crl VARCHAR, ssl_crlpath VARCHAR, ssl_cipher VARCHAR,"
                        + " tls_version VARCHAR, comment VARCHAR");
        COLUMNS.put(
                "mysql_query_rules_fast_routing",
                "username VARCHAR, schemaname VARCHAR, flagIN INT, destination_hostgroup INT, comment VARCHAR");
        COLUMNS.put(
                "mysql_firewall_whitelist_users",
                "active INT, username VARCHAR, client_address VARCHAR, mode VARCHAR, comment VARCHAR");
        COLUMNS.put(
                "mysql_firewall_whitelist_rules",
                "active INT, username VARCHAR, client_address VARCHAR, schemaname VARCHAR, flagIN INT, digest VARCHAR,"
                        + " comment VARCHAR");
        COLUMNS.put("mysql_firewall_whitelist_sqli_fingerprints", "active INT, fingerprint VARCHAR");
        COLUMNS.put(
                "scheduler",
                "id INT, active INT, interval_ms INT, filename VARCHAR, arg1 VARCHAR, arg2 VARCHAR, arg3 VARCHAR,"
                        + " arg4 VARCHAR, arg5 VARCHAR, comment VARCHAR");
        COLUMNS.put("proxysql_servers", "hostname VARCHAR, port INT, weight INT, comment VARCHAR");
        COLUMNS.put(
                "restapi_routes",
                "id INT, active INT, timeout_ms INT, method VARCHAR, uri VARCHAR, script VARCHAR, comment VARCHAR");
    }

    /** What LOAD and SAVE call those that do not belong to a module of Sluice's. */
    private static final Set<String> MODULES = Set.of("SCHEDULER", "PROXYSQL SERVERS", "MYSQL FIREWALL", "RESTAPI");

    private EmptyTables() {}

    static List<ShownTable> all() {
        List<ShownTable> all = new ArrayList<>();
        COLUMNS.forEach((name, columns) -> {
            all.add(ShownTable.of(Schema.MAIN, name, columns, List::of));
            all.add(ShownTable.of(Schema.MAIN, RUNTIME + name, columns, List::of));
        });
        return all;
    }

    /** Why one of them is empty, and what does what it is for; null if it is none of them. */
    static @Nullable String reason(String name) {
        return COLUMNS.containsKey(name.startsWith(RUNTIME) ? name.substring(RUNTIME.length()) : name)
                ? MissingTables.reason(name)
                : null;
    }

    /** The answer to LOAD and SAVE of a module that is only such tables; null if it is another one. */
    static @Nullable SqlAnswer moved(String words) {
        return MODULES.contains(words)
                ? SqlAnswer.of("nothing to do: " + words.toLowerCase(Locale.ROOT) + " has no rows here")
                : null;
    }
}
