// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.admin.FakeStatistics;
import io.sluice.admin.FakeView;
import io.sluice.admin.dashboard.Samples.Sample;
import io.sluice.core.view.CommandView;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static final BackendAddress SOURCE = BackendAddress.parse("db1");
    private static final BackendAddress REPLICA = BackendAddress.parse("db2");

    private final FakeView view = new FakeView();
    private final FakeStatistics statistics = new FakeStatistics();
    private final Samples samples = new Samples(view, statistics);
    private long seconds;

    @Test
    void a_sample_is_what_was_done_since_the_one_before_by_second() {
        view.topology = new Topology(
                1,
                List.of(
                        FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("db2", Role.REPLICA, true, Duration.ZERO, "")),
                "");
        statistics.queries.put(SOURCE, 1000L);
        take();
        assertThat(samples.samples()).isEmpty();

        statistics.queries.put(SOURCE, 1020L);
        statistics.queries.put(REPLICA, 60L);
        took(4, 80);
        take();

        Sample sample = samples.samples().get(0);
        assertThat(sample.source()).isEqualTo(10);
        assertThat(sample.replicas()).isEqualTo(30);
        assertThat(sample.p50()).isBetween(5.0, 10.0);
        assertThat(samples.rates()).containsEntry(SOURCE, 10.0).containsEntry(REPLICA, 30.0);
    }

    @Test
    void a_server_that_counts_from_zero_again_has_no_negative_rate() {
        statistics.queries.put(REPLICA, 1000L);
        take();
        statistics.queries.put(REPLICA, 5L);
        take();

        assertThat(samples.samples().get(0).replicas()).isZero();
    }

    @Test
    void keeps_a_quarter_of_an_hour() {
        for (int i = 0; i < Samples.KEPT + 10; i++) {
            take();
        }

        assertThat(samples.samples()).hasSize(Samples.KEPT);
        assertThat(Samples.INTERVAL.multipliedBy(Samples.KEPT)).isEqualTo(Duration.ofMinutes(15));
        assertThat(samples.samples().get(0).p50()).isNull();
    }

    @Test
    void quantiles_lie_within_the_bucket_that_they_fall_into() {
        long[] counts = new long[CommandView.LIMITS.size() + 1];
        counts[0] = 50; // up to 0.1 ms
        counts[2] = 50; // 0.5 to 1 ms

        assertThat(Samples.quantile(counts, 0.5)).isCloseTo(0.1, within(1e-9));
        assertThat(Samples.quantile(counts, 0.75)).isCloseTo(0.75, within(1e-9));
        counts[counts.length - 1] = 1_000_000; // longer than all limits: at least the largest
        assertThat(Samples.quantile(counts, 0.5)).isEqualTo(10_000);
    }

    private void take() {
        seconds += 2;
        samples.take(seconds * 1000, seconds * 1_000_000_000);
    }

    private void took(int bucket, long count) {
        List<Long> counts = new ArrayList<>(Collections.nCopies(CommandView.LIMITS.size() + 1, 0L));
        counts.set(bucket, count);
        statistics.commands.add(new CommandView("SELECT", Duration.ofSeconds(1), counts));
    }
}
