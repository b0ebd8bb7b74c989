// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clusters of Amazon Aurora, by rows such as their table replica_host_status has; no such cluster was at hand. */
class AuroraTest extends ElectionFixture {
    private static final String SESSION = "9d3f2b1c-6b0e-4c7e-8a44-7f0f5d3a1e20";

    @BeforeEach
    void form() {
        for (FakeServer server : List.of(a, b, c)) {
            server.version = "8.0.39";
            names(server, "db1");
        }
    }

    /** What the server's own table says now: who is the writer, and that readers are 18 ms behind. */
    private static void names(FakeServer server, String writer) {
        String name = server.address.host();
        server.managed = new AuroraNode(name, writer, name.equals(writer) ? Duration.ZERO : Duration.ofMillis(18));
        server.readOnly = !name.equals(writer);
    }

    @Test
    void writes_go_to_the_writer_and_reads_to_readers_by_their_lag() {
        round(c, b, a);

        assertThat(source()).isEqualTo("db1:3306");
        assertThat(state.why()).isEqualTo("the writer of the Aurora cluster, by its own word");
        assertThat(state.topology().replicas()).extracting(Member::address).containsExactly(b.address, c.address);
        assertThat(member(b).lag()).isEqualTo(Duration.ofMillis(18));
        assertThat(member(b).executed().isEmpty())
                .as("its positions prove nothing")
                .isTrue();
    }

    @Test
    void follows_a_failover_also_while_the_old_writer_is_silent() {
        round(a, b, c);
        a.failure = Kind.TIMEOUT;
        names(b, "db2");
        round(a, b);
        assertThat(source()).isEqualTo("db2:3306");
        a.failure = null;
        names(a, "db2");
        names(c, "db2");
        round(a, c);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(a).role()).isEqualTo(Role.REPLICA);
    }

    @Test
    void of_two_that_call_themselves_the_writer_the_others_word_counts() {
        round(a, b, c);
        names(b, "db2");
        names(c, "db2");
        round(c, b, a);
        assertThat(source()).isEqualTo("db2:3306");
        c.failure = Kind.REFUSED;
        c.connectionLost = true;
        round(c, c, a, b);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note())
                .isEqualTo("more than one server of the Aurora cluster calls itself the writer:"
                        + " db1:3306 names db1, db2:3306 names db2");
    }

    @Test
    void without_a_writer_there_is_no_source() {
        round(a, b, c);
        names(a, "db2");
        round(a);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note())
                .isEqualTo("no server of the Aurora cluster calls itself the writer:"
                        + " db1:3306 names db2, db2:3306 names db1, db3:3306 names db1");
    }

    @Test
    void a_reader_that_reports_no_lag_gets_no_reads() {
        b.managed = new AuroraNode("db2", "db1", null);
        round(a, b, c);

        assertThat(member(b).lag()).isNull();
        assertThat(member(b).note()).isEqualTo("lag unknown: it reports none to its Aurora cluster");
    }

    @Test
    void servers_of_one_uuid_are_told_apart_by_their_names() {
        FakeServer twin = new FakeServer(1, "db9");
        twin.version = "8.0.39";
        names(twin, "db1");
        state = TopologyReducerTest.unprobed(a, twin);
        round(a, twin);

        assertThat(member(twin).role()).isEqualTo(Role.REPLICA);
        assertThat(member(twin).note()).isEmpty();
    }

    @Test
    void reads_the_rows_of_the_table() throws SQLException {
        List<Map<String, Object>> rows = List.of(
                row("db1", "MASTER_SESSION_ID", 0.0, 420_000L),
                row("db2", SESSION, 17.75, 610_000L),
                row("db3", SESSION, 21.3, 900_000L));

        assertThat(AuroraNode.read("db1", results(rows)))
                .isEqualTo(new AuroraNode("db1", "db1", Duration.ZERO))
                .matches(AuroraNode::isWriter);
        assertThat(AuroraNode.read("db2", results(rows)))
                .isEqualTo(new AuroraNode("db2", "db1", Duration.ofNanos(17_750_000)));
    }

    @Test
    void the_row_of_the_old_writer_that_stays_behind_does_not_count() throws SQLException {
        List<Map<String, Object>> rows = List.of(
                row("db1", "MASTER_SESSION_ID", 0.0, 31_000_000L),
                row("db2", "MASTER_SESSION_ID", 0.0, 200_000L),
                row("db3", SESSION, null, 300_000L));

        assertThat(AuroraNode.read("db2", results(rows)).isWriter()).isTrue();
        assertThat(AuroraNode.read("db1", results(rows)).isWriter()).isFalse();
        assertThat(AuroraNode.read("db3", results(rows)).lag()).isNull();
    }

    @Test
    void a_lag_reported_long_ago_is_none() throws SQLException {
        List<Map<String, Object>> rows =
                List.of(row("db1", "MASTER_SESSION_ID", 0.0, 100L), row("db2", SESSION, 12.0, 11_000_000L));

        assertThat(AuroraNode.read("db2", results(rows)).lag()).isNull();
        assertThat(AuroraNode.read("db4", results(rows))).isEqualTo(new AuroraNode("db4", "db1", null));
        assertThat(AuroraNode.read("db4", results(List.of()))).isEqualTo(new AuroraNode("db4", "", null));
    }

    private static Map<String, Object> row(String server, String session, @Nullable Double lag, Long age) {
        Map<String, Object> row = new java.util.HashMap<>();
        row.put("server_id", server);
        row.put("session_id", session);
        row.put("lag", lag);
        row.put("age", age);
        return row;
    }

    /** Rows as a driver gives them. */
    private static ResultSet results(List<Map<String, Object>> rows) {
        int[] at = {-1};
        boolean[] wasNull = {false};
        return (ResultSet) java.lang.reflect.Proxy.newProxyInstance(
                AuroraTest.class.getClassLoader(), new Class<?>[] {ResultSet.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "next":
                            return ++at[0] < rows.size();
                        case "wasNull":
                            return wasNull[0];
                        default:
                            Object value = rows.get(at[0]).get((String) arguments[0]);
                            wasNull[0] = value == null;
                            return switch (method.getName()) {
                                case "getLong" -> value == null ? 0L : value;
                                case "getDouble" -> value == null ? 0.0 : value;
                                case "getString" -> value;
                                default -> throw new UnsupportedOperationException(method.getName());
                            };
                    }
                });
    }
}
