// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.DiscoverySettings;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.discovery.FakeNetwork.Server;
import io.sluice.core.monitor.MonitorThread;
import io.sluice.core.view.ServerList.Entry;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration FORGET_AFTER = Duration.ofMinutes(1);

    private final FakeNetwork network = new FakeNetwork();
    private final Server a = network.server("10.0.0.1");
    private final Server b = network.server("10.0.0.2").follow(a);
    private final List<Entry> entries = new ArrayList<>();
    private final Clock clock = new Clock();
    private Topology topology = sourceIs(a);

    @BeforeEach
    void list() {
        a.writable = true;
        entries.add(entry(a.address, false));
    }

    @Test
    void a_replica_that_comes_later_is_found_with_the_next_round() {
        start();
        assertThat(servers()).containsExactly(a.address, b.address);
        Server c = network.server("10.0.0.3").follow(a);
        clock.advance(INTERVAL);
        assertThat(servers()).containsExactly(a.address, b.address, c.address);
    }

    @Test
    void one_that_is_gone_for_long_is_forgotten_and_found_again() {
        start();
        b.down = true;
        clock.advance(FORGET_AFTER.minus(INTERVAL));
        assertThat(servers()).contains(b.address);
        clock.advance(INTERVAL.multipliedBy(3));
        assertThat(servers()).containsExactly(a.address);
        b.down = false;
        clock.advance(INTERVAL);
        assertThat(servers()).contains(b.address);
    }

    @Test
    void one_that_left_the_replication_is_forgotten() {
        start();
        b.follow();
        b.writable = true;
        clock.advance(FORGET_AFTER.plus(INTERVAL.multipliedBy(2)));
        assertThat(servers()).containsExactly(a.address);
    }

    @Test
    void listed_servers_and_the_source_are_never_forgotten() {
        start();
        topology = sourceIs(b);
        b.follow();
        b.writable = true;
        a.down = true;
        clock.advance(FORGET_AFTER.multipliedBy(3));
        assertThat(servers()).containsExactly(a.address, b.address);
    }

    @Test
    void nobody_is_forgotten_while_there_is_no_source() {
        start();
        topology = Topology.EMPTY;
        b.down = true;
        clock.advance(FORGET_AFTER.multipliedBy(3));
        assertThat(servers()).contains(b.address);
    }

    @Test
    void a_second_name_of_a_listed_server_goes_when_that_is_back() {
        Server c = network.server("10.0.0.3").follow(a);
        network.alias("10.0.0.103", c);
        c.reportHost = "10.0.0.103";
        entries.add(entry(BackendAddress.parse("10.0.0.203"), false));
        start();
        assertThat(servers()).contains(BackendAddress.parse("10.0.0.103"));
        network.alias("10.0.0.203", c);
        clock.advance(INTERVAL);
        assertThat(servers())
                .contains(BackendAddress.parse("10.0.0.203"))
                .doesNotContain(BackendAddress.parse("10.0.0.103"));
    }

    private void start() {
        DiscoverySettings settings = new DiscoverySettings(true, INTERVAL, List.of(), List.of(), 32, FORGET_AFTER);
        new Discovery(settings, new Entries(), () -> topology, clock, network).start();
        clock.advance(Duration.ofMillis(1));
    }

    private List<BackendAddress> servers() {
        return entries.stream().map(entry -> entry.settings().address()).toList();
    }

    private static Entry entry(BackendAddress address, boolean discovered) {
        return new Entry(new ServerSettings(address, 1, 10, ""), discovered);
    }

    private static Topology sourceIs(Server server) {
        Member member = new Member(
                server.address, 1, Role.SOURCE, true, null, server.identity, Duration.ZERO, GtidSet.EMPTY, 1, "");
        return new Topology(1, List.of(member), "");
    }

    private final class Entries implements Discovery.Roll {
        @Override
        public List<Entry> servers() {
            return List.copyOf(entries);
        }

        @Override
        public void add(BackendAddress server) {
            entries.add(entry(server, true));
        }

        @Override
        public void remove(BackendAddress server) {
            entries.removeIf(entry -> entry.settings().address().equals(server));
        }
    }

    /** Runs the one task that there is at a time. */
    private static final class Clock implements MonitorThread {
        private long now = 1;
        private long due;
        private Runnable task = () -> {};

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void execute(Runnable next) {
            schedule(Duration.ZERO, next);
        }

        @Override
        public Timer schedule(Duration delay, Runnable next) {
            due = now + delay.toNanos();
            task = next;
            return () -> task = () -> {};
        }

        void advance(Duration time) {
            long end = now + time.toNanos();
            while (due <= end) {
                now = due;
                task.run();
            }
            now = end;
        }

        @Override
        public void close() {
            task = () -> {};
        }
    }
}
