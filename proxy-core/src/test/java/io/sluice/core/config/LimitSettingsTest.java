// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.LimitSettings.Distinct;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LimitSettingsTest {
    @Test
    void has_defaults() {
        assertThat(SluiceConfig.defaults().limits()).isEmpty();
        assertThat(
                        read("limits: [{name: all, user: '%', queries_per_second: 30}, {name: u, per: user, concurrency: 2}]")
                                .limits())
                .containsExactly(
                        new LimitSettings("all", null, null, null, Set.of(), 30, 30, 0, 100, Duration.ofSeconds(1)),
                        new LimitSettings(
                                "u", null, null, null, Set.of(Distinct.USER), 0, 1, 2, 100, Duration.ofSeconds(1)));
    }

    @Test
    void maps_every_key() {
        assertThat(read("""
                        limits:
                          - {name: n, user: u, schema: s, digest: fedcba9876543210, per: "user,digest",
                             queries_per_second: 5, burst: 7, concurrency: 3, queue: 0, queue_timeout: 20ms}
                        """).limits())
                .containsExactly(new LimitSettings(
                        "n",
                        "u",
                        "s",
                        0xfedcba9876543210L,
                        Set.of(Distinct.DIGEST, Distinct.USER),
                        5,
                        7,
                        3,
                        0,
                        Duration.ofMillis(20)));
    }

    @Test
    void rejects_what_cannot_be() {
        assertThat(problems("""
                        limits:
                          - {user: u, concurrency: 1}
                          - {name: a, concurrency: 1}
                          - {name: b, user: u}
                          - {name: c, digest: xyz, concurrency: 1}
                          - {name: c, per: session, concurrency: -1, queue_timeout: 0}
                        """))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).contains("limits[0].name: is missing"),
                        problem -> assertThat(problem).contains("limits[1]: says not whose statements it counts"),
                        problem -> assertThat(problem).contains("limits[2]: limits nothing"),
                        problem -> assertThat(problem).contains("limits[3].digest: \"xyz\" is not a digest"),
                        problem -> assertThat(problem).contains("limits[4]: c is listed twice"),
                        problem -> assertThat(problem).contains("limits[4].per: \"session\" is not none, or any of"),
                        problem -> assertThat(problem).contains("limits[4].concurrency"),
                        problem -> assertThat(problem).contains("limits[4]: limits nothing"),
                        problem -> assertThat(problem).contains("limits[4].queue_timeout"));
    }
}
