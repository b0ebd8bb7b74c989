// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.routing.topology.BackendAddress;
import java.util.List;

/**
 * What of a MariaDB server matters if sessions of the source write under server ids that no server has. Replication
 * goes by those ids: a ring ends where a server meets its own, and what a server is to ignore it takes by them.
 *
 * @param channels how many servers it is set up to replicate from, running or not
 * @param ignoredIds of IGNORE_SERVER_IDS, in any channel; empty: none
 * @param currentPos whether a channel has MASTER_USE_GTID=current_pos
 * @param binlogFilter of binlog_do_db and binlog_ignore_db; empty: none
 */
record SlotTraits(
        BackendAddress server,
        long serverId,
        boolean binlog,
        boolean galera,
        int channels,
        String ignoredIds,
        boolean currentPos,
        String binlogFilter) {

    /** Why no slots can be used, for people; empty if nothing stands against it. */
    static String obstacle(SlotTraits source, List<SlotTraits> all, long firstId, int count) {
        if (source.galera) {
            return source.server + " belongs to a Galera cluster, which does not replicate by server ids";
        }
        if (!source.binlog) {
            return source.server + " has no binary log: set log_bin";
        }
        if (source.channels > 0) {
            return source.server + " is the source, but is set up to replicate itself: in a ring such writes would go"
                    + " round for ever; run RESET SLAVE ALL there";
        }
        if (!source.binlogFilter.isEmpty()) {
            return source.server + " keeps writes out of its binary log (" + source.binlogFilter
                    + "), which then cannot be found there";
        }
        for (SlotTraits one : all) {
            if (one.serverId >= firstId && one.serverId < firstId + count) {
                return one.server + " has server_id " + one.serverId
                        + ", which is one of those that failover.server_ids" + " takes: choose others";
            }
            if (!one.ignoredIds.isEmpty()) {
                return one.server + " replicates with IGNORE_SERVER_IDS=(" + one.ignoredIds
                        + "), which would not hold for such writes";
            }
            if (one.currentPos) {
                return one.server + " replicates with MASTER_USE_GTID=current_pos, which does not count such writes:"
                        + " change it to slave_pos";
            }
        }
        return "";
    }
}
