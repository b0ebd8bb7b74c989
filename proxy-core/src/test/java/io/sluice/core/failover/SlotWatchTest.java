// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import static io.sluice.core.failover.Stage.A;
import static io.sluice.core.failover.Stage.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlotWatchTest {
    private static final Topology TOPOLOGY =
            new Topology(1, List.of(member(A, Role.SOURCE), member(B, Role.REPLICA)), "");

    private volatile int channelsOfSource;
    private volatile int errorOfReplica;
    private final SlotWatch watch = new SlotWatch(() -> TOPOLOGY, this::inspect, 1000, 4);

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void a_source_is_fit_once_it_has_been_looked_at_and_not_for_ever() {
        assertThat(watch.isFit(A)).isFalse();
        until(true);
        channelsOfSource = 1;
        until(false);
        channelsOfSource = 0;
        until(true);
        assertThat(watch.isFit(B)).as("another server").isFalse();
    }

    @Test
    void a_replica_that_is_gone_does_not_matter_one_that_may_not_be_asked_does() {
        errorOfReplica = 2003;
        until(true);
        errorOfReplica = 1227;
        until(false);
    }

    private void until(boolean fit) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (watch.isFit(A) != fit) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private SlotTraits inspect(BackendAddress server) throws SQLException {
        if (server.equals(A)) {
            return new SlotTraits(A, 1, true, false, channelsOfSource, "", false, "");
        }
        if (errorOfReplica != 0) {
            throw new SQLException("no", "HY000", errorOfReplica);
        }
        return new SlotTraits(B, 2, true, false, 1, "", false, "");
    }

    private static Member member(BackendAddress address, Role role) {
        return new Member(address, 1, role, true, null, "", null, GtidSet.EMPTY, 0, "");
    }
}
