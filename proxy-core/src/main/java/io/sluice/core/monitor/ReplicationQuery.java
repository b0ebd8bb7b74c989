// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;

/** What to ask a server of a given version: one text of several statements, so that a probe is one round trip. */
final class ReplicationQuery {

    private static final int REPLICA_STATUS_SINCE = 80022;
    /** From here on performance_schema knows when a transaction was committed on its first server. */
    private static final int COMMIT_TIMES_SINCE = 80001;

    /**
     * The age of the oldest transaction in the applier's hands, by channel, in microseconds. A worker or the coordinator
     * that is idle has no row.
     */
    private static final String COMMIT_TIMES = "SELECT CHANNEL_NAME,"
            + " CAST((UNIX_TIMESTAMP(NOW(6)) - MIN(UNIX_TIMESTAMP(t))) * 1000000 AS SIGNED) AS age FROM ("
            + "SELECT CHANNEL_NAME, APPLYING_TRANSACTION_ORIGINAL_COMMIT_TIMESTAMP AS t"
            + " FROM performance_schema.replication_applier_status_by_worker WHERE APPLYING_TRANSACTION <> ''"
            + " UNION ALL SELECT CHANNEL_NAME, PROCESSING_TRANSACTION_ORIGINAL_COMMIT_TIMESTAMP"
            + " FROM performance_schema.replication_applier_status_by_coordinator WHERE PROCESSING_TRANSACTION <> ''"
            + ") AS busy WHERE UNIX_TIMESTAMP(t) > 0 GROUP BY CHANNEL_NAME";

    /** From here on the members of a group say who is their primary. */
    private static final int GROUP_ROLES_SINCE = 80002;

    private static final String GROUP = "SELECT MEMBER_ID, MEMBER_STATE, MEMBER_ROLE,"
            + " (SELECT SUM(COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE)"
            + " FROM performance_schema.replication_group_member_stats WHERE MEMBER_ID = @@server_uuid) AS queue"
            + " FROM performance_schema.replication_group_members";

    private static final String GALERA_STATUS = "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_state_uuid',"
            + " 'wsrep_cluster_status', 'wsrep_ready', 'wsrep_local_state_comment', 'wsrep_local_recv_queue')";

    /** Has rows of servers that can be nodes of a Galera cluster; of one that is, all are set. */
    static final String GALERA_SETTINGS = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('wsrep_on', 'wsrep_provider')";

    private ReplicationQuery() {}

    static String variables(ServerVersion version) {
        return version.flavor() == Flavor.MARIADB
                ? "SELECT '' AS uuid, @@global.server_id AS id, @@global.read_only AS read_only,"
                        + " 0 AS super_read_only, @@global.gtid_binlog_pos AS executed,"
                        + " @@global.gtid_slave_pos AS applied, @@global.gtid_binlog_state AS binlog_state,"
                        + " @@global.log_slave_updates AS logs_applied"
                : "SELECT @@global.server_uuid AS uuid, @@global.server_id AS id, @@global.read_only AS read_only,"
                        + " @@global.super_read_only AS super_read_only, @@global.gtid_executed AS executed,"
                        + " '' AS applied";
    }

    static String channels(ServerVersion version) {
        if (version.flavor() == Flavor.MARIADB) {
            return "SHOW ALL SLAVES STATUS";
        }
        return version.number() >= REPLICA_STATUS_SINCE ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
    }

    static boolean knowsCommitTimes(ServerVersion version) {
        return version.flavor() == Flavor.MYSQL && version.number() >= COMMIT_TIMES_SINCE;
    }

    static boolean knowsGroups(ServerVersion version) {
        return version.flavor() == Flavor.MYSQL && version.number() >= GROUP_ROLES_SINCE;
    }

    static String group() {
        return GROUP;
    }

    static String galera() {
        return GALERA_STATUS;
    }

    static String commitTimes() {
        return COMMIT_TIMES;
    }

    static String grantForChannels(ServerVersion version, String user) {
        String privilege = switch (version.flavor()) {
            case MARIADB -> version.number() >= 100500 ? "SLAVE MONITOR" : "REPLICATION CLIENT";
            case MYSQL -> "REPLICATION CLIENT";
        };
        return "GRANT " + privilege + " ON *.* TO '" + user + "'@'...'";
    }

    static String grantForCommitTimes(String user) {
        return "GRANT SELECT ON performance_schema.* TO '" + user + "'@'...'";
    }
}
