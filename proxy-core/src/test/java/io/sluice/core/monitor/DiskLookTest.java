// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.topology.ServerVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DiskLookTest {
    private static final ServerVersion KNOWS = ServerVersion.parse("9.7.4");

    private long now = 1000;
    private final DiskLook disk = new DiskLook(() -> now);

    @Test
    void asks_now_and_then() {
        disk.begin();
        assertThat(disk.ask(KNOWS)).isTrue();
        disk.answered(3);
        assertThat(disk.isFull()).isTrue();
        assertThat(disk.ask(KNOWS)).isFalse();
        assertThat(disk.isFull()).as("as it was").isTrue();
        now += Duration.ofSeconds(4).toNanos();
        assertThat(disk.ask(KNOWS)).isTrue();
        disk.answered(0);
        assertThat(disk.isFull()).isFalse();
    }

    @Test
    void asks_no_more_on_a_connection_where_it_may_not() {
        disk.begin();
        disk.ask(KNOWS);
        assertThat(disk.isAsked()).isTrue();
        disk.denied();
        assertThat(disk.ask(KNOWS)).isFalse();
        assertThat(disk.isAsked()).isFalse();
        disk.begin();
        assertThat(disk.ask(KNOWS)).isTrue();
    }

    @Test
    void asks_only_servers_that_keep_their_error_log_in_a_table() {
        disk.begin();
        assertThat(disk.ask(ServerVersion.parse("8.0.21"))).isFalse();
        assertThat(disk.ask(ServerVersion.parse("8.0.22"))).isTrue();
        assertThat(disk.ask(ServerVersion.parse("10.11.6-MariaDB"))).isFalse();
    }
}
