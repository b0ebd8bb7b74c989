// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.sluice.core.view.CommandView;
import io.sluice.core.view.DecisionView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProbeView;
import io.sluice.core.view.SessionView;
import io.sluice.core.view.SpreadView;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tables of the schema stats, asked as ProxySQL's users ask them. */
class StatsTablesTest {
    private static final BackendAddress DB1 = BackendAddress.parse("db1");

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture();
        port.view.topology = new Topology(
                7,
                List.of(
                        FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("db2:3307", Role.REPLICA, false, null, "drained"),
                        FakeView.member("db3", Role.UNKNOWN, false, null, "connection refused")),
                "");
        port.view.pools.add(new PoolView(DB1, 100, 5, 3, 0, 17, 12, 90, 2, 1));
        port.view.pools.add(new PoolView(BackendAddress.parse("db2:3307"), 100, 1, 0, 0, 4, 3, 1, 0, 1));
        port.view.pools.add(new PoolView(BackendAddress.parse("db3"), 100, 0, 0, 0, 0, 0, 0, 9, 1));
        port.statistics.queries.put(DB1, 1234L);
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void the_connection_pool_has_each_server_by_hostgroup() throws SQLException {
        assertThat(port.query("SELECT hostgroup, srv_host, srv_port, status, ConnUsed, ConnFree, ConnOK, ConnERR,"
                        + " Queries, Latency_us FROM stats.stats_mysql_connection_pool ORDER BY hostgroup, srv_host"))
                .containsExactly(
                        List.of("0", "db1", "3306", "ONLINE", "3", "2", "17", "2", "1234", "NULL"),
                        List.of("1", "db2", "3307", "OFFLINE_SOFT", "0", "1", "4", "0", "0", "NULL"),
                        List.of("1", "db3", "3306", "SHUNNED", "0", "0", "0", "9", "0", "NULL"));
    }

    @Test
    void the_process_list_has_each_client() throws SQLException {
        port.view.sessions.add(new SessionView(
                42,
                "app",
                "10.0.0.1:5000",
                "shop",
                "RELAYING",
                "USER_VARIABLE",
                "db1:3306",
                17,
                "SELECT ?",
                Duration.ofMillis(12)));
        port.view.sessions.add(
                new SessionView(43, "web", "localhost", "", "IDLE", "", "", 0, "", Duration.ofSeconds(3)));
        assertThat(port.query("SELECT * FROM stats_mysql_processlist ORDER BY SessionID"))
                .containsExactly(
                        List.of(
                                "17",
                                "42",
                                "app",
                                "shop",
                                "10.0.0.1",
                                "5000",
                                "0",
                                "NULL",
                                "NULL",
                                "db1",
                                "3306",
                                "Query",
                                "12",
                                "SELECT ?",
                                "NULL",
                                "USER_VARIABLE"),
                        List.of(
                                "0",
                                "43",
                                "web",
                                "",
                                "localhost",
                                "NULL",
                                "NULL",
                                "NULL",
                                "NULL",
                                "NULL",
                                "NULL",
                                "Sleep",
                                "3000",
                                "",
                                "NULL",
                                "NULL"));
        assertThat(port.query("SHOW FULL PROCESSLIST")).hasSize(2);
        assertThat(port.query("SELECT * FROM stats_mysql_users ORDER BY username"))
                .containsExactly(List.of("app", "1", "10000"), List.of("web", "1", "10000"));
        assertThat(port.query("SELECT pins FROM stats.sessions WHERE pins <> ''"))
                .containsExactly(List.of("USER_VARIABLE"));
    }

