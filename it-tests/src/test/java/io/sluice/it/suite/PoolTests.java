// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.sluice.drill.server.Await;
import io.sluice.it.Endpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** HikariCP: a pool of an application's own in front of ours, which tests, changes and resets what it lends. */
abstract class PoolTests extends Area {

    /** A pool that tests each connection before it lends it. */
    static HikariDataSource pool(Endpoint endpoint, int size, String... properties) {
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "0");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(endpoint.url("app", properties));
        config.setUsername("app");
        config.setPassword("app");
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(10_000);
        config.setCatalog("app");
        return new HikariDataSource(config);
    }

    /** Isolation, read-only, autocommit, schema. Connector/J tells MariaDB nothing of read-only. */
    private String modes(Connection connection) throws SQLException {
        String transaction = onMariaDb() ? "@@tx_isolation, '-'" : "@@transaction_isolation, @@transaction_read_only";
        return value(connection, "SELECT CONCAT_WS(' ', " + transaction + ", @@autocommit + 0, DATABASE())");
    }

    @Test
    void what_a_borrower_changed_the_next_one_does_not_see() throws SQLException {
        try (HikariDataSource pool = pool(endpoint(), 1)) {
            String id;
            try (Connection connection = pool.getConnection()) {
                assertThat(modes(connection))
                        .isEqualTo(onMariaDb() ? "REPEATABLE-READ - 1 app" : "REPEATABLE-READ 0 1 app");
                id = value(connection, "SELECT CONNECTION_ID()");
                connection.setAutoCommit(false);
                connection.setReadOnly(true);
                connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                connection.setCatalog("mysql");
                connection.setNetworkTimeout(Runnable::run, 5_000);
                assertThat(modes(connection))
                        .isEqualTo(onMariaDb() ? "SERIALIZABLE - 0 mysql" : "SERIALIZABLE 1 0 mysql");
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(value(connection, "SELECT CONNECTION_ID()")).isEqualTo(id);
                assertThat(modes(connection))
                        .isEqualTo(onMariaDb() ? "REPEATABLE-READ - 1 app" : "REPEATABLE-READ 0 1 app");
                assertThat(connection.getNetworkTimeout()).isEqualTo(120_000);
            }
        }
    }

    @Test
    void what_a_borrower_did_not_commit_is_rolled_back() throws SQLException {
        try (HikariDataSource pool = pool(endpoint(), 1)) {
            try (Connection connection = pool.getConnection()) {
                table(connection, "lent", "id INT PRIMARY KEY");
                connection.setAutoCommit(false);
                run(connection, "INSERT INTO lent VALUES (1)");
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(column(connection, "SELECT id FROM lent")).isEmpty();
            }
        }
    }

    @Test
    void a_connection_that_was_killed_is_replaced() throws SQLException {
        try (HikariDataSource pool = pool(endpoint(), 1);
                Connection other = endpoint().connect()) {
            String id;
            try (Connection connection = pool.getConnection()) {
                id = value(connection, "SELECT CONNECTION_ID()");
            }
            run(other, "KILL " + id);
            Await.until("a connection of another id", Duration.ofSeconds(10), () -> isAnother(pool, id));
        }
    }

    /** The server may answer a KILL before it acts: until then the pool finds its connection good. */
    private static boolean isAnother(HikariDataSource pool, String id) {
        try (Connection connection = pool.getConnection()) {
            return !value(connection, "SELECT CONNECTION_ID()").equals(id);
        } catch (SQLException e) {
            return false;
        }
    }

    @Test
    void a_network_timeout_costs_that_connection_only() throws SQLException {
        try (HikariDataSource pool = pool(endpoint(), 1)) {
            try (Connection connection = pool.getConnection()) {
                connection.setNetworkTimeout(Runnable::run, 200);
                assertThatThrownBy(() -> value(connection, "SELECT SLEEP(5)")).isInstanceOf(SQLException.class);
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(value(connection, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void every_connection_begins_with_the_statement_for_new_ones() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(endpoint().url("app"));
        config.setUsername("app");
        config.setPassword("app");
        config.setMaximumPoolSize(2);
        config.setConnectionInitSql("SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '+03:00', @team = 'blue'");
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection one = pool.getConnection();
                Connection two = pool.getConnection()) {
            for (Connection connection : List.of(one, two, one)) {
                assertThat(value(connection, "SELECT CONCAT_WS(' ', @@sql_mode, @@time_zone, @team) AS \"t\""))
                        .isEqualTo("ANSI_QUOTES +03:00 blue");
                assertThat(modes(connection)).startsWith("READ-COMMITTED");
            }
        }
    }

    @Test
    void many_threads_share_few_connections() throws SQLException {
        try (HikariDataSource pool = pool(endpoint(), 4, "useServerPrepStmts=true", "cachePrepStmts=true")) {
            try (Connection connection = pool.getConnection()) {
                table(connection, "shared", "id INT PRIMARY KEY, amount INT NOT NULL");
                run(connection, "INSERT INTO shared VALUES (0, 100), (1, 100), (2, 100), (3, 100)");
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                CompletableFuture<?>[] all = IntStream.range(0, 8)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> transfer(pool, i), threads))
                        .toArray(CompletableFuture[]::new);
                CompletableFuture.allOf(all).orTimeout(30, TimeUnit.SECONDS).join();
            } finally {
                threads.shutdownNow();
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(value(connection, "SELECT SUM(amount) FROM shared FOR UPDATE"))
                        .isEqualTo("400");
                assertThat(value(connection, "SELECT SUM(amount) FROM shared WHERE id < 2 FOR UPDATE"))
                        .isEqualTo("120");
            }
        }
    }

    /** Ten times, in a transaction of a connection of its own: one from the first two accounts to the last two. */
    private static void transfer(HikariDataSource pool, int thread) {
        for (int i = 0; i < 10; i++) {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                run(connection, "UPDATE shared SET amount = amount - 1 WHERE id = " + thread % 2);
                run(connection, "UPDATE shared SET amount = amount + 1 WHERE id = " + (2 + thread % 2));
                connection.commit();
            } catch (SQLException e) {
                throw new AssertionError("thread " + thread, e);
            }
        }
    }
}
