// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The source is moved on request, under load: clients wait for a moment and see no error. */
class SwitchoverIT {
    private static final int ROUNDS = Integer.getInteger("sluice.it.switchovers", 6);
    private static final int WRITERS = 6;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static ReplicationTopology topology;
    private static SluiceProcess sluice;
    private static Endpoint admin;

    @BeforeAll
    static void start() {
        topology = Lab.newTopology("switchover", 2);
        topology.source()
                .execute(
                        Lab.flavor().isMariaDb()
                                ? "GRANT READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, RELOAD ON *.* TO monitor@'%'"
                                : "GRANT SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN, REPLICATION_SLAVE_ADMIN, RELOAD"
                                        + " ON *.* TO monitor@'%'",
                        "CREATE TABLE app.moved (writer INT, n INT, part INT, PRIMARY KEY (writer, n, part))");
        topology.awaitCaughtUp();
        SluiceSettings settings = Lab.settings(topology).admin("admin", "admin");
        settings.set("failover.replication_user", "repl").set("failover.replication_password", "repl");
        settings.set( // so that a read tells who answered it
                "rules",
                List.of(Map.of("rule_id", 1, "match_digest", "@@port", "destination_hostgroup", 1, "unsafe", true)));
        sluice = SluiceProcess.start(settings, Lab.newHome("switchover-sluice"));
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
    }

    @AfterAll
    static void stop() {
        sluice.close();
        topology.close();
    }

