// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class HostPatternTest {
    @Test
    void a_network_is_met_by_its_first_bits() {
        assertThat(matches("10.0.0.0/8", "10.255.1.2")).isTrue();
        assertThat(matches("10.0.0.0/8", "11.0.0.1")).isFalse();
        assertThat(matches("192.168.16.0/20", "192.168.31.255")).isTrue();
        assertThat(matches("192.168.16.0/20", "192.168.32.0")).isFalse();
        assertThat(matches("10.1.2.3/32", "10.1.2.3")).isTrue();
        assertThat(matches("0.0.0.0/0", "203.0.113.9")).isTrue();
        assertThat(matches("fd00::/8", "fd12::1")).isTrue();
        assertThat(matches("fd00::/8", "10.1.2.3")).isFalse();
    }

    @Test
    void percent_and_underscore_stand_for_characters() {
        assertThat(matches("192.168.1.%", "192.168.1.77")).isTrue();
        assertThat(matches("192.168.1.%", "192.168.10.7")).isFalse();
        assertThat(matches("10.0.0._", "10.0.0.5")).isTrue();
        assertThat(matches("10.0.0._", "10.0.0.55")).isFalse();
        assertThat(matches("10.0.0.5", "10.0.0.5")).isTrue();
        assertThat(matches("2001:db8:%", "2001:db8::7")).isTrue();
        assertThat(matches("%", "10.0.0.5")).isTrue();
    }

    @Test
    void localhost_is_the_loopback_interface_or_a_unix_socket() {
        HostPattern localhost = HostPattern.parse("localhost").orElseThrow();
        assertThat(matches("localhost", "127.0.0.1")).isTrue();
        assertThat(matches("localhost", "::1")).isTrue();
        assertThat(matches("localhost", "10.0.0.1")).isFalse();
        assertThat(localhost.matches(new DomainSocketAddress("/run/s.sock"))).isTrue();
        assertThat(HostPattern.parse("10.%").orElseThrow().matches(new DomainSocketAddress("/run/s.sock")))
                .isFalse();
        assertThat(HostPattern.ANY.matches(new DomainSocketAddress("/run/s.sock")))
                .isTrue();
        assertThat(matches("127.0.0.1", "127.0.0.1")).isTrue();
    }

    @Test
    void names_and_broken_networks_are_no_patterns() {
        assertThat(HostPattern.parse("db.example.com")).isEmpty();
        assertThat(HostPattern.parse("10.0.0.0/33")).isEmpty();
        assertThat(HostPattern.parse("10.0.0/8")).isEmpty();
        assertThat(HostPattern.parse("")).isEmpty();
    }

    private static boolean matches(String pattern, String address) {
        try {
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
            return HostPattern.parse(pattern)
                    .orElseThrow()
                    .matches(new InetSocketAddress(InetAddress.getByAddress(bytes), 1));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
