// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.DiscoverySettings;
import io.sluice.core.config.DiscoverySettings.Mapping;
import io.sluice.core.config.DiscoverySettings.Place;
import io.sluice.core.discovery.FakeNetwork.Server;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SearchTest {
    private final FakeNetwork network = new FakeNetwork();
    private final Server a = network.server("10.0.0.1");
    private final Server b = network.server("10.0.0.2").follow(a);
    private final Server c = network.server("10.0.0.3").follow(a);
    private List<Mapping> map = List.of();
    private int room = 10;

    @BeforeEach
    void makeSource() {
        a.writable = true;
    }

    @Test
    void all_are_found_from_the_source_and_from_a_replica() {
        assertThat(found(a)).containsExactlyInAnyOrder(b.address, c.address);
        assertThat(found(b)).containsExactlyInAnyOrder(a.address, c.address);
    }

    @Test
    void chains_and_circles_are_followed_to_their_end() {
        Server d = network.server("10.0.0.4").follow(c);
        Server e = network.server("10.0.0.5").follow(d);
        a.follow(e);
        assertThat(found(d)).containsExactlyInAnyOrder(a.address, b.address, c.address, e.address);
    }

    @Test
    void the_members_of_a_group_are_found() {
        Server d = network.server("10.0.0.4");
        a.group = List.of(a, d);
        d.group = List.of(a, d);
        assertThat(found(a)).contains(d.address);
    }

    @Test
    void the_nodes_of_a_galera_cluster_are_found_though_they_share_a_server_id() {
        Server d = network.server("10.0.0.4");
        Server e = network.server("10.0.0.5");
        Server stranger = network.server("10.0.0.6");
        for (Server node : List.of(a, d, e)) {
            node.writable = true;
            node.cluster = "one";
            node.asSource = "server_id 1";
            node.group = List.of(a, d, e, stranger);
        }
        stranger.cluster = "another";
        Search search = search(d);
        assertThat(search.found())
                .as("and what follows one")
                .containsExactly(a.address, e.address, b.address, c.address);
        assertThat(search.refused())
                .containsEntry(stranger.address, "named by 10.0.0.4:3306, but does not replicate from it now");
        assertThat(search.looks().values()).allMatch(search::isLinked);
        assertThat(found(a, d, e, b, c)).isEmpty();
    }

    @Test
    void a_replica_that_does_not_say_where_it_is_is_found_where_its_connection_comes_from() {
        b.reportHost = "";
        c.reportHost = "";
        Search search = search(a);
        assertThat(search.found()).containsExactlyInAnyOrder(b.address, c.address);
        assertThat(search.refused()).isEmpty();
    }

    @Test
    void no_server_is_taken_twice_by_another_name() {
        network.alias("10.0.0.101", a);
        a.reportHost = "10.0.0.101";
        network.alias("10.0.0.102", b);
        assertThat(found(b)).containsExactly(new BackendAddress("10.0.0.101", 3306), c.address);
        assertThat(found(a, b)).containsExactly(c.address);
        assertThat(network.asked).doesNotContain(BackendAddress.parse("10.0.0.102"));
    }

    @Test
    void a_server_elsewhere_is_reported_and_not_even_asked() {
        Server far = network.server("10.0.1.4").follow(a);
        Search search = search(a);
        assertThat(search.found()).doesNotContain(far.address);
        assertThat(search.refused())
                .containsEntry(far.address, "named by 10.0.0.1:3306, but not among discovery.allow");
        assertThat(network.asked).doesNotContain(far.address);
    }

    @Test
    void a_server_that_calls_itself_by_the_address_of_another_is_not_used() {
        Server other = network.server("10.0.0.9");
        b.reportHost = "10.0.0.9";
        Search search = search(a);
        assertThat(search.found()).containsExactly(c.address);
        assertThat(search.refused())
                .containsEntry(other.address, "another server than 10.0.0.1:3306 means answers there");
    }

    @Test
    void a_replica_with_filters_is_not_used() {
        b.filtered = true;
        Search search = search(a);
        assertThat(search.found()).containsExactly(c.address);
        assertThat(search.refused()).containsOnlyKeys(b.address);
    }

    @Test
    void what_a_writable_server_replicates_from_is_another_topology() {
        Server upstream = network.server("10.0.0.8");
        upstream.writable = true;
        a.follow(upstream);
        assertThat(found(b)).containsExactlyInAnyOrder(a.address, c.address);
    }

    @Test
    void of_several_sources_none_is_followed() {
        Server other = network.server("10.0.0.8");
        other.writable = true;
        b.follow(a, other);
        assertThat(found(b)).isEmpty();
        assertThat(found(a)).containsExactlyInAnyOrder(b.address, c.address);
        assertThat(search(a).refused()).containsOnlyKeys(other.address);
    }

    @Test
    void one_that_does_not_answer_is_not_used() {
        a.down = true;
        Search search = search(b);
        assertThat(search.found()).isEmpty();
        assertThat(search.refused()).containsEntry(a.address, "named by 10.0.0.2:3306, but cannot be asked");
    }

    @Test
    void addresses_are_translated_before_anything_else() {
        map = List.of(new Mapping(new Place("172.17.0.2", 0), new Place("10.0.0.2", 0)));
        b.reportHost = "172.17.0.2";
        assertThat(found(a)).containsExactlyInAnyOrder(b.address, c.address);
    }

    @Test
    void no_more_are_found_than_there_is_room_for() {
        room = 1;
        Search search = search(a);
        assertThat(search.found()).hasSize(1);
        assertThat(search.refused()).containsValue("more than discovery.max_servers");
    }

    private List<BackendAddress> found(Server... known) {
        return search(known).found();
    }

    private Search search(Server... known) {
        DiscoverySettings settings =
                new DiscoverySettings(true, Duration.ofSeconds(5), List.of(), map, 32, Duration.ofHours(1));
        List<BackendAddress> addresses = new ArrayList<>();
        for (Server server : known) {
            addresses.add(server.address);
        }
        Search search = new Search(settings, network, addresses, Map.of(), room);
        search.run(addresses);
        return search;
    }
}
