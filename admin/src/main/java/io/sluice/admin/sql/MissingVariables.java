// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Why variables of ProxySQL's are none here, and what does what they are for. */
final class MissingVariables {
    private static final Map<Pattern, String> REASONS = new LinkedHashMap<>();

    static {
        add("query_cache", "Sluice keeps no results, so that it has no query cache");
        add(
                "multiplex|set_query_lock_on_hostgroup|keep_multiplexing_variables",
                "connections are shared by what servers themselves say of a session's state; a query rule with"
                        + " multiplex = 0 keeps one");
        add("default_query_timeout|max_transaction_(idle_)?time", "a query rule's timeout ends what takes too long");
        add("default_query_delay", "a query rule's delay does that");
        add("default_schema", "mysql_users.default_schema is that of each user");
        add("default_reconnect|query_retries_on_failure", "a query rule's retries does that");
        add("mysql-default_", "sessions begin with what their server has, and keep what they set");
        add(
                "shun_|connect_retries|ping_(interval|timeout)_server|connpoll|reset_connection",
                "the monitor decides which servers serve, see mysql-monitor_ping_interval and"
                        + " mysql-monitor_ping_timeout");
        add(
                "free_connections_pct|session_idle|connection_warming",
                "connections that are unused for sluice-pool_max_idle_time are closed");
        add(
                "mysql-monitor_",
                "the monitor learns all with one question; mysql-monitor_ping_interval and mysql-monitor_ping_timeout"
                        + " say how often it asks and how long it waits");
        add("eventslog|auditlog", "log.queries and log.clients of the configuration file say what is written where");
        add("ssl_|tls_", "mysql.tls and backend.tls of the configuration file are about TLS");
        add(
                "digests|query_processor|commands_stats",
                "admin.max_digests of the configuration file limits what is counted");
        add("firewall", "there is no firewall; query rules with error_msg refuse statements");
        add(
                "stacksize|poll_timeout|threshold|sessions_sort|throttle|thread",
                "event loops need no such setting; mysql.threads and mysql.write_buffer_high of the configuration file"
                        + " are theirs");
        add("credentials", "admin.users of the configuration file lists who may log in here, with a role");
        add("read_only", "admin.users[].role of the configuration file says who may change what");
        add("admin-cluster|checksum", "there is no cluster: each Sluice finds out by itself who is the source");
        add(
                "restapi|admin-web|prometheus|telnet",
                "http.listen of the configuration file is where pages and metrics are");
        add("stats_", "what is counted is shown as it is, and kept by whoever scrapes /metrics");
    }

    private MissingVariables() {}

    private static void add(String pattern, String reason) {
        REASONS.put(Pattern.compile(pattern), reason);
    }

    /** @param name in lower case */
    static String reason(String name) {
        for (Map.Entry<Pattern, String> known : REASONS.entrySet()) {
            if (known.getKey().matcher(name).find()) {
                return known.getValue();
            }
        }
        return "nothing in Sluice can be set by it";
    }
}
