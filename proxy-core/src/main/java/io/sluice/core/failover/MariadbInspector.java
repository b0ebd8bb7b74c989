// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.routing.topology.BackendAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** Asks a MariaDB server by SQL what matters to write slots. */
final class MariadbInspector {
    private MariadbInspector() {}

    static SlotTraits inspect(BackendAddress server, JdbcSession session) throws SQLException {
        Map<String, String> variables = variables(session, "'SERVER_ID', 'LOG_BIN', 'WSREP_ON'");
        int channels = 0;
        boolean currentPos = false;
        TreeSet<String> ignored = new TreeSet<>();
        try (Statement statement = session.statement();
                ResultSet rows = statement.executeQuery("SHOW ALL SLAVES STATUS")) {
            while (rows.next()) {
                channels++;
                currentPos |= "Current_Pos".equalsIgnoreCase(rows.getString("Using_Gtid"));
                String ids = rows.getString("Replicate_Ignore_Server_Ids");
                if (ids != null && !ids.isBlank()) {
                    ignored.add(ids.strip());
                }
            }
        }
        StringBuilder filter = new StringBuilder();
        try (Statement statement = session.statement();
                ResultSet rows = statement.executeQuery("SHOW MASTER STATUS")) {
            while (rows.next()) {
                for (String name : new String[] {"Binlog_Do_DB", "Binlog_Ignore_DB"}) {
                    String databases = rows.getString(name);
                    if (databases != null && !databases.isEmpty()) {
                        filter.append(filter.length() == 0 ? "" : ", ")
                                .append(name)
                                .append('=')
                                .append(databases);
                    }
                }
            }
        }
        return new SlotTraits(
                server,
                Long.parseLong(variables.getOrDefault("SERVER_ID", "0")),
                "ON".equals(variables.get("LOG_BIN")),
                "ON".equals(variables.get("WSREP_ON")),
                channels,
                String.join(",", ignored),
                currentPos,
                filter.toString());
    }

    /** Global variables, some of which there may not be. */
    static Map<String, String> variables(JdbcSession session, String names) throws SQLException {
        Map<String, String> values = new HashMap<>();
        try (Statement statement = session.statement();
                ResultSet rows = statement.executeQuery("SELECT VARIABLE_NAME, VARIABLE_VALUE FROM"
                        + " information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME IN (" + names + ")")) {
            while (rows.next()) {
                values.put(rows.getString(1), rows.getString(2));
            }
        }
        return values;
    }
}