    @Test
    void no_client_sees_an_error_and_no_write_is_lost_or_doubled() throws Exception {
        List<Writer> writers = new ArrayList<>();
        for (int number = 0; number < WRITERS; number++) {
            writers.add(new Writer(number));
        }
        writers.forEach(Thread::start);
        List<String> pauses = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            MysqldProcess candidate = topology.server(round % 3);
            awaitProgress(writers);
            awaitReplicas();
            List<String> steps = switchOver("'" + candidate.address() + "'");
            assertThat(steps).as("steps of round " + round).allMatch(step -> step.endsWith(" ok"));
            pauses.add(steps.stream()
                    .filter(step -> step.contains("writes go to"))
                    .findFirst()
                    .orElseThrow());
        }
        awaitProgress(writers);
        for (Writer writer : writers) {
            writer.finish();
        }
        System.out.println(ROUNDS + " switchovers: errors "
                + writers.stream().mapToInt(writer -> writer.errors.size()).sum() + ", writes "
                + writers.stream().mapToInt(writer -> writer.written).sum() + ", longest pause of a client "
                + writers.stream()
                        .mapToLong(writer -> writer.longestMillis)
                        .max()
                        .orElse(0) + " ms; ms until"
                + " writes went on: "
                + pauses.stream()
                        .map(step -> step.substring(0, step.indexOf(' ')))
                        .toList());
        for (Writer writer : writers) {
            assertThat(writer.errors).as("errors of writer " + writer.number).isEmpty();
            assertThat(rows(topology.server(ROUNDS % 3), writer.number))
                    .as("rows of writer " + writer.number)
                    .isEqualTo(writer.written);
        }
    }

    @Test
    void a_transaction_that_does_not_end_is_named_and_survives() throws SQLException {
        awaitReplicas();
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS held (id INT)");
            statement.execute("BEGIN");
            statement.execute("INSERT INTO held VALUES (1)");
            String other = topology.servers().stream()
                    .map(MysqldProcess::address)
                    .filter(address -> !address.equals(source()))
                    .findFirst()
                    .orElseThrow();
            assertThatThrownBy(() -> switchOver("'" + other + "'"))
                    .hasMessageContaining("nothing was changed")
                    .hasMessageContaining("(a transaction)");
            statement.execute("INSERT INTO held VALUES (2)");
            statement.execute("COMMIT");
        }
    }

    @Test
    void a_drained_replica_gets_no_reads_until_it_is_taken_back() throws SQLException {
        awaitReplicas();
        List<MysqldProcess> replicas = topology.servers().stream()
                .filter(server -> !server.address().equals(source()))
                .toList();
        MysqldProcess drained = replicas.get(0);
        order("SLUICE DRAIN '" + drained.address() + "' KILL AFTER 1");
        assertThatThrownBy(() -> order("SLUICE DRAIN '" + source() + "'")).hasMessageContaining("is the source");
        try (Connection connection = Lab.of(sluice).connect()) {
            for (int i = 0; i < 100; i++) {
                assertThat(port(connection)).isNotEqualTo(drained.port());
            }
            order("SLUICE RESTORE '" + drained.address() + "'");
            assertThatThrownBy(() -> order("SLUICE RESTORE '" + drained.address() + "'"))
                    .hasMessageContaining("is not drained");
            Await.until("a read at the replica taken back", LIMIT, () -> port(connection) == drained.port());
        }
    }

    private static int port(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@port")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static String source() {
        return column("SHOW TOPOLOGY", 2).get(0);
    }

    /** Both replicas follow whoever is the source now, and are near. */
    private static void awaitReplicas() {
        Await.until("two replicas that follow", LIMIT, () -> {
            List<String> lags = column("SHOW SERVERS", 4);
            return lags.stream().noneMatch(lag -> lag == null || Long.parseLong(lag) > 2000);
        });
    }

    private static List<String> switchOver(String candidate) throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement()) {
            statement.execute("SLUICE SWITCHOVER TO " + candidate); // the driver knows no such query
            ResultSet rows = statement.getResultSet();
            List<String> steps = new ArrayList<>();
            while (rows.next()) {
                steps.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3));
            }
            return steps;
        }
    }

    private static void order(String sql) throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> column(String sql, int number) {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(number));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int rows(MysqldProcess server, int writer) throws SQLException {
        return Integer.parseInt(server.query("SELECT COUNT(*) FROM app.moved WHERE writer = " + writer));
    }

    private static void awaitProgress(List<Writer> writers) {
        int[] before = writers.stream().mapToInt(writer -> writer.written).toArray();
        Await.until("some writes of each client", LIMIT, () -> {
            for (int i = 0; i < before.length; i++) {
                if (writers.get(i).written < before[i] + 20
                        && writers.get(i).errors.isEmpty()) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Writes rows and reads each back, every other time as a transaction of two rows, by a prepared one at times. */
    private static final class Writer extends Thread {
        private final int number;
        private final List<String> errors = new ArrayList<>();
        private volatile int written;
        private volatile boolean stopped;
        private long longestMillis;

        Writer(int number) {
            super("writer-" + number);
            this.number = number;
            setDaemon(true);
        }

        @Override
        public void run() {
            try (Connection connection = Lab.of(sluice).connect();
                    Statement statement = connection.createStatement()) {
                for (int n = 0; !stopped && errors.isEmpty(); n++) {
                    long begin = System.nanoTime();
                    write(connection, statement, n);
                    longestMillis = Math.max(longestMillis, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
                }
            } catch (SQLException e) {
                errors.add(e.getErrorCode() + " " + e.getMessage());
            }
        }

        private void write(Connection connection, Statement statement, int n) throws SQLException {
            boolean transaction = n % 2 == 1;
            connection.setAutoCommit(!transaction);
            statement.execute("INSERT INTO moved VALUES (" + number + ", " + n + ", 1)");
            if (transaction) {
                statement.execute("INSERT INTO moved VALUES (" + number + ", " + n + ", 2)");
                connection.commit();
                connection.setAutoCommit(true);
            }
            written += transaction ? 2 : 1;
            try (ResultSet rows =
                    statement.executeQuery("SELECT COUNT(*) FROM moved WHERE writer = " + number + " AND n = " + n)) {
                rows.next();
                if (rows.getInt(1) != (transaction ? 2 : 1)) {
                    errors.add("stale read of " + n + ": " + rows.getInt(1));
                }
            }
        }

        void finish() throws InterruptedException {
            stopped = true;
            join(LIMIT.toMillis());
            if (isAlive()) {
                errors.add("hangs");
            }
        }
    }
}
