// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HostgroupSettingsTest {
    private static final String SERVERS = "servers: [{address: a}, {address: b}]\n";

    @Test
    void has_defaults() {
        assertThat(SluiceConfig.defaults().hostgroups()).isEmpty();
        assertThat(SluiceConfig.defaults().defaultHostgroups()).isEmpty();
        assertThat(read(SERVERS + "hostgroups: [{id: 5, members: a}]").hostgroups())
                .containsExactly(new HostgroupSettings(
                        5, "", HostgroupSettings.ServerRole.MEMBERS, Set.of(BackendAddress.parse("a")), null));
    }

    @Test
    void maps_every_key() {
        SluiceConfig config = read(SERVERS + """
                hostgroups:
                  - {id: 7, name: reports, members: [a, "b:3306"], max_lag: 5m}
                  - {id: 0, role: replicas, max_lag: 1s}
                users: [{name: u, password: p, default_hostgroup: 7}, {name: v, password: p, default_hostgroup: 1},
                        {name: w, password: p}]
                """);
        assertThat(config.hostgroups())
                .containsExactly(
                        new HostgroupSettings(
                                7,
                                "reports",
                                HostgroupSettings.ServerRole.MEMBERS,
                                Set.of(BackendAddress.parse("a"), BackendAddress.parse("b")),
                                Duration.ofMinutes(5)),
                        new HostgroupSettings(
                                0, "", HostgroupSettings.ServerRole.REPLICAS, Set.of(), Duration.ofSeconds(1)));
        assertThat(config.defaultHostgroups()).isEqualTo(Map.of("u", 7, "v", 1));
    }

    @Test
    void rejects_what_cannot_be() {
        assertThat(problems(SERVERS + """
                hostgroups:
                  - {name: x, members: a}
                  - {id: 2}
                  - {id: 3, members: c}
                  - {id: 4, role: source, members: a}
                  - {id: 4, role: source}
                  - {id: many, role: source}
                  - {id: 6, role: source, max_lag: 5}
                users: [{name: u, password: p, default_hostgroup: 9}]
                """))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).contains("hostgroups[0].id: is missing"),
                        problem -> assertThat(problem).contains("hostgroups[1]: has neither members nor a role"),
                        problem -> assertThat(problem).contains("hostgroups[2].members: c:3306 is not among servers"),
                        problem -> assertThat(problem).contains("hostgroups[3].members: are given, but role says"),
                        problem -> assertThat(problem).contains("hostgroups[4]: 4 is listed twice"),
                        problem -> assertThat(problem).contains("hostgroups[5].id: \"many\" is not a whole number"),
                        problem -> assertThat(problem).contains("hostgroups[6].max_lag: \"5\" is not a duration"),
                        problem -> assertThat(problem)
                                .contains("users[0].default_hostgroup: \"9\" is not the id of a hostgroup")
                                .contains("write one of 0, 1, 2, 3, 4, 6"));
    }
}
