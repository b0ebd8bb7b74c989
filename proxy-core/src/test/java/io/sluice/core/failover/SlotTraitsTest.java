// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import static io.sluice.core.failover.Stage.A;
import static io.sluice.core.failover.Stage.B;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands against server ids of Sluice's own. */
class SlotTraitsTest {
    private static final SlotTraits SOURCE = new SlotTraits(A, 1, true, false, 0, "", false, "");
    private static final SlotTraits REPLICA = new SlotTraits(B, 2, true, false, 1, "", false, "");

    @Test
    void an_ordinary_source_and_its_replica_are_fit() {
        assertThat(obstacle(SOURCE, REPLICA)).isEmpty();
    }

    @Test
    void a_source_that_replicates_itself_may_be_part_of_a_ring() {
        assertThat(obstacle(new SlotTraits(A, 1, true, false, 1, "", false, ""), REPLICA))
                .contains(A.toString(), "RESET SLAVE ALL");
    }

    @Test
    void what_is_not_in_the_binary_log_cannot_be_found_there() {
        assertThat(obstacle(new SlotTraits(A, 1, false, false, 0, "", false, ""), REPLICA))
                .contains("log_bin");
        assertThat(obstacle(new SlotTraits(A, 1, true, false, 0, "", false, "Binlog_Do_DB=a"), REPLICA))
                .contains("Binlog_Do_DB=a");
    }

    @Test
    void galera_does_not_go_by_them() {
        assertThat(obstacle(new SlotTraits(A, 1, true, true, 0, "", false, ""), REPLICA))
                .contains("Galera");
    }

    @Test
    void a_server_that_has_such_an_id_or_ignores_some_would_leave_writes_out() {
        assertThat(obstacle(SOURCE, new SlotTraits(B, 1003, true, false, 1, "", false, "")))
                .contains("1003", "failover.server_ids");
        assertThat(obstacle(SOURCE, new SlotTraits(B, 1004, true, false, 1, "", false, "")))
                .isEmpty();
        assertThat(obstacle(SOURCE, new SlotTraits(B, 2, true, false, 1, "9, 1001", false, "")))
                .contains("IGNORE_SERVER_IDS=(9, 1001)");
    }

    @Test
    void the_position_of_its_own_writes_does_not_count_them() {
        assertThat(obstacle(SOURCE, new SlotTraits(B, 2, true, false, 1, "", true, "")))
                .contains("slave_pos");
    }

    private static String obstacle(SlotTraits source, SlotTraits replica) {
        return SlotTraits.obstacle(source, List.of(source, replica), 1000, 4);
    }
}