    @Test
    void digests_are_shown_and_taken_away_by_their_reset_table() throws SQLException {
        port.statistics.digests.add(new DigestView(
                1,
                "shop",
                "app",
                -1L,
                "SELECT ?",
                3,
                Duration.ofSeconds(100),
                Duration.ofSeconds(1),
                Duration.ofMillis(6),
                Duration.ofMillis(1),
                Duration.ofMillis(3),
                5,
                new DigestView.Routing(StatementClass.R, 3, Reason.READ_ON_REPLICA),
                SpreadView.NONE));
        String columns = "SELECT hostgroup, schemaname, username, client_address, digest, digest_text, count_star,"
                + " sum_time, min_time, max_time, sum_rows_affected, sum_rows_sent, last_seen - first_seen FROM ";
        List<String> row = List.of(
                "1",
                "shop",
                "app",
                "",
                "0xffffffffffffffff",
                "SELECT ?",
                "3",
                "6000",
                "1000",
                "3000",
                "5",
                "NULL",
                "99");
        assertThat(port.query(columns + "stats_mysql_query_digest")).containsExactly(row);
        long firstSeen = Long.parseLong(port.query("SELECT first_seen FROM stats_mysql_query_digest")
                .get(0)
                .get(0));
        assertThat(Instant.now().getEpochSecond() - firstSeen).isBetween(99L, 160L);
        assertThatThrownBy(() -> port.query("SELECT nowhere FROM stats_mysql_query_digest_reset"))
                .hasMessageContaining("no such column");
        assertThat(port.query("SELECT 'stats_mysql_query_digest_reset', count_star FROM stats_mysql_query_digest"))
                .hasSize(1);
        assertThat(port.query(columns + "stats_mysql_query_digest_reset")).containsExactly(row);
        assertThat(port.query(columns + "stats_mysql_query_digest_reset")).isEmpty();
    }

    @Test
    void digests_of_all_users_are_one_with_its_percentiles_and_share_on_replicas() throws SQLException {
        port.statistics.digests.add(digest("app", 3, 3, Reason.READ_ON_REPLICA, Duration.ofSeconds(9), 1, 1, 1));
        port.statistics.digests.add(digest("web", 1, 0, Reason.REPLICAS_LAG, Duration.ofSeconds(1), 40));
        assertThat(port.query(
                        "SELECT digest, digest_text, class, count, max_us, replica_share, last_reason FROM digests"))
                .containsExactly(List.of("0xabc", "SELECT ?", "R", "4", "40000", "0.75", "REPLICAS_LAG"));
        List<String> percentiles =
                port.query("SELECT p50_us, p95_us, p99_us FROM stats.digests").get(0);
        assertThat(Integer.parseInt(percentiles.get(0))).isBetween(940, 1060);
        assertThat(Integer.parseInt(percentiles.get(1))).isBetween(37_500, 40_000);
        assertThat(Integer.parseInt(percentiles.get(2))).isBetween(37_500, 40_000);
    }

    private static DigestView digest(
            String user, long count, long onReplicas, Reason last, Duration lastSeen, int... millis) {
        int[] counts = new int[SpreadView.rangeOf(Duration.ofSeconds(1).toNanos())];
        for (int time : millis) {
            counts[SpreadView.rangeOf(Duration.ofMillis(time).toNanos())]++;
        }
        return new DigestView(
                1,
                "shop",
                user,
                0xabc,
                "SELECT ?",
                count,
                Duration.ofSeconds(9),
                lastSeen,
                Duration.ofMillis(IntStream.of(millis).sum()),
                Duration.ofMillis(IntStream.of(millis).min().orElse(0)),
                Duration.ofMillis(IntStream.of(millis).max().orElse(0)),
                0,
                new DigestView.Routing(StatementClass.R, onReplicas, last),
                new SpreadView(counts));
    }

    @Test
    void decisions_are_shown_with_when_they_were_and_why() throws SQLException {
        port.statistics.decisions.add(new DecisionView(
                Duration.ofSeconds(100),
                42,
                "app",
                StatementClass.R,
                0xabc,
                Destination.REPLICA,
                DB1,
                Reason.READ_ON_REPLICA,
                Duration.ofMillis(2),
                Duration.ofMillis(5)));
        assertThat(port.query("SELECT session, user, class, destination, server, reason, waited_us, took_us, digest,"
                        + " strftime('%s', 'now') - strftime('%s', at) BETWEEN 99 AND 160 FROM decisions"))
                .containsExactly(List.of(
                        "42", "app", "R", "REPLICA", "db1:3306", "READ_ON_REPLICA", "2000", "5000", "0xabc", "1"));
    }

