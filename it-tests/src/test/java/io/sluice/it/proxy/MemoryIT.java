// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Large results pass through; they do not pile up. Resident memory is the kernel's own count. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MemoryIT {
    private static final long GROWTH_LIMIT = 64L << 20;
    private static final String ROWS = "SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d,"
            + " REPEAT('x', 100) FROM memory a, memory b, memory c, memory e, memory f, memory g";

    private SluiceProcess sluice;

    @BeforeAll
    void start() throws SQLException {
        sluice = SluiceProcess.start(Lab.settings(Lab.topology()), Lab.newHome("memory"));
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS memory");
            statement.execute("CREATE TABLE memory (d INT PRIMARY KEY)");
            statement.execute("INSERT INTO memory VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
            // The compiler's memory and the heap's first round are not what a result costs.
            read(statement, ROWS + " LIMIT 300000", 0);
        }
        Lab.topology().awaitCaughtUp();
    }

    @AfterAll
    void end() {
        sluice.close();
    }

    @Test
    void a_million_rows_grow_the_proxy_by_less_than_64_mb() throws SQLException {
        assertGrowth(0);
    }

    @Test
    void a_slow_reader_makes_the_server_wait() throws SQLException {
        assertGrowth(TimeUnit.MICROSECONDS.toNanos(50));
    }

    private void assertGrowth(long pauseNanos) throws SQLException {
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            long before = sluice.residentBytes();
            int count = read(statement, pauseNanos == 0 ? ROWS : ROWS + " LIMIT 100000", pauseNanos);
            assertThat(count).isEqualTo(pauseNanos == 0 ? 1_000_000 : 100_000);
            assertThat(sluice.residentPeakBytes() - before)
                    .as("bytes above the %d before", before)
                    .isLessThan(GROWTH_LIMIT);
        }
    }

    private static int read(Statement statement, String sql, long pauseNanos) throws SQLException {
        statement.setFetchSize(Integer.MIN_VALUE);
        int count = 0;
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                count++;
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos); // the slow reader is what is tested
                }
            }
        }
        return count;
    }
}
