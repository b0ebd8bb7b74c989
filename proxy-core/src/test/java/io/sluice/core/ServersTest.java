// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.backend.Permits;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerList.Watcher;
import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ServersTest {
    private static final BackendAddress A = BackendAddress.parse("a");
    private static final BackendAddress B = BackendAddress.parse("b");
    private static final BackendAddress C = BackendAddress.parse("c");

    private final Servers servers = new Servers(List.of(server(A, 1, 10), server(B, 1, 10)), 10, 2);
    private final List<Map<BackendAddress, Integer>> changes = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();

    ServersTest() {
        servers.onChange(changes::add);
        servers.watch(new Watcher() {
            @Override
            public void added(BackendAddress server) {
                seen.add("+" + server.host());
            }

            @Override
            public void removed(BackendAddress server) {
                seen.add("-" + server.host());
            }
        });
    }

    @Test
    void a_new_list_takes_the_place_of_the_old_one() throws Refused {
        Permits permits = Objects.requireNonNull(servers.get(B)).permits();
        servers.replace(List.of(server(C, 3, 10), server(B, 2, 5)));
        assertThat(changes).containsExactly(Map.of(C, 3, B, 2));
        assertThat(seen).containsExactly("+a", "+b", "-a", "+c");
        assertThat(servers.get(A)).isNull();
        assertThat(Objects.requireNonNull(servers.get(B)).permits()).isSameAs(permits);
        assertThat(permits.limit()).isEqualTo(5);
    }

    @Test
    void a_list_with_mistakes_is_refused_with_all_of_them_and_changes_nothing() {
        assertThatThrownBy(() -> servers.replace(List.of(server(C, -1, 0), server(C, 1, 1))))
                .isInstanceOf(Refused.class)
                .hasMessage("c:3306 has the weight -1, write 0 or more; c:3306 may have 0 connections, write 1 or more;"
                        + " c:3306 is listed twice");
        assertThatThrownBy(() -> servers.replace(List.of())).hasMessage("there would be no server left");
        assertThat(changes).isEmpty();
        assertThat(servers.get(A)).isNotNull();
    }

    @Test
    void discovered_servers_stay_when_the_list_changes_and_can_be_forgotten() throws Refused {
        servers.add(C);
        servers.replace(List.of(server(A, 1, 10)));
        assertThat(servers.weights()).containsOnlyKeys(A, C);
        servers.remove(C);
        assertThat(servers.weights()).containsOnlyKeys(A);
        assertThat(seen).containsExactly("+a", "+b", "+c", "-b", "-c");
    }

    @Test
    void a_discovered_server_that_is_listed_later_is_never_forgotten() throws Refused {
        servers.add(C);
        servers.replace(List.of(server(A, 1, 10), server(C, 4, 10)));
        servers.remove(C);
        servers.remove(A);
        assertThat(servers.weights()).isEqualTo(Map.of(A, 1, C, 4));
        assertThat(seen).containsExactly("+a", "+b", "+c", "-b");
    }

    private static ServerSettings server(BackendAddress address, int weight, int connections) {
        return new ServerSettings(address, weight, connections, "");
    }
}
