// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.discovery.Look.Neighbour;
import io.sluice.routing.topology.BackendAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GaleraViewTest {
    private static final BackendAddress ADDRESS = new BackendAddress("db1", 3306);

    private final Map<String, String> status = new HashMap<>(Map.of(
            "wsrep_provider_name", "Galera",
            "wsrep_cluster_state_uuid", "c1",
            "wsrep_cluster_status", "Primary",
            "wsrep_gcomm_uuid", "n1",
            "wsrep_incoming_addresses", "10.0.0.1:3306,db2:3307,[::1]:3308,10.0.0.4"));

    @Test
    void names_the_nodes_where_clients_reach_them() {
        GaleraView view = GaleraView.of(status);
        assertThat(view.cluster()).isEqualTo("c1");
        assertThat(view.identity(ADDRESS)).isEqualTo("node n1");
        assertThat(view.nodes())
                .containsExactly(
                        new Neighbour("10.0.0.1", 3306, ""),
                        new Neighbour("db2", 3307, ""),
                        new Neighbour("::1", 3308, ""),
                        new Neighbour("10.0.0.4", 3306, ""));
    }

    @Test
    void leaves_out_arbitrators_and_who_does_not_know_where_it_is() {
        status.put("wsrep_incoming_addresses", "AUTO,,unspecified, db1:3306 ,db1:,::1,db1:0");
        assertThat(GaleraView.of(status).nodes()).containsExactly(new Neighbour("db1", 3306, ""));
    }

    @Test
    void belongs_to_no_cluster_outside_the_primary_component() {
        status.put("wsrep_cluster_status", "non-Primary");
        assertThat(GaleraView.of(status)).isEqualTo(new GaleraView(true, "", "n1", List.of()));
        status.put("wsrep_gcomm_uuid", "");
        assertThat(GaleraView.of(status).identity(ADDRESS)).isEqualTo("node at db1:3306");
    }

    @Test
    void is_none_without_the_library() {
        assertThat(GaleraView.of(Map.of("wsrep_provider_name", "", "wsrep_cluster_status", "Disconnected")))
                .isEqualTo(GaleraView.NONE);
        assertThat(GaleraView.of(Map.of())).isEqualTo(GaleraView.NONE);
    }
}
