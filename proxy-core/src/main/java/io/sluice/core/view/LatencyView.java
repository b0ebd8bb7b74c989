// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.Destination;
import io.sluice.routing.sql.StatementClass;

/**
 * How long statements took that have all of these in common, from the whole command to the end of its answer.
 *
 * @param user one of the few that are told apart, or {@link #OTHER}
 * @param hostgroup where they went
 */
public record LatencyView(
        String user, int hostgroup, StatementClass statementClass, Destination destination, HistogramView times) {
    /** All users that are not told apart; one who is called so is among them. */
    public static final String OTHER = "other";
}
