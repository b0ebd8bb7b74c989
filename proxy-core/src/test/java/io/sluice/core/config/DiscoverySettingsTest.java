// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.DiscoverySettings.Mapping;
import io.sluice.core.config.DiscoverySettings.Place;
import io.sluice.routing.topology.BackendAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DiscoverySettingsTest {
    @Test
    void has_defaults() {
        assertThat(SluiceConfig.defaults().discovery())
                .isEqualTo(new DiscoverySettings(
                        false, Duration.ofSeconds(5), List.of(), List.of(), 32, Duration.ofHours(1)));
    }

    @Test
    void maps_every_key() {
        DiscoverySettings settings = read("""
                discovery:
                  enabled: true
                  interval: 1s
                  allow: ["10.0.0.0/8, fd00::/8", db%.example.com]
                  map: [{from: inner, to: outer}, {from: "172.17.0.2:3306", to: "[::1]:3307"}]
                  max_servers: 3
                  forget_after: 0
                """).discovery();
        assertThat(settings.enabled()).isTrue();
        assertThat(settings.interval()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.allow())
                .map(ServerPattern::toString)
                .containsExactly("10.0.0.0/8", "fd00::/8", "db%.example.com");
        assertThat(settings.map())
                .containsExactly(
                        new Mapping(new Place("inner", 0), new Place("outer", 0)),
                        new Mapping(new Place("172.17.0.2", 3306), new Place("::1", 3307)));
        assertThat(settings.maxServers()).isEqualTo(3);
        assertThat(settings.forgetAfter()).isZero();
    }

    @Test
    void rejects_bad_values() {
        assertThat(problems("discovery: {enabled: maybe, interval: 0s, allow: '10.0.0.0/99', map: [{from: a}],"
                        + " max_servers: 0, forget_after: soon}"))
                .hasSize(6);
    }

    @Test
    void translates_what_servers_say() {
        DiscoverySettings settings = read("discovery: {map: [{from: 'inner:3306', to: 'outer:3307'},"
                        + " {from: inner, to: other}]}")
                .discovery();
        assertThat(settings.translate(BackendAddress.parse("INNER"))).hasToString("outer:3307");
        assertThat(settings.translate(BackendAddress.parse("inner:3310"))).hasToString("other:3310");
        assertThat(settings.translate(BackendAddress.parse("else"))).hasToString("else:3306");
    }

    @Test
    void patterns_are_networks_or_names() throws UnknownHostException {
        List<InetAddress> inside = List.of(InetAddress.getByName("10.1.2.3"));
        List<InetAddress> both = List.of(InetAddress.getByName("10.1.2.3"), InetAddress.getByName("192.0.2.1"));
        ServerPattern network = ServerPattern.parse("10.0.0.0/8").orElseThrow();
        assertThat(network.matches("db1", inside)).isTrue();
        assertThat(network.matches("db1", both))
                .as("one of its addresses is outside")
                .isFalse();
        assertThat(network.matches("db1", List.of())).as("unknown").isFalse();
        ServerPattern name = ServerPattern.parse("db%.example.com").orElseThrow();
        assertThat(name.matches("DB17.example.com", List.of())).isTrue();
        assertThat(name.matches("db17.example.com.evil.org", List.of())).isFalse();
        assertThat(name.matches("dbxexample.com", List.of())).isFalse();
    }
}
