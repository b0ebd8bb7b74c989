// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Reads that wait for the writes to their tables alone see what foreign keys, triggers, views and procedures made of
 * the session's writes: after each write every table and view is what it is on the source, while replicas are late.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TableScopeIT {
    private static final int PASSES = 2;
    private static final int LATE_SECONDS = 1;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern TABLES_KNOWN = Pattern.compile("tables_known=[1-9]");

    private static final List<String> NAMES = List.of(
            "a",
            "b",
            "quiet",
            "parent",
            "child",
            "grandchild",
            "orphan",
            "watched",
            "log",
            "joined",
            "overlaid",
            "called");

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeAll
    void start() {
        topology = Lab.newTopology("tables", 2);
        topology.source()
                .execute(
                        "USE app",
                        "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, x INT)",
                        "CREATE TABLE b (id INT AUTO_INCREMENT PRIMARY KEY, x INT)",
                        "CREATE TABLE quiet (id INT AUTO_INCREMENT PRIMARY KEY, x INT)",
                        "CREATE TABLE parent (id INT AUTO_INCREMENT PRIMARY KEY, x INT)",
                        "CREATE TABLE child (id INT AUTO_INCREMENT PRIMARY KEY, x INT,"
                                + " FOREIGN KEY (x) REFERENCES parent (id) ON DELETE CASCADE)",
                        "CREATE TABLE grandchild (id INT AUTO_INCREMENT PRIMARY KEY, x INT,"
                                + " FOREIGN KEY (x) REFERENCES child (id) ON DELETE CASCADE)",
                        "CREATE TABLE orphan (id INT AUTO_INCREMENT PRIMARY KEY, x INT,"
                                + " FOREIGN KEY (x) REFERENCES parent (id) ON DELETE SET NULL)",
                        "CREATE TABLE watched (id INT AUTO_INCREMENT PRIMARY KEY, x INT)",
                        "CREATE TABLE later (id INT AUTO_INCREMENT PRIMARY KEY, x INT)",
                        "CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, x INT)",
                        "CREATE TRIGGER watch AFTER INSERT ON watched FOR EACH ROW INSERT INTO log (x) VALUES (NEW.x)",
                        "CREATE FUNCTION total() RETURNS INT READS SQL DATA RETURN (SELECT SUM(x) FROM b)",
                        "CREATE FUNCTION noted(n INT) RETURNS INT READS SQL DATA"
                                + " BEGIN INSERT INTO log (x) VALUES (n); RETURN n; END",
                        "CREATE PROCEDURE both_of(n INT) BEGIN INSERT INTO a (x) VALUES (n);"
                                + " UPDATE b SET x = n ORDER BY id LIMIT 1; END",
                        "CREATE VIEW joined AS SELECT a.id AS id, a.x + b.x AS x FROM a JOIN b ON a.id = b.id",
                        "CREATE VIEW overlaid AS SELECT id, x FROM joined UNION ALL SELECT id, x FROM log",
                        "CREATE VIEW called AS SELECT id, x + total() AS x FROM quiet",
                        "CREATE VIEW thin AS SELECT id, x FROM b",
                        "INSERT INTO a (x) VALUES (1), (2), (3)",
                        "INSERT INTO b (x) VALUES (1), (2), (3)",
                        "INSERT INTO quiet (x) VALUES (1), (2), (3)",
                        "GRANT SELECT, TRIGGER, SHOW VIEW ON *.* TO monitor@'%'");
        topology.awaitCaughtUp();
        sluice = SluiceProcess.start(
                Lab.settings(topology)
                        .set("routing.causal_scope", "table")
                        .set("routing.causal_wait", "0")
                        .set("routing.catalogue_interval", "1h")
                        .set("monitor.max_lag", "4s"),
                Lab.newHome("tables-sluice"));
        awaitTables();
        topology.lag(1, LATE_SECONDS);
        topology.lag(2, LATE_SECONDS);
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    private void awaitTables() {
        Await.until(
                "tables are known",
                LIMIT,
                () -> TABLES_KNOWN.matcher(sluice.log()).find());
    }

    /** Each leaves its connection without a transaction; n is another number each time. */
    private static List<String> writes(int n) {
        return List.of(
                "INSERT INTO a (x) VALUES (" + n + ")",
                "UPDATE b SET x = " + n + " ORDER BY id LIMIT 1",
                "REPLACE INTO quiet (id, x) VALUES (1, " + n + ")",
                "INSERT INTO parent (x) VALUES (" + n + ")",
                "INSERT INTO child (x) SELECT id FROM parent ORDER BY id LIMIT 1",
                "INSERT INTO orphan (x) SELECT id FROM parent ORDER BY id LIMIT 1",
                "INSERT INTO grandchild (x) SELECT id FROM child ORDER BY id LIMIT 1",
                "DELETE FROM parent ORDER BY id LIMIT 1",
                "INSERT INTO watched (x) VALUES (" + n + ")",
                "UPDATE thin SET x = " + n + " ORDER BY id DESC LIMIT 1",
                "UPDATE a JOIN b ON a.id = b.id SET b.x = " + n,
                "CALL both_of(" + n + ")",
                "INSERT INTO quiet (x) VALUES (noted(" + n + "))",
                "SELECT noted(" + n + ")",
                "INSERT INTO a (x) VALUES (" + n + "); INSERT INTO b (x) VALUES (" + n + ")",
                "BEGIN; INSERT INTO b (x) VALUES (" + n + "); INSERT INTO watched (x) VALUES (" + n + "); COMMIT",
                "INSERT INTO app.a (x) SELECT x FROM app.quiet z WHERE z.id = 1");
    }

    /** Replicas have all but what the session has just written: whatever differs from the source is a write missed. */
    @Test
    void after_each_write_every_table_and_view_is_as_on_the_source() throws SQLException {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        session(writes(0), List.of()); // for the parser to see them
        session(List.of(), writes(0));
        long before = onReplicas();
        int reads = 0;
        for (int pass = 1; pass <= PASSES; pass++) {
            List<String> choices = new ArrayList<>(writes(pass));
            Collections.shuffle(choices, random);
            for (int i = 0; i < choices.size(); i += pass) {
                topology.awaitCaughtUp();
                List<String> plain = choices.subList(i, Math.min(i + pass, choices.size()));
                boolean transaction = random.nextBoolean() && plain.stream().noneMatch(sql -> sql.startsWith("BEGIN"));
                List<String> missed = session(transaction ? List.of() : plain, transaction ? plain : List.of());
                assertThat(missed).as("after %s, -Dseed=%d", plain, seed).isEmpty();
                reads += NAMES.size();
            }
        }
        long share = 100 * (onReplicas() - before) / reads;
        System.out.printf("%d reads, %d %% of them on replicas that are late by %d s%n", reads, share, LATE_SECONDS);
        assertThat(share).isGreaterThan(15);
    }

    /** Writes in a session of its own; returns what it reads otherwise than the source has it. */
    private List<String> session(List<String> alone, List<String> together) throws SQLException {
        List<String> missed = new ArrayList<>();
        try (Connection connection = Lab.of(sluice).connect("allowMultiQueries=true");
                Statement statement = connection.createStatement();
                Connection direct = topology.source().connect();
                Statement truth = direct.createStatement()) {
            truth.execute("USE app");
            for (String sql : alone) {
                statement.execute(sql);
                drain(statement);
            }
            if (!together.isEmpty()) {
                connection.setAutoCommit(false);
                for (String sql : together) {
                    statement.execute(sql);
                    drain(statement);
                    read(statement, "quiet");
                }
                connection.commit();
                connection.setAutoCommit(true);
            }
            for (String name : NAMES) {
                String seen = read(statement, name);
                String is = read(truth, name);
                if (!seen.equals(is)) {
                    missed.add(name + " is " + seen + " and not " + is);
                }
            }
        }
        return missed;
    }

    @Test
    void reads_of_other_tables_stay_on_late_replicas() {
        Await.until("almost all reads are on replicas", LIMIT, () -> {
            long before = onReplicas();
            try (Connection connection = Lab.of(sluice).connect();
                    Statement statement = connection.createStatement()) {
                for (int i = 0; i < 50; i++) {
                    statement.execute("INSERT INTO a (x) VALUES (" + i + ")");
                    read(statement, "quiet");
                }
            }
            return onReplicas() - before > 45;
        });
    }

    @Test
    void a_trigger_created_through_sluice_is_heeded_at_once() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement();
                Connection definer = Lab.of(sluice).connect();
                Statement define = definer.createStatement();
                Connection direct = topology.source().connect();
                Statement truth = direct.createStatement()) {
            truth.execute("USE app");
            for (int i = 0; i < 5; i++) {
                define.execute("CREATE TRIGGER later_" + i + " AFTER INSERT ON later FOR EACH ROW"
                        + " INSERT INTO log (x) VALUES (NEW.x)");
                statement.execute("INSERT INTO later (x) VALUES (" + i + ")");
                assertThat(read(statement, "log")).isEqualTo(read(truth, "log"));
                define.execute("DROP TRIGGER later_" + i);
            }
        }
    }

    private static void drain(Statement statement) throws SQLException {
        while (statement.getMoreResults() || statement.getUpdateCount() != -1) {
            // Only its end matters.
        }
    }

    private static String read(Statement statement, String table) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT COUNT(*), SUM(x), SUM(x * id) FROM " + table)) {
            rows.next();
            return rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3);
        }
    }

    private long onReplicas() {
        return (long) sluice.metric("sluice_query_duration_seconds_count", "destination=\"replica\"");
    }
}
