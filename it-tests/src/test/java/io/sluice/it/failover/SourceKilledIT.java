// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import io.sluice.drill.server.ServerFlavor;
import io.sluice.it.Lab;
import org.junit.jupiter.api.Test;

/**
 * What clients see when the source is killed. By hand with {@code -Dsluice.it.kills=20 -Dsluice.it.kill.clients=64
 * -Dsluice.it.kill.after=3000 -Dsluice.it.kill.pause=200}.
 */
class SourceKilledIT {
    @Test
    void clients_keep_their_connections_and_see_nothing_but_outcomes_that_nobody_knows() throws Exception {
        try (KillRun run = new KillRun(false, false)) {
            run.run();
        }
    }

    /** Tags of GTIDs, by which writes are verified, came with MySQL 8.3; MariaDB has server ids for them. */
    @Test
    void with_transactions_done_again_and_writes_verified_where_they_can_be_no_transaction_is_lost() throws Exception {
        try (KillRun run = new KillRun(Lab.flavor() != ServerFlavor.MYSQL_8_0, true)) {
            run.run();
        }
    }
}
