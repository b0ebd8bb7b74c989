// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.AdminReply.Refused;
import io.sluice.admin.AdminReply.Table;
import io.sluice.admin.sql.Schema;
import io.sluice.protocol.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients and drivers say by themselves when they connect, so that any of them can be used on the admin
 * port: settings are accepted and forgotten, variables have the values that keep a driver content.
 */
final class DriverStatements {

    private static final int ER_UNKNOWN_SYSTEM_VARIABLE = 1193;

    private static final Pattern SETTING = Pattern.compile("(?i)(SET|BEGIN|START TRANSACTION|COMMIT|ROLLBACK)\\b.*");
    /** A setting in ProxySQL's spelling, which nobody shall believe to have been set. */
    private static final Pattern OF_CONFIGURATION = Pattern.compile("(?i)SET\\s+[`'\"]?((?:mysql|admin)-\\w+).*");

    private static final Pattern EMPTY = Pattern.compile("(?i)SHOW (WARNINGS|ERRORS|STATUS|ENGINES|COLLATION)\\b.*");
    private static final Pattern SHOW_VARIABLES =
            Pattern.compile("(?i)SHOW (?:GLOBAL |SESSION |LOCAL )?VARIABLES(?: LIKE '([^']*)'| WHERE .*)?");
    private static final Pattern SELECT = Pattern.compile("(?i)SELECT (.*?)(?: LIMIT \\d+)?");
    private static final Pattern ITEM =
            Pattern.compile("(?i)(@@(?:(?:session|global|local)\\.)?(\\w+)|\\w+\\(\\)|'[^']*'|\\d+|\\w+)"
                    + "(?: (?:AS )?[`'\"]?(\\w+)[`'\"]?)?");

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
            Map.entry("query_cache_size", "0"),
            Map.entry("query_cache_type", "OFF"),
            Map.entry("sql_mode", ""),
            Map.entry("system_time_zone", "UTC"),
            Map.entry("time_zone", "SYSTEM"),
            Map.entry("transaction_isolation", "REPEATABLE-READ"),
            Map.entry("transaction_read_only", "0"),
            Map.entry("tx_isolation", "REPEATABLE-READ"),
            Map.entry("tx_read_only", "0"),
            Map.entry("version_comment", "Sluice admin port"),
            Map.entry("version_compile_os", "Linux"),
            Map.entry("wait_timeout", "28800")));

    private DriverStatements() {}

    /** Null if it is none of these. */
    static @Nullable AdminReply answer(String statement, String version, Schema schema) {
        Matcher variable = OF_CONFIGURATION.matcher(statement);
        if (variable.matches()) {
            return new Refused(new SqlError(
                    ER_UNKNOWN_SYSTEM_VARIABLE,
                    "HY000",
                    "Sluice: nothing was set: " + variable.group(1)
                            + " is no variable here, since settings are the configuration file's; change its key there"
                            + " (conf/README.md lists them) and restart"));
        }
        if (statement.isEmpty() || SETTING.matcher(statement).matches()) {
            return AdminReply.DONE;
        }
        Matcher variables = SHOW_VARIABLES.matcher(statement);
        if (variables.matches()) {
            return variables(variables.group(1), version);
        }
        if (EMPTY.matcher(statement).matches()) {
            return Table.of("Level", "Code", "Message");
        }
        Matcher select = SELECT.matcher(statement);
        return select.matches() ? select(select.group(1), version, schema) : null;
    }

    private static AdminReply variables(@Nullable String like, String version) {
        Table table = Table.of("Variable_name", "Value");
        Pattern wanted = like == null ? Pattern.compile(".*") : fromLike(like);
        Map<String, String> all = new TreeMap<>(VARIABLES);
        all.put("version", version);
        all.forEach((name, value) -> {
            if (wanted.matcher(name).matches()) {
                table.with(name, value);
            }
        });
        return table;
    }

    private static Pattern fromLike(String like) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < like.length(); i++) {
            char c = like.charAt(i);
            regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE);
    }

    private static @Nullable AdminReply select(String list, String version, Schema schema) {
        List<String> names = new ArrayList<>();
        List<@Nullable String> values = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            Matcher matcher = ITEM.matcher(item.trim());
            if (!matcher.matches()) {
                return null;
            }
            String expression = matcher.group(1);
            names.add(matcher.group(3) == null ? expression : matcher.group(3));
            if (matcher.group(2) != null) {
                String value = matcher.group(2).equalsIgnoreCase("version")
                        ? version
                        : VARIABLES.get(matcher.group(2).toLowerCase(Locale.ROOT));
                if (value == null) {
                    return new Refused(new SqlError(
                            ER_UNKNOWN_SYSTEM_VARIABLE,
                            "HY000",
                            "Sluice: the admin port has no system variable '" + matcher.group(2) + "'"));
                }
                values.add(value);
            } else if (expression.startsWith("'") || Character.isDigit(expression.charAt(0))) {
                values.add(expression.replace("'", ""));
            } else {
                switch (expression.toUpperCase(Locale.ROOT)) {
                    case "VERSION()" -> values.add(version);
                    case "DATABASE()", "SCHEMA()" -> values.add(schema.sql());
                    case "NULL" -> values.add(null);
                    case "USER()", "CURRENT_USER()", "CURRENT_USER" -> values.add("admin");
                    default -> {
                        return null;
                    }
                }
            }
        }
        Table table = Table.of(names.toArray(String[]::new));
        return table.with(values.toArray());
    }
}
