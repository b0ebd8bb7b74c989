// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Observation.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopologyChangesTest {

    private final FakeServer a = new FakeServer(1);
    private final FakeServer b = new FakeServer(2).follow(a);
    private TopologyState state = TopologyReducerTest.unprobed(a, b);
    private long nanos = 1000;

    @Test
    void tells_a_failover_in_three_lines() {
        observe(a, b);
        a.die(b);
        assertThat(observe(a, b, a, b, a))
                .containsExactly(
                        "event=server_offline server=db1:3306 role=source version=9.7.4 why=\"connection refused\"",
                        "event=source_changed from=db1:3306 to=none why=\"no writable server is online;"
                                + " the source db1:3306: connection refused\" topology=3");
        b.promote();
        assertThat(observe(b, a, b))
                .containsExactly("event=source_changed from=none to=db2:3306"
                        + " why=\"the only writable server, nobody replicates from it\" topology=8");
    }

    @Test
    void is_silent_about_lag_and_positions() {
        observe(a, b);
        a.write();
        b.ownLag = Duration.ofSeconds(3);
        assertThat(observe(a, b, a, b)).isEmpty();
    }

    @Test
    void tells_once_why_a_server_cannot_be_probed() {
        a.failure = Kind.ACCESS_DENIED;
        b.failure = Kind.ACCESS_DENIED;
        assertThat(observe(a, b, a, b, a, b))
                .containsExactly(
                        "event=probe_failed server=db1:3306 why=\"alive, but refuses the monitor's account\"",
                        "event=probe_failed server=db2:3306 why=\"alive, but refuses the monitor's account\"",
                        "event=source_changed from=none to=none why=\"no server is online\" topology=2");
    }

    @Test
    void tells_once_that_a_living_source_does_not_let_the_monitor_look() {
        observe(a, b);
        a.failure = Kind.TOO_MANY_CONNECTIONS;
        assertThat(observe(a, a, a))
                .containsExactly("event=probe_failed server=db1:3306 why=\"" + Kind.TOO_MANY_CONNECTIONS + "\"");
    }

    @Test
    void tells_once_that_a_living_replica_does_not_let_the_monitor_look() {
        observe(a, b);
        b.failure = Kind.ACCESS_DENIED;
        assertThat(observe(b, b))
                .containsExactly("event=probe_failed server=db2:3306 why=\"" + Kind.ACCESS_DENIED + "\"");
    }

    @Test
    void tells_once_what_a_replica_has_that_its_source_lacks() {
        observe(a, b);
        b.write();
        assertThat(observe(b, a, b, a))
                .containsExactly(
                        "event=errant_gtids server=db2:3306 why=\"" + TopologyReducer.ERRANT + ": " + b.uuid + ":1\"");
    }

    @Test
    void tells_once_that_a_disk_is_full_and_once_that_it_is_not() {
        observe(a, b);
        a.diskFull = true;
        b.diskFull = true;
        assertThat(observe(a, b, a, b))
                .containsExactly(
                        "event=disk_full server=db1:3306 why=\"" + TopologyReducer.DISK_FULL + "\"",
                        "event=disk_full server=db2:3306 why=\"" + TopologyReducer.DISK_FULL + "\"");
        assertThat(state.topology().source())
                .as("it is the source all the same")
                .hasValueSatisfying(source -> {
                    assertThat(source.address()).isEqualTo(a.address);
                    assertThat(source.diskFull()).isTrue();
                    assertThat(source.note()).isEqualTo(TopologyReducer.DISK_FULL);
                });
        a.diskFull = false;
        assertThat(observe(a, b, a)).containsExactly("event=disk_has_room server=db1:3306");
        b.die(a);
        assertThat(observe(b, b).toString()).contains("server_offline").doesNotContain("disk");
    }

    private List<String> observe(FakeServer... servers) {
        List<String> lines = new ArrayList<>();
        for (FakeServer server : servers) {
            TopologyState before = state;
            nanos += 1000;
            state = TopologyReducer.reduce(before, new Observed(server.observe(nanos)));
            TopologyChanges.between(before.topology(), before.why(), state.topology(), state.why(), Instant.EPOCH)
                    .forEach(event -> lines.add(event.line()));
        }
        return lines;
    }
}
