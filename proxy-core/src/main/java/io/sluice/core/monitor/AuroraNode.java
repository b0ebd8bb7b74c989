// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a server of Amazon Aurora MySQL says of its cluster by {@code information_schema.replica_host_status} (Aurora User
 * Guide, "information_schema tables for Aurora MySQL"): every server has the rows of all, which are renewed about once a
 * second. A reader's lag is that of its page cache.
 */
record AuroraNode(String name, String writer, @Nullable Duration lag) implements ManagedNode {
    /** Only servers of Aurora have this variable. */
    static final String DETECTION = "SHOW GLOBAL VARIABLES LIKE 'aurora\\_server\\_id'";

    static final String STATUS = "SELECT server_id, session_id, replica_lag_in_milliseconds AS lag,"
            + " TIMESTAMPDIFF(MICROSECOND, last_update_timestamp, NOW(6)) AS age"
            + " FROM information_schema.replica_host_status";

    private static final String SESSION_OF_WRITER = "MASTER_SESSION_ID";

    /** A row that is older says nothing about lag: its server reports no more. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    /**
     * Reads the rows of {@link #STATUS}.
     *
     * @param name of the server that was asked
     */
    static AuroraNode read(String name, ResultSet rows) throws SQLException {
        String writer = "";
        long newest = Long.MAX_VALUE;
        Duration lag = null;
        while (rows.next()) {
            String server = rows.getString("server_id");
            long age = rows.getLong("age");
            if (rows.wasNull()) {
                continue;
            }
            // After a failover, the row of the old writer stays for a while.
            if (SESSION_OF_WRITER.equals(rows.getString("session_id")) && age < newest) {
                newest = age;
                writer = server;
            }
            double millis = rows.getDouble("lag");
            if (server.equals(name) && !rows.wasNull() && age <= FRESH.toNanos() / 1000) {
                lag = Duration.ofNanos(Math.max(0, (long) (millis * 1e6)));
            }
        }
        return new AuroraNode(name, writer, lag);
    }

    @Override
    public String cluster() {
        return "Aurora cluster";
    }
}
