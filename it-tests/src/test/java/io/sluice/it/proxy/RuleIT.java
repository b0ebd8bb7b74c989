// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mysql.cj.jdbc.JdbcStatement;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Counters;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules and hostgroups before real servers: a Sluice of its own, whose hostgroup 2 is the second replica. */
class RuleIT {
    private static final int ROUNDS = 40;
    private static final ReplicationTopology TOPOLOGY = Lab.topology();

    private static SluiceProcess sluice;

    @BeforeAll
    static void start() throws SQLException {
        SluiceSettings settings = Lab.settings(TOPOLOGY);
        settings.set(
                "hostgroups",
                List.of(Map.of("id", 2, "members", TOPOLOGY.server(2).address())));
        settings.set(
                "rules",
                List.of(
                        Map.of("rule_id", 10, "match_digest", "@@port", "destination_hostgroup", 2, "unsafe", true),
                        Map.of("rule_id", 20, "match_digest", "^SELECT .* FROM ruled", "flagOUT", 7),
                        Map.of("rule_id", 30, "flagIN", 7, "match_pattern", "= 77\\b", "error_msg", "not 77"),
                        Map.of("rule_id", 40, "flagIN", 7, "destination_hostgroup", 2, "apply", true),
                        Map.of("rule_id", 50, "match_digest", "^INSERT INTO unlogged", "OK_msg", "dropped"),
                        Map.of("rule_id", 60, "match_digest", "^UPDATE", "destination_hostgroup", 1),
                        Map.of(
                                "rule_id",
                                70,
                                "match_pattern",
                                "\\bformerly_(\\w+)",
                                "re_modifiers",
                                "CASELESS,GLOBAL",
                                "replace_pattern",
                                "\\1"),
                        Map.of("rule_id", 80, "match_digest", "timed", "timeout", 300),
                        Map.of("rule_id", 90, "match_digest", "slowed", "delay", 400),
                        Map.of("rule_id", 100, "match_digest", "kept", "multiplex", 0, "log", 1),
                        Map.of("rule_id", 110, "match_digest", "shared", "multiplex", 1)));
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS ruled");
            statement.execute("CREATE TABLE ruled (id INT PRIMARY KEY, v INT)");
            statement.execute("INSERT INTO ruled VALUES (1, 1), (2, 2)");
        }
        TOPOLOGY.awaitCaughtUp();
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void an_unsafe_rule_asks_the_hostgroup_what_else_only_the_source_is_asked() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@port")) {
            assertThat(rows.next()).isTrue();
            assertThat(TOPOLOGY.server(2).address()).endsWith(":" + rows.getInt(1));
        }
    }

    @Test
    void a_chain_of_rules_sends_reads_to_the_hostgroup_or_refuses_them() throws SQLException {
        long before = Counters.selects(TOPOLOGY.server(2));
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < ROUNDS; i++) {
                statement.executeQuery("SELECT v FROM ruled WHERE id = 1").close();
            }
            assertThatThrownBy(() -> statement.executeQuery("SELECT v FROM ruled WHERE id = 77"))
                    .isInstanceOfSatisfying(SQLException.class, e -> {
                        assertThat(e.getErrorCode()).isEqualTo(1148);
                        assertThat(e.getMessage()).contains("not 77");
                    });
            statement.executeQuery("SELECT v FROM ruled WHERE id = 1").close();
        }
        assertThat(Counters.selects(TOPOLOGY.server(2)) - before).isGreaterThanOrEqualTo(ROUNDS + 1);
        assertThat(sluice.metric("sluice_rule_hits_total", "rule=\"40\"")).isGreaterThanOrEqualTo(ROUNDS + 1);
    }

    @Test
    void prepared_statements_follow_rules_too() throws SQLException {
        long before = executions();
        try (Connection connection = Lab.of(sluice).connect("useServerPrepStmts=true");
                PreparedStatement select = connection.prepareStatement("SELECT v FROM ruled WHERE id = ?")) {
            for (int i = 0; i < ROUNDS; i++) {
                select.setInt(1, 1);
                select.executeQuery().close();
            }
        }
        assertThat(executions() - before).isGreaterThanOrEqualTo(ROUNDS);
    }

    /** Of prepared statements on the server of hostgroup 2. */
    private static long executions() throws SQLException {
        return Long.parseLong(TOPOLOGY.server(2)
                .query("SELECT COALESCE(SUM(count_star), 0)"
                        + " FROM performance_schema.events_statements_summary_by_user_by_event_name"
                        + " WHERE user = 'app' AND event_name = 'statement/com/Execute'"));
    }

    @Test
    void a_rule_rewrites_statements_prepared_or_not_and_they_go_where_they_belong() throws SQLException {
        for (String properties : List.of("useServerPrepStmts=false", "useServerPrepStmts=true")) {
            try (Connection connection = Lab.of(sluice).connect(properties);
                    PreparedStatement select =
                            connection.prepareStatement("SELECT formerly_ruled.id FROM Formerly_ruled WHERE id = ?");
                    PreparedStatement update =
                            connection.prepareStatement("UPDATE formerly_ruled SET v = v + 1 WHERE id = ?")) {
                select.setInt(1, 1);
                try (ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isOne();
                }
                update.setInt(1, 1);
                assertThat(update.executeUpdate()).isOne();
            }
        }
        assertThat(sluice.metric("sluice_mispredictions_total")).isZero();
    }

    @Test
    void a_rule_ends_statements_that_take_too_long_and_the_transaction_goes_on() throws SQLException {
        try (Connection other = Lab.of(sluice).connect();
                Statement holder = other.createStatement();
                Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            other.setAutoCommit(false);
            holder.executeUpdate("UPDATE ruled SET v = 5 WHERE id = 1");
            connection.setAutoCommit(false);
            statement.executeUpdate("UPDATE ruled SET v = 7 WHERE id = 2");
            for (String sql : List.of(
                    "WITH RECURSIVE timed AS (SELECT 1 n UNION ALL SELECT n + 1 FROM timed WHERE n < 900)"
                            + " SELECT COUNT(*) FROM timed a, timed b, timed c, timed d",
                    "UPDATE ruled AS timed SET v = 6 WHERE id = 1")) {
                assertThatThrownBy(() -> statement.execute(sql)).isInstanceOfSatisfying(SQLException.class, e -> {
                    assertThat(e.getErrorCode()).as(e.getMessage()).isEqualTo(3024);
                    assertThat(e.getMessage()).contains("rule 80");
                });
            }
            try (ResultSet rows = statement.executeQuery("SELECT v FROM ruled WHERE id = 2")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(7);
            }
            connection.rollback();
            other.rollback();
        }
    }

    @Test
    void a_rule_delays_statements_and_ties_sessions_to_their_connection() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            long started = System.nanoTime();
            statement.executeQuery("SELECT 1 slowed").close();
            assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(400_000_000L);

            statement.executeQuery("SELECT 1 kept").close();
            long before = Counters.selects(TOPOLOGY.source());
            for (int i = 0; i < ROUNDS; i++) {
                statement.executeQuery("SELECT id FROM ruled WHERE id > 0").close();
            }
            assertThat(Counters.selects(TOPOLOGY.source()) - before).isGreaterThanOrEqualTo(ROUNDS);
            statement.executeQuery("SELECT 1 shared").close();
            long kept = Counters.selects(TOPOLOGY.source());
            for (int i = 0; i < ROUNDS; i++) {
                statement.executeQuery("SELECT id FROM ruled WHERE id > 0").close();
            }
            assertThat(Counters.selects(TOPOLOGY.source()) - kept).isLessThan(ROUNDS);
        }
    }

    @Test
    void query_attributes_direct_reads_as_comments_do() throws SQLException {
        assumeTrue(Lab.flavor() == ServerFlavor.MYSQL_9_7, "query attributes came with MySQL 8.0.23");
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.unwrap(JdbcStatement.class).setAttribute("sluice_source", 1);
            long before = Counters.selects(TOPOLOGY.source());
            for (int i = 0; i < ROUNDS; i++) {
                statement.executeQuery("SELECT id FROM ruled").close();
            }
            assertThat(Counters.selects(TOPOLOGY.source()) - before).isGreaterThanOrEqualTo(ROUNDS);
        }
    }

    @Test
    void a_rule_may_answer_and_moves_no_write() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("INSERT INTO unlogged VALUES (1)"))
                    .isZero();
            assertThat(statement.executeUpdate("UPDATE ruled SET v = v + 1 WHERE id = 1"))
                    .as("on the source, whatever hostgroup its rule names")
                    .isOne();
        }
    }
}
