// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.Map;
import java.util.TreeMap;

/** System variables of servers that drivers ask for, with the values that keep them content. */
public final class DriverVariables {
    private static final Map<String, String> VARIABLES = new TreeMap<>(Map.ofEntries(
            Map.entry("auto_increment_increment", "1"),
            Map.entry("autocommit", "1"),
            Map.entry("character_set_client", "utf8mb4"),
            Map.entry("character_set_connection", "utf8mb4"),
            Map.entry("character_set_database", "utf8mb4"),
            Map.entry("character_set_results", "utf8mb4"),
            Map.entry("character_set_server", "utf8mb4"),
            Map.entry("collation_connection", "utf8mb4_general_ci"),
            Map.entry("collation_database", "utf8mb4_general_ci"),
            Map.entry("collation_server", "utf8mb4_general_ci"),
            Map.entry("init_connect", ""),
            Map.entry("interactive_timeout", "28800"),
            Map.entry("license", "Apache-2.0"),
            Map.entry("lower_case_table_names", "1"),
            Map.entry("max_allowed_packet", "1048576"),
            Map.entry("net_buffer_length", "16384"),
            Map.entry("net_write_timeout", "60"),
            Map.entry("performance_schema", "0"),
            Map.entry("protocol_version", "10"),
            Map.entry("query_cache_size", "0"),
            Map.entry("query_cache_type", "OFF"),
            Map.entry("sql_mode", "NO_BACKSLASH_ESCAPES"),
            Map.entry("system_time_zone", "UTC"),
            Map.entry("time_zone", "SYSTEM"),
            Map.entry("transaction_isolation", "REPEATABLE-READ"),
            Map.entry("transaction_read_only", "0"),
            Map.entry("tx_isolation", "REPEATABLE-READ"),
            Map.entry("tx_read_only", "0"),
            Map.entry("version_comment", "Sluice admin port"),
            Map.entry("version_compile_os", "Linux"),
            Map.entry("wait_timeout", "28800")));

    private DriverVariables() {}

    /** By their names. */
    public static Map<String, String> all(String version) {
        Map<String, String> all = new TreeMap<>(VARIABLES);
        all.put("version", version);
        return all;
    }
}
