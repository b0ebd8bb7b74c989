// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

/**
 * What a client wants to be told with OK packets: its {@code session_track_} variables, as a server has them. The
 * connections to servers track everything, for Sluice's own use.
 *
 * @param gtids OFF, OWN_GTID or ALL_GTIDS
 * @param systemVariables names separated by commas, or {@code *}
 * @param transactionInfo OFF, STATE or CHARACTERISTICS
 */
record ClientTrackers(
        String gtids, String systemVariables, boolean schema, boolean stateChange, String transactionInfo) {
    /** What servers have unless their configuration says otherwise. */
    static final ClientTrackers DEFAULT = new ClientTrackers(
            "OFF",
            "time_zone,autocommit,character_set_client,character_set_results,character_set_connection",
            true,
            false,
            "OFF");
}
