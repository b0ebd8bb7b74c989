// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.JdbcConnection;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many clients with many prepared statements, on servers that hold a bounded number of them. */
class PreparedLimitIT {
    private static final int CLIENTS = 100;
    private static final int EACH = 100;
    private static final int CONNECTIONS = 4;
    private static final int PER_CONNECTION = 50;

    @Test
    void ten_thousand_distinct_statements_of_a_hundred_clients_stay_within_the_limits() throws SQLException {
        try (ReplicationTopology topology = Lab.newTopology("prepared", 1);
                SluiceProcess sluice = SluiceProcess.start(
                        Lab.settings(topology)
                                .set("pool.max_connections", CONNECTIONS)
                                .set("pool.max_prepared_statements", PER_CONNECTION),
                        Lab.newHome("prepared-sluice"))) {
            List<Connection> clients = new ArrayList<>();
            List<List<PreparedStatement>> statements = new ArrayList<>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(Lab.of(sluice).connect("useServerPrepStmts=true"));
                    statements.add(new ArrayList<>());
                }
                for (int n = 0; n < EACH; n++) {
                    for (int i = 0; i < CLIENTS; i++) {
                        statements.get(i).add(prepare(clients.get(i), i, n));
                    }
                }
                // Most of them were closed on the servers meanwhile, and are prepared again behind the scenes.
                for (int n = EACH - 1; n >= 0; n -= 9) {
                    for (int i = 0; i < CLIENTS; i += 3) {
                        assertThat(execute(statements.get(i).get(n))).isEqualTo(i * EACH + n + 1000);
                    }
                }
                int total = 0;
                for (MysqldProcess server : topology.servers()) {
                    int held = Integer.parseInt(server.query("SELECT variable_value FROM "
                            + (Lab.flavor().isMariaDb() ? "information_schema" : "performance_schema")
                            + ".global_status WHERE variable_name='Prepared_stmt_count'"));
                    assertThat(held).as(server.address()).isLessThanOrEqualTo(CONNECTIONS * PER_CONNECTION);
                    total += held;
                }
                assertThat(total).isPositive();
            } finally {
                for (Connection client : clients) {
                    client.close();
                }
            }
        }
    }

    private static PreparedStatement prepare(Connection client, int i, int n) throws SQLException {
        return client.unwrap(JdbcConnection.class).serverPrepareStatement("SELECT " + (i * EACH + n) + " + ?");
    }

    private static int execute(PreparedStatement statement) throws SQLException {
        statement.setInt(1, 1000);
        try (ResultSet rows = statement.executeQuery()) {
            assertThat(rows.next()).isTrue();
            return rows.getInt(1);
        }
    }
}
