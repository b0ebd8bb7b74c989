// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.PoolView;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of the schema stats about servers. */
record ServerTables(Sight sight) {
    private static final String TOPOLOGY = "server VARCHAR PRIMARY KEY, role VARCHAR NOT NULL, online INT NOT NULL,"
            + " lag_ms INT, weight INT NOT NULL, version VARCHAR, gtid_executed VARCHAR NOT NULL,"
            + " note VARCHAR NOT NULL, topology_version INT NOT NULL";
    private static final String CONNECTION_POOL = "hostgroup INT, srv_host VARCHAR, srv_port INT, status VARCHAR,"
            + " ConnUsed INT, ConnFree INT, ConnOK INT, ConnERR INT, MaxConnUsed INT, Queries INT,"
            + " Queries_GTID_sync INT, Bytes_data_sent INT, Bytes_data_recv INT, Latency_us INT";

    List<ShownTable> all() {
        return List.of(
                ShownTable.of(Schema.STATS, "topology", TOPOLOGY, this::topology),
                ShownTable.of(Schema.STATS, "stats_mysql_connection_pool", CONNECTION_POOL, this::connectionPool));
    }

    private List<@Nullable Object[]> topology() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        Topology topology = sight.view().topology();
        for (Member member : topology.members()) {
            rows.add(new @Nullable Object[] {
                member.address().toString(),
                member.role().name().toLowerCase(Locale.ROOT),
                member.online() ? 1 : 0,
                member.lag() == null ? null : member.lag().toMillis(),
                member.weight(),
                member.version() == null ? null : member.version().text(),
                member.executed().toString(),
                member.note(),
                topology.version()
            });
        }
        return rows;
    }

    /** A server has a row in each hostgroup that it is in; its connections are the same in all of them. */
    private List<@Nullable Object[]> connectionPool() {
        Map<BackendAddress, PoolView> pools = new HashMap<>();
        sight.view().pools().forEach(pool -> pools.put(pool.backend(), pool));
        Map<BackendAddress, Long> queries = sight.statistics().queries();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Member member : sight.view().topology().members()) {
            BackendAddress address = member.address();
            PoolView pool = pools.get(address);
            if (pool == null) {
                continue; // it comes or goes this very moment
            }
            for (Hostgroup hostgroup : hostgroups(sight, address, member)) {
                rows.add(new @Nullable Object[] {
                    hostgroup.id(),
                    address.host(),
                    address.port(),
                    status(member),
                    pool.leased(),
                    Math.max(0, pool.open() - pool.leased()),
                    pool.opened(),
                    pool.failed(),
                    null,
                    queries.getOrDefault(address, 0L),
                    null,
                    null,
                    null,
                    null
                });
            }
        }
        return rows;
    }

    /** @param member null if nothing is known of it */
    static List<Hostgroup> hostgroups(Sight sight, BackendAddress address, @Nullable Member member) {
        List<Hostgroup> all = new ArrayList<>();
        all.add(
                member != null && member.role() == Role.SOURCE
                        ? sight.hostgroups().ofSource()
                        : sight.hostgroups().ofReplicas());
        sight.hostgroups().ofMembers().stream()
                .filter(hostgroup -> hostgroup.members().contains(address))
                .forEach(all::add);
        return all;
    }

    /** In ProxySQL's words; what an operator has drained is what ProxySQL's operators set to OFFLINE_SOFT. */
    static String status(Member member) {
        return member.online() ? "ONLINE" : member.note().equals("drained") ? "OFFLINE_SOFT" : "SHUNNED";
    }
}
