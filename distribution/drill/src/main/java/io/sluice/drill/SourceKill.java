// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill;

import io.sluice.drill.load.Row;
import io.sluice.drill.report.Act;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Kills the source of a topology of ours and promotes the replica that has most. */
public final class SourceKill {
    private final ReplicationTopology topology;
    private final String table;

    /**
     * Of a topology.
     *
     * @param table with the rows of the load, schema and name
     */
    public SourceKill(ReplicationTopology topology, String table) {
        this.topology = topology;
        this.table = table;
    }

    /**
     * SIGKILL, and the promotion.
     *
     * @param promoteAfter what an operator or a program takes to notice and to decide
     */
    public Act run(Duration promoteAfter) {
        MysqldProcess source = topology.source();
        long killed = System.nanoTime();
        source.kill();
        Steps.rest(promoteAfter.minusNanos(System.nanoTime() - killed));
        try {
            int best = topology.mostAdvanced(server -> rows(server).size());
            Set<Row> had = rows(topology.server(best)).keySet();
            topology.promote(best);
            return new Act(
                    Act.Kind.FAILOVER,
                    source.address(),
                    topology.source().address(),
                    killed,
                    topology.promotedAtNanos(),
                    System.nanoTime(),
                    had);
        } catch (SQLException e) {
            throw new ServerFailure("cannot compare the replicas: " + e.getMessage(), e);
        }
    }

    private Map<Row, Integer> rows(MysqldProcess server) throws SQLException {
        try (Connection connection = server.connect()) {
            return Row.count(connection, table);
        }
    }
}
