// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.Reason;
import io.sluice.routing.sql.StatementClass;
import java.time.Duration;

/**
 * All statements with one digest, of one user in one schema, that the same kind of server has answered.
 *
 * @param hostgroup of the servers that have answered
 * @param schema empty for none
 * @param text the normalised text, without literals
 * @param firstSeen so long ago
 * @param lastSeen so long ago
 * @param sum of the times that they took, from the whole command to the end of its answer
 * @param rowsAffected as the servers said
 * @param routing what became of them
 * @param times how they spread
 */
public record DigestView(
        int hostgroup,
        String schema,
        String user,
        long digest,
        String text,
        long count,
        Duration firstSeen,
        Duration lastSeen,
        Duration sum,
        Duration min,
        Duration max,
        long rowsAffected,
        Routing routing,
        SpreadView times) {

    /**
     * Where they went.
     *
     * @param onReplicas how many a replica has answered
     * @param lastReason why the last one went where it went
     */
    public record Routing(StatementClass statementClass, long onReplicas, Reason lastReason) {}
}
