// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Ten thousand rules and a hundred thousand users: how long they take to load, and what point selects feel of it. The
 * figures are printed; the bounds are for busy machines, and catch gross faults alone.
 */
@DisabledIfSystemProperty(
        named = "sluice.it.flavor",
        matches = "8.0|mariadb.*",
        disabledReason = "the servers have no part in it: one flavor stands for all")
class LargeConfigIT {
    private static final int RULES = 10_000;
    private static final int USERS = 100_000;
    private static final long LOAD_LIMIT_MILLIS = 20_000;
    private static final long P99_LIMIT_MILLIS = 500;
    private static final long CALM_MILLIS = 3_000;
    private static final Duration CLIENT_END = Duration.ofSeconds(30);

    private static final String NUMBERS =
            " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT ";
    private static final String RULES_SQL = "INSERT INTO mysql_query_rules (rule_id, active, schemaname, digest,"
            + " destination_hostgroup, apply)" + NUMBERS.formatted(RULES)
            + "i, 1, CASE i % 2 WHEN 0 THEN 'shard_' || i END, CASE i % 2 WHEN 1 THEN printf('%016x', i) END, 1, 1"
            + " FROM n";
    private static final String USERS_SQL = "INSERT INTO mysql_users (username, password)" + NUMBERS.formatted(USERS)
            + "'user' || i, '*' || printf('%040X', i) FROM n";

    @Test
    void traffic_goes_on_while_large_tables_are_loaded() throws Exception {
        SluiceSettings settings = Lab.settings(Lab.topology()).admin("admin", "admin");
        try (SluiceProcess sluice = SluiceProcess.start(settings, Lab.newHome("large"));
                PointSelects traffic = new PointSelects(Lab.of(sluice))) {
            traffic.calm("warm-up");
            traffic.calm("before");
            long rules = load(settings, traffic, RULES_SQL, "MYSQL QUERY RULES");
            traffic.calm("with " + RULES + " rules");
            long users = load(settings, traffic, USERS_SQL, "MYSQL USERS");
            traffic.calm("with them and " + USERS + " users");
            try (Connection one = Lab.of(sluice).connect()) {
                assertThat(one.isValid(5)).isTrue();
            }
            assertThat(rules).isLessThan(LOAD_LIMIT_MILLIS);
            assertThat(users).isLessThan(LOAD_LIMIT_MILLIS);
        }
    }

    private static long load(SluiceSettings settings, PointSelects traffic, String insert, String module)
            throws SQLException {
        long begin = System.nanoTime();
        run(settings, insert);
        print("INSERT of " + module, millis(begin), traffic.sinceLast());
        begin = System.nanoTime();
        run(settings, "LOAD " + module + " TO RUNTIME");
        long millis = millis(begin);
        print("LOAD " + module + " TO RUNTIME", millis, traffic.sinceLast());
        assertThat(traffic.p99Millis()).as("p99 during LOAD %s", module).isLessThan(P99_LIMIT_MILLIS);
        return millis;
    }

    private static void run(SluiceSettings settings, String sql) throws SQLException {
        Endpoint admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long millis(long sinceNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
    }

    private static void print(String what, long millis, String more) {
        System.out.printf(Locale.ROOT, "large config: %-40s %6d ms  %s%n", what, millis, more);
    }

    /** A client that selects one row by its key, again and again. */
    private static final class PointSelects implements AutoCloseable {
        private final Thread thread;
        private volatile boolean ended;
        private long[] nanos = new long[1 << 20];
        private int count;
        private double p99;

        PointSelects(Endpoint endpoint) throws SQLException {
            Connection connection = endpoint.connect("useServerPrepStmts=true");
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE IF NOT EXISTS points (id INT PRIMARY KEY, v INT)");
                statement.execute("REPLACE INTO points VALUES (1, 1)");
            }
            thread = new Thread(() -> run(connection), "point-selects");
            thread.start();
        }

        private void run(Connection connection) {
            try (connection;
                    PreparedStatement select = connection.prepareStatement("SELECT v FROM points WHERE id = ?")) {
                while (!ended) {
                    long begin = System.nanoTime();
                    select.setInt(1, 1);
                    try (ResultSet rows = select.executeQuery()) {
                        rows.next();
                    }
                    add(System.nanoTime() - begin);
                }
            } catch (SQLException e) {
                throw new AssertionError("a select failed", e);
            }
        }

        private synchronized void add(long time) {
            if (count < nanos.length) {
                nanos[count++] = time;
            }
        }

        synchronized String sinceLast() {
            long[] sorted = LongStream.of(Arrays.copyOf(nanos, count)).sorted().toArray();
            count = 0;
            if (sorted.length == 0) {
                return "no select ended";
            }
            p99 = sorted[sorted.length * 99 / 100] / 1e6;
            return String.format(
                    Locale.ROOT,
                    "selects %d, p50 %.2f ms, p99 %.2f ms, max %.1f ms",
                    sorted.length,
                    sorted[sorted.length / 2] / 1e6,
                    p99,
                    sorted[sorted.length - 1] / 1e6);
        }

        synchronized long p99Millis() {
            return (long) p99;
        }

        /** Lets it run for a while on its own. */
        void calm(String when) throws InterruptedException {
            sinceLast();
            thread.join(CALM_MILLIS);
            assertThat(thread.isAlive()).as("selects go on").isTrue();
            print(when, CALM_MILLIS, sinceLast());
        }

        @Override
        public void close() {
            ended = true;
            Await.until("the client has ended", CLIENT_END, () -> !thread.isAlive());
        }
    }
}
