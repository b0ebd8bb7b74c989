// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.ServerVersion;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FirstLookTest {
    private final AtomicInteger reads = new AtomicInteger();
    private final CompletableFuture<Void> accounts = new CompletableFuture<>();
    private final FirstLook look = new FirstLook(() -> {
        reads.incrementAndGet();
        return accounts;
    });

    @Test
    void clients_wait_until_a_server_has_told_its_version() {
        look.take(topology(Role.UNKNOWN, null));
        assertThat(look.taken()).isNotDone();
        look.take(topology(Role.SOURCE, "9.7.4"));
        assertThat(look.taken()).isDone();
    }

    @Test
    void those_of_mariadb_wait_for_its_accounts_too() {
        look.take(topology(Role.SOURCE, "10.11.6-MariaDB"));
        look.take(topology(Role.SOURCE, "10.11.6-MariaDB"));
        assertThat(look.taken()).isNotDone();
        assertThat(reads).hasValue(1);
        accounts.complete(null);
        assertThat(look.taken()).isDone();
    }

    @Test
    void accounts_that_cannot_be_read_keep_nobody_out() {
        look.take(topology(Role.SOURCE, "10.11.6-MariaDB"));
        accounts.completeExceptionally(new IllegalStateException("no"));
        assertThat(look.taken()).isCompleted();
    }

    @Test
    void nor_does_a_source_that_is_not_there() {
        look.take(topology(Role.REPLICA, "10.11.6-MariaDB"));
        assertThat(look.taken()).isDone();
        assertThat(reads).hasValue(0);
    }

    private static Topology topology(Role role, @Nullable String version) {
        Member member = new Member(
                new BackendAddress("db", 3306),
                1,
                role,
                version != null,
                version == null ? null : ServerVersion.parse(version),
                "",
                Duration.ZERO,
                GtidSet.EMPTY,
                0,
                "");
        return new Topology(1, List.of(member), "");
    }
}
