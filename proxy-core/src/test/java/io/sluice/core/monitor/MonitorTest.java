// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.MonitorSettings;
import io.sluice.core.config.MonitorSettings.ErrantGtids;
import io.sluice.core.config.MonitorSettings.GaleraDonors;
import io.sluice.core.config.Secret;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MonitorTest {

    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final ManualThread thread = new ManualThread();
    private final FakeServer a = new FakeServer(1);
    private final FakeServer b = new FakeServer(2).follow(a);
    private final Map<BackendAddress, FakeProbe> probes = new LinkedHashMap<>();
    private final List<Topology> published = new ArrayList<>();
    private final Monitor monitor = monitor();
    private boolean failing;

    @BeforeEach
    void start() {
        monitor.start();
        thread.advance(Duration.ofMillis(250));
    }

    @Test
    void finds_the_source_in_the_first_round() {
        assertThat(source()).isEqualTo("db1:3306");
        assertThat(published.get(1).source()).as("the second answer").isPresent();
    }

    @Test
    void asks_each_server_once_an_interval_and_publishes_each_answer() {
        int publishedBefore = published.size();
        int askedBefore = probe(a).asked;
        thread.advance(Duration.ofSeconds(10));
        assertThat(probe(a).asked - askedBefore).isEqualTo(20);
        assertThat(published).hasSize(publishedBefore + 40);
    }

    @Test
    void goes_by_another_interval_from_now_on() {
        monitor.use(new MonitorSettings(
                "monitor",
                Secret.EMPTY,
                Duration.ofSeconds(2),
                TIMEOUT,
                Duration.ofSeconds(10),
                ErrantGtids.REPORT,
                GaleraDonors.EXCLUDE));
        thread.advance(Duration.ofSeconds(1));
        int before = probe(a).asked;
        thread.advance(Duration.ofSeconds(10));
        assertThat(probe(a).asked - before).isEqualTo(5);
    }

    @Test
    void asks_at_once_when_the_data_path_suspects_a_server() {
        int before = probe(a).asked;
        monitor.suspect(a.address, "connection reset");
        thread.advance(Duration.ofMillis(1));
        assertThat(probe(a).asked - before).isEqualTo(1);
    }

    @Test
    void goes_on_after_a_listener_has_failed() {
        int before = probe(a).asked + probe(b).asked;
        failing = true;
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> thread.advance(Duration.ofSeconds(1))).hasMessage("made on purpose");
        }
        failing = false;
        thread.advance(Duration.ofSeconds(10));
        assertThat(probe(a).asked + probe(b).asked - before).isGreaterThan(38);
    }

    @Test
    void heeds_a_storm_of_evidence_twenty_times_a_second_at_most() {
        int before = probe(a).asked;
        for (int i = 0; i < 1000; i++) {
            monitor.suspect(a.address, "connection reset");
            thread.advance(Duration.ofMillis(1));
        }
        assertThat(probe(a).asked - before).isBetween(18, 22);
    }

    @Test
    void asks_over_a_new_connection_who_is_behind_a_name_that_moved() {
        int before = probe(a).asked;
        monitor.moved(a.address);
        monitor.moved(BackendAddress.parse("elsewhere:3306"));
        thread.advance(Duration.ofMillis(1));
        assertThat(probe(a).renewed).isEqualTo(1);
        assertThat(probe(a).asked - before).isEqualTo(1);
    }

    @Test
    void ignores_evidence_about_a_stranger() {
        int before = published.size();
        monitor.suspect(BackendAddress.parse("elsewhere:3306"), "connection reset");
        thread.advance(Duration.ofMillis(1));
        assertThat(published).hasSize(before);
    }

    @Test
    void asks_more_often_while_there_is_no_source() {
        a.die(b);
        thread.advance(Duration.ofMillis(500));
        assertThat(source()).isEqualTo("none");
        int before = probe(b).asked;
        thread.advance(Duration.ofSeconds(1));
        assertThat(probe(b).asked - before).isBetween(18, 21);
        b.promote();
        thread.advance(Duration.ofMillis(60));
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void returns_to_calm_when_only_a_dead_replica_is_left_over() {
        b.failure = Observation.Kind.REFUSED;
        thread.advance(Duration.ofSeconds(2));
        int before = probe(b).asked;
        thread.advance(Duration.ofSeconds(5));
        assertThat(probe(b).asked - before).isEqualTo(10);
    }

    @Test
    void gives_up_on_a_server_that_hangs_and_goes_on_asking() {
        probe(a).hangs = true;
        thread.advance(INTERVAL.plus(TIMEOUT));
        assertThat(probe(a).abandoned).isEqualTo(1);
        assertThat(source()).as("one lost probe is no death").isEqualTo("db1:3306");
        thread.advance(TIMEOUT.plusMillis(100));
        assertThat(source()).isEqualTo("none");
        probe(a).hangs = false;
        thread.advance(TIMEOUT.plusMillis(200));
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void believes_clients_that_a_server_lives_which_does_not_answer_the_monitor() {
        probe(a).hangs = true;
        for (int i = 0; i < 100; i++) {
            thread.advance(Duration.ofMillis(100));
            monitor.heardFrom(a.address, thread.nanos());
        }
        assertThat(source()).isEqualTo("db1:3306");
        assertThat(published.get(published.size() - 1).source().orElseThrow().note())
                .startsWith("alive, but does not answer the monitor");
        thread.advance(TIMEOUT.multipliedBy(4));
        assertThat(source()).isEqualTo("none");
    }

    @Test
    void does_not_take_older_answers_for_life() {
        probe(a).hangs = true;
        long before = thread.nanos();
        for (int i = 0; i < 50; i++) {
            thread.advance(Duration.ofMillis(100));
            monitor.heardFrom(a.address, before);
        }
        assertThat(source()).isEqualTo("none");
    }

    @Test
    void ignores_an_answer_that_comes_after_it_gave_up() {
        probe(b).delay = TIMEOUT.plusMillis(300);
        thread.advance(Duration.ofSeconds(10));
        assertThat(published
                        .get(published.size() - 1)
                        .member(b.address)
                        .orElseThrow()
                        .online())
                .isFalse();
        assertThat(source()).isEqualTo("db1:3306");
    }

    @Test
    void has_never_more_than_one_question_open_to_a_server() {
        probe(a).hangs = true;
        thread.advance(INTERVAL);
        int before = probe(a).asked;
        monitor.suspect(a.address, "timeout");
        thread.advance(Duration.ofMillis(300));
        assertThat(probe(a).asked).isEqualTo(before);
    }

    @Test
    void stops_when_closed() {
        monitor.close();
        thread.advance(Duration.ofMillis(1));
        int before = published.size();
        monitor.suspect(a.address, "late");
        thread.advance(Duration.ofSeconds(5));
        assertThat(published).hasSize(before);
        assertThat(probes.values()).allMatch(probe -> probe.closed);
        assertThat(thread.closed).isTrue();
    }

    @Test
    void a_server_that_is_listed_later_is_asked_and_shown_and_disturbs_nobody() {
        FakeServer c = new FakeServer(3).follow(a);
        probes.put(c.address, new FakeProbe(c, thread));
        probe(c).hangs = true;
        list(a, b, c);
        thread.advance(Duration.ofMillis(100));
        assertThat(probe(c).asked).isEqualTo(1);
        assertThat(source()).as("while it has not answered").isEqualTo("db1:3306");
        assertThat(last().member(c.address).orElseThrow().online()).isFalse();
        probe(c).hangs = false;
        thread.advance(Duration.ofSeconds(10));
        assertThat(last().member(c.address).orElseThrow().isOnlineReplica()).isTrue();
    }

    @Test
    void a_server_that_is_listed_no_more_is_left_alone() {
        probe(b).hangs = true;
        thread.advance(INTERVAL);
        list(a);
        thread.advance(Duration.ofMillis(1));
        assertThat(last().members()).hasSize(1);
        assertThat(probe(b).closed).isTrue();
        int asked = probe(b).asked;
        monitor.suspect(b.address, "late");
        monitor.ask(b.address);
        thread.advance(Duration.ofSeconds(10));
        assertThat(probe(b).asked).isEqualTo(asked);
        assertThat(last().members()).hasSize(1);
        assertThat(source()).isEqualTo("db1:3306");
    }

    private void list(FakeServer... servers) {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        for (FakeServer server : servers) {
            weights.put(server.address, 1);
        }
        monitor.list(weights);
    }

    private Topology last() {
        return published.get(published.size() - 1);
    }

    private Monitor monitor() {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        for (FakeServer server : List.of(a, b)) {
            weights.put(server.address, 1);
            probes.put(server.address, new FakeProbe(server, thread));
        }
        MonitorSettings settings = new MonitorSettings(
                "monitor",
                Secret.EMPTY,
                INTERVAL,
                TIMEOUT,
                Duration.ofSeconds(10),
                ErrantGtids.REPORT,
                GaleraDonors.EXCLUDE);
        return new Monitor(weights, settings, thread, this::probe, this::publish, rivals -> {});
    }

    private void publish(Topology topology) {
        if (failing) {
            throw new IllegalStateException("made on purpose");
        }
        published.add(topology);
    }

    private FakeProbe probe(FakeServer server) {
        return (FakeProbe) probe(server.address);
    }

    private Probe probe(BackendAddress address) {
        FakeProbe probe = probes.get(address);
        if (probe == null) {
            throw new AssertionError("no probe of " + address);
        }
        return probe;
    }

    private String source() {
        return published
                .get(published.size() - 1)
                .source()
                .map(member -> member.address().toString())
                .orElse("none");
    }
}
