// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.routing.gtid.GtidSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopologyTest {
    @Test
    void reads_addresses_in_every_usual_form() {
        assertThat(BackendAddress.parse("db1")).isEqualTo(new BackendAddress("db1", 3306));
        assertThat(BackendAddress.parse("DB1:33060")).hasToString("db1:33060");
        assertThat(BackendAddress.parse("[::1]")).isEqualTo(new BackendAddress("::1", 3306));
        assertThat(BackendAddress.parse("[::1]:1")).hasToString("[::1]:1");
    }

    @Test
    void refuses_what_is_no_address() {
        for (String text : List.of("", ":1", "a:", "a:0", "a:65536", "a:x", "::1", "[::1", "[::1]x", "[]:1")) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> BackendAddress.parse(text));
        }
    }

    @Test
    void reads_versions_of_both_flavors() {
        assertVersion("8.0.15", Flavor.MYSQL, 80015);
        assertVersion("9.7.4-debug", Flavor.MYSQL, 90704);
        assertVersion("26.7", Flavor.MYSQL, 260700);
        assertVersion("10.11.19-MariaDB-1", Flavor.MARIADB, 101119);
        assertVersion("5.5.5-10.11.6-MariaDB-log", Flavor.MARIADB, 101106);
        assertThatIllegalArgumentException().isThrownBy(() -> ServerVersion.parse("Sluice"));
    }

    @Test
    void finds_the_source_and_the_replicas_that_are_online() {
        Member source = member("a", Role.SOURCE, true);
        Member replica = member("b", Role.REPLICA, true);
        Topology topology = new Topology(
                1, List.of(source, replica, member("c", Role.REPLICA, false), member("d", Role.UNKNOWN, true)), "");
        assertThat(topology.source()).contains(source);
        assertThat(topology.replicas()).containsExactly(replica);
        assertThat(topology.member(BackendAddress.parse("b"))).contains(replica);
        assertThat(topology.member(BackendAddress.parse("e"))).isEmpty();
        assertThat(Topology.EMPTY.source()).isEmpty();
    }

    @Test
    void refuses_two_sources_and_two_members_with_one_address() {
        Member source = member("a", Role.SOURCE, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Topology(1, List.of(source, member("b", Role.SOURCE, true)), ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Topology(1, List.of(source, member("a", Role.REPLICA, true)), ""));
    }

    @Test
    void greets_as_the_server_does() {
        assertThat(ServerVersion.parse("8.0.15").greeting()).isEqualTo("8.0.15");
        assertThat(ServerVersion.parse("10.11.19-MariaDB-1").greeting()).isEqualTo("5.5.5-10.11.19-MariaDB-1");
        assertThat(ServerVersion.parse("5.5.5-10.11.6-MariaDB").greeting()).isEqualTo("5.5.5-10.11.6-MariaDB");
        assertThat(ServerVersion.parse("11.4.2-MariaDB").greeting()).isEqualTo("11.4.2-MariaDB");
    }

    private static void assertVersion(String text, Flavor flavor, int number) {
        assertThat(ServerVersion.parse(text)).isEqualTo(new ServerVersion(flavor, number, text, 0));
    }

    @Test
    void a_server_greets_with_its_default_collation_if_that_fits() {
        ServerVersion mysql = ServerVersion.parse("9.7.4");
        ServerVersion mariadb = ServerVersion.parse("10.11.6-MariaDB");
        assertThat(mariadb.withCollation(8).greetingCollation()).isEqualTo(8);
        assertThat(mysql.withCollation(255).greetingCollation()).isEqualTo(255);
        assertThat(mysql.withCollation(309).greetingCollation()).isEqualTo(255);
        assertThat(mysql.greetingCollation()).isEqualTo(255);
        assertThat(mariadb.greetingCollation()).isEqualTo(45);
    }

    private static Member member(String host, Role role, boolean online) {
        BackendAddress address = BackendAddress.parse(host);
        return new Member(address, 1, role, online, null, "", Duration.ZERO, GtidSet.EMPTY, 0, "");
    }
}
