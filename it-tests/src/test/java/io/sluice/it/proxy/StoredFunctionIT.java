// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Queries that call stored functions: on replicas where these only read, by their bodies, and on the source where not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoredFunctionIT {
    private static final int ROUNDS = 40;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ReplicationTopology topology = Lab.topology();
    private SluiceProcess sluice;

    @BeforeAll
    void start() throws SQLException {
        topology.source()
                .execute(
                        "DROP TABLE IF EXISTS app.called",
                        "CREATE TABLE app.called (id INT AUTO_INCREMENT PRIMARY KEY, v INT)",
                        "INSERT INTO app.called (v) VALUES (7)");
        create(
                "sees",
                "BEGIN DECLARE x INT DEFAULT 0; SELECT v + n INTO x FROM called ORDER BY id LIMIT 1;"
                        + " IF 'it''s; DELETE FROM called' = \"x\\\"\" THEN SET x = -1; END IF; RETURN x; END");
        create("twice", "RETURN app.sees(n) + Sees(n)");
        create("writes", "BEGIN INSERT INTO called (v) VALUES (n); RETURN n; END");
        create("hides", "RETURN writes(n)");
        create("keeps", "BEGIN SET @kept = n; RETURN n; END");
        topology.awaitCaughtUp();
        SluiceSettings settings =
                Lab.settings(topology).set("monitor.max_lag", "2s").set("routing.catalogue_interval", "1h");
        sluice = SluiceProcess.start(settings, Lab.newHome("functions-sluice"));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            awaitTrust(statement, "twice");
        }
    }

    @AfterAll
    void end() {
        sluice.close();
    }

    private void create(String name, String body) {
        topology.source()
                .execute(
                        "DROP FUNCTION IF EXISTS app." + name,
                        "CREATE FUNCTION app." + name + "(n INT) RETURNS INT READS SQL DATA " + body);
    }

    /** As one who is refused to write by a replica. */
    private Connection connect(String... options) throws SQLException {
        return Lab.of(sluice).connectAs("second", "second password", "app", options);
    }

    private static String explained(Statement statement, String function) throws SQLException {
        String sql = "EXPLAIN ROUTE SELECT " + function + "(1)";
        try (ResultSet rows = statement.executeQuery(sql)) {
            StringBuilder all = new StringBuilder();
            while (rows.next()) {
                all.append(rows.getString(1))
                        .append('=')
                        .append(rows.getString(2))
                        .append('\n');
            }
            return all.toString();
        }
    }

    private static void awaitTrust(Statement statement, String function) {
        Await.until(
                function + " is trusted",
                LIMIT,
                () -> explained(statement, function).contains("only reads"));
    }

    private static int call(Statement statement, String function) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT " + function + "(1)")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private long onReplicas() {
        return (long) sluice.metric("sluice_query_duration_seconds_count", "destination=\"replica\"");
    }

    @Test
    void those_that_only_read_run_on_replicas() throws SQLException {
        try (Connection connection = connect("useServerPrepStmts=true");
                Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement("SELECT app.SEES(?), twice(1)")) {
            long before = onReplicas();
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(call(statement, "sees")).isEqualTo(8);
                prepared.setInt(1, 2);
                try (ResultSet rows = prepared.executeQuery()) {
                    rows.next();
                    assertThat(rows.getInt(1)).isEqualTo(9);
                    assertThat(rows.getInt(2)).isEqualTo(16);
                }
            }
            assertThat(onReplicas() - before).isGreaterThanOrEqualTo(2 * ROUNDS - 4);
        }
    }

    @Test
    void those_that_write_run_on_the_source_whatever_they_declare() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            long before = rows();
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(call(statement, "writes")).isOne();
                assertThat(call(statement, "hides")).isOne();
                assertThat(call(statement, "keeps")).isOne();
            }
            assertThat(rows() - before).isEqualTo(2 * ROUNDS);
            assertThat(explained(statement, "writes")).contains("not trusted: its body: INSERT");
        }
    }

    private long rows() throws SQLException {
        return Long.parseLong(topology.source().query("SELECT COUNT(*) FROM app.called"));
    }

    @Test
    void definitions_through_sluice_are_heeded_at_once() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement();
                Connection other = connect();
                Statement call = other.createStatement()) {
            for (int i = 0; i < 2; i++) {
                statement.execute("DROP FUNCTION IF EXISTS changes");
                statement.execute("CREATE FUNCTION changes(n INT) RETURNS INT READS SQL DATA RETURN n");
                awaitTrust(call, "changes");
                assertThat(call(call, "changes")).isOne();
                statement.execute("DROP FUNCTION changes");
                statement.execute("CREATE FUNCTION changes(n INT) RETURNS INT READS SQL DATA"
                        + " BEGIN INSERT INTO called (v) VALUES (n); RETURN n; END");
                long before = rows();
                for (int round = 0; round < ROUNDS; round++) {
                    call(call, "changes");
                }
                assertThat(rows() - before).isEqualTo(ROUNDS);
            }
        }
    }

    /** The next look is an hour away: only the replica's refusal can tell. */
    @Test
    void one_that_was_changed_past_sluice_is_found_out_by_the_first_refusal() throws SQLException {
        create("betrays", "RETURN n");
        topology.awaitCaughtUp();
        try (Connection definer = Lab.of(sluice).connect();
                Statement define = definer.createStatement();
                Connection connection = connect();
                Statement statement = connection.createStatement()) {
            define.execute("CREATE FUNCTION made_to_look() RETURNS INT NO SQL RETURN 1");
            define.execute("DROP FUNCTION made_to_look");
            awaitTrust(statement, "betrays");
            assertThat(call(statement, "betrays")).isOne();
            create("betrays", "BEGIN INSERT INTO called (v) VALUES (n); RETURN n; END");
            topology.awaitCaughtUp();
            assertThatThrownBy(() -> call(statement, "betrays"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo(1290));
            long before = rows();
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(call(statement, "betrays")).isOne();
            }
            assertThat(rows() - before).isEqualTo(ROUNDS);
        }
        assertThat(sluice.metric("sluice_mispredictions_total")).isGreaterThanOrEqualTo(1);
    }

    @Test
    void says_what_to_grant_where_bodies_cannot_be_read() throws SQLException {
        topology.source()
                .execute(
                        "DROP USER IF EXISTS blind@'%'",
                        "CREATE USER blind@'%' IDENTIFIED BY 'blind'", "GRANT REPLICATION CLIENT ON *.* TO blind@'%'");
        topology.awaitCaughtUp();
        SluiceSettings settings =
                Lab.settings(topology).set("monitor.user", "blind").set("monitor.password", "blind");
        try (SluiceProcess blind = SluiceProcess.start(settings, Lab.newHome("functions-blind"));
                Connection connection = Lab.of(blind).connectAs("second", "second password", "app");
                Statement statement = connection.createStatement()) {
            Await.until(
                    "the log says what to grant",
                    LIMIT,
                    () -> blind.log()
                            .lines()
                            .anyMatch(line ->
                                    line.contains("monitor_grant_missing") && line.contains("stored functions")));
            assertThat(call(statement, "sees")).isEqualTo(8);
            Await.until(
                    "its structure was looked at, too",
                    LIMIT,
                    () -> explained(statement, "sees").contains("not trusted"));
        }
        topology.source().execute("DROP USER blind@'%'");
    }
}
