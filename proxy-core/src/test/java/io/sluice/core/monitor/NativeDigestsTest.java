// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What servers store of passwords, and what of it is none. */
class NativeDigestsTest {
    @Test
    void are_forty_hex_digits() {
        byte[] digest = NativeDigests.digest("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
        assertThat(digest).hasSize(20).startsWith(0x24, 0x70, 0xC0).endsWith(0x1E, 0x19);
    }

    /** As MySQL 5.7 made them, which are still there in a server that was upgraded since. */
    @Test
    void are_not_those_of_accounts_that_nobody_logs_in_as() {
        assertThat(NativeDigests.digest("*THISISNOTAVALIDPASSWORDTHATCANBEUSEDHERE"))
                .isNull();
        assertThat(NativeDigests.digest("*1234")).isNull();
    }
}
