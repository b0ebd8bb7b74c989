// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;

/**
 * Where one statement went that a server has answered.
 *
 * @param ago since its answer
 * @param session the id of the client's connection
 * @param waited from the whole command until it was sent to the server that answered
 * @param took from the whole command to the end of its answer
 */
public record DecisionView(
        Duration ago,
        long session,
        String user,
        StatementClass statementClass,
        long digest,
        Destination destination,
        BackendAddress server,
        Reason reason,
        Duration waited,
        Duration took) {}
