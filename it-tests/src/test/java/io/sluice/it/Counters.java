// SPDX-License-Identifier: Apache-2.0
package io.sluice.it;

import io.sluice.drill.server.MysqldProcess;
import java.sql.SQLException;

/** How many statements of user app a server has run, by its own performance schema: the monitor's do not count. */
public final class Counters {
    private Counters() {}

    public static long selects(MysqldProcess server) throws SQLException {
        return count(server, "statement/sql/select");
    }

    public static long inserts(MysqldProcess server) throws SQLException {
        return count(server, "statement/sql/insert");
    }

    /** Connections of user app that are open now. */
    public static long connections(MysqldProcess server) throws SQLException {
        return Long.parseLong(server.query("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'app'"));
    }

    private static long count(MysqldProcess server, String event) throws SQLException {
        return Long.parseLong(server.query(
                "SELECT COALESCE(SUM(count_star), 0) FROM performance_schema.events_statements_summary_by_user_by_event_name"
                        + " WHERE user = 'app' AND event_name = '" + event + "'"));
    }
}
