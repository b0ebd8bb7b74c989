// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.session.InterruptedWrite;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.core.session.SlotNumbers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Slot 7, whose transaction 0-7-100 was the last that was acknowledged; the write began ten seconds ago. */
class MariadbLedgerTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void a_higher_number_is_the_write_whatever_else_there_is() {
        assertThat(other("0-7-101", "", false, Duration.ZERO)).isEqualTo(Outcome.COMMITTED);
        assertThat(same("0-1-300,0-7-101,0-2-7", false, Duration.ZERO)).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void no_higher_one_means_that_it_did_not_happen_if_all_was_logged() {
        assertThat(other("0-7-100,0-1-105", "0-1-105", true, HOUR)).isEqualTo(Outcome.NOT_COMMITTED);
        assertThat(other("0-7-90,0-1-95", "0-1-95", true, HOUR))
                .as("the acknowledged one never came either")
                .isEqualTo(Outcome.NOT_COMMITTED);
    }

    @Test
    void a_replica_that_did_not_log_what_it_replicated_proves_nothing() {
        assertThat(other("0-7-100,0-1-105", "0-1-105", false, HOUR)).isEqualTo(Outcome.UNKNOWN);
        assertThat(other("0-7-100,0-1-105", "0-1-106", true, HOUR))
                .as("it did not then, or its log was begun anew")
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(other("0-7-100", "", true, HOUR)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void one_made_of_a_copy_of_later_proves_nothing_unless_its_log_reaches_back() {
        Duration aMoment = Duration.ofSeconds(2);
        assertThat(other("0-7-100,0-1-105", "0-1-105", true, aMoment)).isEqualTo(Outcome.NOT_COMMITTED);
        assertThat(other("0-1-105", "0-1-105", true, aMoment)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void the_same_server_knows_unless_its_log_may_have_lost_what_its_data_has() {
        assertThat(same("0-7-100", false, HOUR)).isEqualTo(Outcome.NOT_COMMITTED);
        assertThat(same("0-7-100", false, Duration.ofSeconds(2)))
                .as("restarted without sync_binlog")
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(same("0-7-100", true, Duration.ofSeconds(2))).isEqualTo(Outcome.NOT_COMMITTED);
        assertThat(same("0-7-1", true, HOUR)).as("RESET MASTER").isEqualTo(Outcome.UNKNOWN);
    }

    private static Outcome other(String binlogState, String replicated, boolean logs, Duration uptime) {
        return new MariadbLedger(binlogState, replicated, logs, true, uptime)
                .outcome(WRITE, false, then -> Duration.ofSeconds(10));
    }

    private static Outcome same(String binlogState, boolean synced, Duration uptime) {
        return new MariadbLedger(binlogState, "", true, synced, uptime)
                .outcome(WRITE, true, then -> Duration.ofSeconds(10));
    }

    private static final InterruptedWrite WRITE =
            new InterruptedWrite(Stage.A, "", "7", SlotNumbers.ofServerId("0-7-100", "7"), 17, 0, 0);
}