    @Test
    void probes_are_shown_in_the_logs_of_the_monitor() throws SQLException {
        Instant at = Instant.ofEpochSecond(100, 5000);
        Duration took = Duration.ofMillis(3);
        BackendAddress db2 = BackendAddress.parse("db2:3307");
        port.view.connects.add(new ProbeView.Connect(DB1, at, took, null));
        port.view.connects.add(new ProbeView.Connect(db2, at, took, "no"));
        port.view.probes.add(new ProbeView(DB1, at, took, null, false, false, null, new ProbeView.Group(true, 7)));
        port.view.probes.add(new ProbeView(db2, at, took, "failed", null, false, null, null));
        port.view.probes.add(
                new ProbeView(db2, at.plusSeconds(1), took, null, true, true, Duration.ofMillis(2500), null));
        port.view.probes.add(new ProbeView(db2, at.plusSeconds(2), took, "failed", null, false, null, null));

        assertThat(port.query("SELECT * FROM monitor.mysql_server_connect_log ORDER BY hostname"))
                .containsExactly(
                        List.of("db1", "3306", "100000005", "3000", "NULL"),
                        List.of("db2", "3307", "100000005", "0", "no"));
        assertThat(port.query("SELECT hostname, time_start_us, ping_success_time_us, ping_error"
                        + " FROM mysql_server_ping_log ORDER BY 1, 2"))
                .containsExactly(
                        List.of("db1", "100000005", "3000", "NULL"),
                        List.of("db2", "100000005", "0", "failed"),
                        List.of("db2", "101000005", "3000", "NULL"),
                        List.of("db2", "102000005", "0", "failed"));
        assertThat(port.query("SELECT hostname, read_only, error FROM monitor.mysql_server_read_only_log"))
                .containsExactly(
                        List.of("db1", "0", "NULL"),
                        List.of("db2", "NULL", "failed"),
                        List.of("db2", "1", "NULL"),
                        List.of("db2", "NULL", "failed"));
        assertThat(port.query("SELECT hostname, success_time_us, repl_lag, error"
                        + " FROM monitor.mysql_server_replication_lag_log"))
                .containsExactly(List.of("db2", "3000", "2", "NULL"), List.of("db2", "0", "NULL", "failed"));
        assertThat(port.query("SELECT hostname, viable_candidate, read_only, transactions_behind, error"
                        + " FROM monitor.mysql_server_group_replication_log"))
                .containsExactly(List.of("db1", "YES", "NO", "7", "NULL"));
        assertThat(port.query("SHOW TABLES FROM monitor")).hasSize(5);
    }

    @Test
    void commands_errors_and_rules_have_their_counts() throws SQLException {
        port.statistics.commands.add(new CommandView(
                "SELECT", Duration.ofMillis(9), List.of(1L, 2L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 4L)));
        port.statistics.errors.add(
                new ErrorView(0, DB1, "app", "shop", 1062, 2, Duration.ofSeconds(9), Duration.ZERO, "Duplicate entry"));
        port.rules.rules.add(
                Rule.of(new RuleSpec(10, true, RuleSpec.Match.ALL, null, RuleSpec.Action.NONE, false, "")));
        assertThat(port.query("SELECT Total_Time_us, Total_cnt, cnt_100us, cnt_500us, cnt_INFs"
                        + " FROM stats_mysql_commands_counters WHERE Command = 'SELECT'"))
                .containsExactly(List.of("9000", "7", "1", "2", "4"));
        assertThat(port.query("SELECT hostgroup, hostname, port, username, schemaname, errno, count_star,"
                        + " last_seen - first_seen, last_error FROM stats_mysql_errors"))
                .containsExactly(List.of("0", "db1", "3306", "app", "shop", "1062", "2", "9", "Duplicate entry"));
        assertThat(port.query("SELECT * FROM stats_mysql_query_rules")).containsExactly(List.of("10", "0"));
    }

    @Test
    void the_whole_process_has_its_figures() throws SQLException {
        Counter.builder("sluice.clients.accepted").register(port.meters).increment(7);
        assertThat(port.query("SHOW MYSQL STATUS"))
                .contains(
                        List.of("Client_Connections_created", "7"),
                        List.of("Server_Connections_connected", "6"),
                        List.of("Questions", "0"));
        assertThat(port.query("SELECT Variable_Value > 0 FROM stats_memory_metrics"
                        + " WHERE Variable_Name = 'jvm_heap_used'"))
                .containsExactly(List.of("1"));
        assertThat(port.query("SELECT value FROM stats.metrics WHERE name = 'sluice_clients_accepted'"))
                .containsExactly(List.of("7.0"));
    }

    @Test
    void all_tables_can_be_read_at_once() throws SQLException {
        for (List<String> table : port.query("SHOW TABLES FROM stats")) {
            assertThat(port.query("SELECT * FROM stats." + table.get(0)))
                    .as(table.get(0))
                    .isNotNull();
        }
        assertThat(port.query("SHOW TABLES FROM stats")).hasSizeGreaterThan(12);
    }
}
