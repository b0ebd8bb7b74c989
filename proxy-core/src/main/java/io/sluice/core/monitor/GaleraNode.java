// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a node of a Galera cluster says of itself.
 *
 * @param cluster wsrep_cluster_state_uuid: whose data it has
 * @param primary whether it is in the primary component, that of the majority
 * @param ready whether it takes statements that need tables (wsrep_ready)
 * @param state wsrep_local_state_comment, such as Synced or Donor/Desynced
 * @param queue transactions of others that it has received and not applied (wsrep_local_recv_queue)
 * @param donorsRead whether one that is a donor, or desynced, may serve reads
 */
record GaleraNode(String cluster, boolean primary, boolean ready, String state, long queue, boolean donorsRead) {

    private static final String DONOR = "Donor/Desynced";

    /** Reads the rows of SHOW GLOBAL STATUS. */
    static GaleraNode read(ResultSet rows, boolean donorsRead) throws SQLException {
        Map<String, String> status = new HashMap<>();
        while (rows.next()) {
            status.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
        }
        return new GaleraNode(
                status.getOrDefault("wsrep_cluster_state_uuid", ""),
                status.getOrDefault("wsrep_cluster_status", "").equalsIgnoreCase("Primary"),
                status.getOrDefault("wsrep_ready", "").equalsIgnoreCase("ON"),
                status.getOrDefault("wsrep_local_state_comment", ""),
                Long.parseLong(status.getOrDefault("wsrep_local_recv_queue", "0")),
                donorsRead);
    }

    /** Whether it answers statements at all. */
    boolean serves() {
        return primary && ready;
    }

    /** Whether it may serve reads, as far as it is not too late. */
    boolean isReadable() {
        return isSynced() || (donorsRead && serves() && state.equals(DONOR));
    }

    /** Whether it may take writes. */
    boolean isSynced() {
        return serves() && state.equals("Synced");
    }

    /** Why it is not synced, for people. */
    String trouble() {
        if (!primary) {
            return "is not in the primary component of its Galera cluster";
        }
        return ready ? "is " + state + " in its Galera cluster" : "is not ready (wsrep_ready) in its Galera cluster";
    }
}
