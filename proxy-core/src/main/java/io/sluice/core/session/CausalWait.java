// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.OneRow;
import io.sluice.core.backend.SessionSetup;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Flavor;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Lets a replica wait until it has certain transactions (manual: WAIT_FOR_EXECUTED_GTID_SET; MariaDB:
 * MASTER_GTID_WAIT). The answer also tells what it had when it began.
 */
final class CausalWait {
    private static final String REACHED = "0";

    private CausalWait() {}

    /**
     * Sends the question, without a flush; routing learns of the answer.
     *
     * @param reached gets whether the replica has them in time
     */
    static void ask(
            BackendConnection connection,
            GtidSet wanted,
            LoopScope scope,
            Consumer<Boolean> reached,
            BiConsumer<BackendConnection, String> lost) {
        ask(
                connection,
                wanted,
                scope.limits().causalWait(),
                has -> {
                    boolean inTime = !has.isEmpty();
                    scope.events().waited(inTime);
                    if (inTime) {
                        scope.router().reached(connection.address(), has);
                    } else {
                        scope.router().missed(connection.address());
                    }
                    reached.accept(inTime);
                },
                lost);
    }

    /** @param reached gets what the replica has for certain; empty if it has not got there in time */
    private static void ask(
            BackendConnection connection,
            GtidSet wanted,
            Duration most,
            Consumer<GtidSet> reached,
            BiConsumer<BackendConnection, String> lost) {
        boolean mariadb = connection.flavor() == Flavor.MARIADB;
        String function = mariadb ? "MASTER_GTID_WAIT" : "WAIT_FOR_EXECUTED_GTID_SET";
        String had = mariadb ? "@@global.gtid_slave_pos" : "@@global.gtid_executed";
        String sql = String.format(Locale.ROOT, "SELECT %s('%s',%.3f),%s", function, wanted, most.toNanos() / 1e9, had);
        Consumer<List<String>> answer = row -> reached.accept(
                row.size() == 2 && row.get(0).equals(REACHED) ? wanted.union(parse(row.get(1))) : GtidSet.EMPTY);
        connection.send(SessionSetup.query(connection.channel().alloc(), sql), new OneRow(connection, answer, lost));
    }

    /** What cannot be read proves nothing. */
    private static GtidSet parse(String text) {
        try {
            return GtidSet.parse(text);
        } catch (IllegalArgumentException e) {
            return GtidSet.EMPTY;
        }
    }
}
