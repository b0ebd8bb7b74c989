// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.Spelling;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why tables of ProxySQL's are none here, or only show something, and what does what they are for. */
final class MissingTables {
    private static final Map<Pattern, String> REASONS = new LinkedHashMap<>();

    static {
        add("information_schema", "SHOW TABLES FROM information_schema lists those that it has here");
        add(
                "group_replication|galera|aws_aurora|aws_rds",
                "which server of a group or cluster is the source is discovered; list one of them or all in mysql_servers");
        add("hostgroup_attributes", "pool and hostgroups in the configuration file have what it is for");
        add("fast_routing", "write a row of mysql_query_rules for each username and schemaname");
        add("scheduler", "Sluice runs no programs; let cron or a systemd timer do so");
        add(
                "proxysql_servers|proxysql servers|checksums|proxysql_",
                "there is no cluster: each Sluice finds out by itself");
        add("firewall", "rows of mysql_query_rules with error_msg refuse statements");
        add("restapi", "pages and metrics are where http.listen in the configuration file says");
        add("collations", "collations are those of the servers");
        add("ssl_params", "backend.tls in the configuration file is about TLS with servers");
        add(
                "mysql_server_\\w*log|server_.*_log",
                "what the monitor sees is in stats.topology, and what has happened in stats.topology_events");
        add("history_|_history|system_", "what is counted is kept by whoever scrapes /metrics");
        add(
                "prepared_statements",
                "prepared statements are not listed; their statements are in stats_mysql_query_digest");
        add("pgsql|clickhouse|sqlite_?server", "Sluice speaks to MySQL and MariaDB alone");
    }

    private MissingTables() {}

    private static void add(String pattern, String reason) {
        REASONS.put(Pattern.compile(pattern), reason);
    }

    /**
     * What to add to "no such table".
     *
     * @param name with its schema or without
     * @param names of the tables that there are
     */
    static String remedy(String name, Collection<String> names) {
        String reason = reason(name);
        String why = reason == null ? "" : reason + "; ";
        String list = why + "SHOW TABLES FROM main, or FROM stats, lists those there are";
        return Spelling.nearest(name.substring(name.indexOf('.') + 1), names)
                .map(meant -> "; did you mean " + meant + "? Else, " + list)
                .orElse("; " + list);
    }

    /** Null for what is not known at all. */
    static @Nullable String reason(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (Map.Entry<Pattern, String> known : REASONS.entrySet()) {
            if (known.getKey().matcher(lower).find()) {
                return known.getValue();
            }
        }
        return null;
    }
}
