// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.mysqlclient.MySQLAuthOptions;
import io.vertx.mysqlclient.MySQLClient;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.mysqlclient.MySQLConnection;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.mysqlclient.MySQLSetOption;
import io.vertx.mysqlclient.SslMode;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.RowStream;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client of Vert.x: not JDBC, and it sends commands before the answers to earlier ones are there. */
abstract class VertxClientTests extends Area {
    private Vertx vertx;
    private MySQLConnection connection;

    @BeforeEach
    void connect() {
        vertx = Vertx.vertx();
        connection = done(MySQLConnection.connect(vertx, options()));
        query("DROP TABLE IF EXISTS vertx");
        query("CREATE TABLE vertx (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(50))");
    }

    @AfterEach
    void close() {
        try {
            done(connection.close());
        } finally {
            done(vertx.close());
        }
    }

    private MySQLConnectOptions options() {
        return new MySQLConnectOptions()
                .setHost("127.0.0.1")
                .setPort(endpoint().port())
                .setUser("app")
                .setPassword("app")
                .setDatabase("app")
                .setPipeliningLimit(16);
    }

    private static <T> T done(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    private RowSet<Row> query(String sql) {
        return done(connection.query(sql).execute());
    }

    private static List<String> texts(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> String.valueOf(row.getValue(0)))
                .toList();
    }

    @Test
    void answers_come_in_the_order_of_the_commands_sent_at_once() {
        List<Future<RowSet<Row>>> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(connection
                    .query("INSERT INTO vertx (v) VALUES ('v" + i + "')")
                    .execute());
            sent.add(connection.query("SELECT COUNT(*) FROM vertx").execute());
            sent.add(
                    connection.preparedQuery("SELECT v FROM vertx WHERE id = ?").execute(Tuple.of(i + 1)));
        }
        done(Future.all(sent));
        for (int i = 0; i < 100; i++) {
            assertThat(sent.get(3 * i).result().property(MySQLClient.LAST_INSERTED_ID))
                    .isEqualTo(i + 1);
            assertThat(texts(sent.get(3 * i + 1).result())).containsExactly(String.valueOf(i + 1));
            assertThat(texts(sent.get(3 * i + 2).result())).containsExactly("v" + i);
        }
    }

    @Test
    void state_sent_ahead_holds_for_what_follows() {
        List<Future<RowSet<Row>>> sent = new ArrayList<>();
        for (String sql : List.of(
                "SET SESSION group_concat_max_len = 1234",
                "SELECT @@group_concat_max_len",
                "BEGIN",
                "INSERT INTO vertx (v) VALUES ('a')",
                "SELECT COUNT(*) FROM vertx",
                "ROLLBACK",
                "SELECT COUNT(*) FROM vertx",
                "SET @a = 7",
                "SELECT @a + 1",
                "CREATE TEMPORARY TABLE vertx_temporary (id INT)",
                "SELECT COUNT(*) FROM vertx_temporary",
                "DROP TEMPORARY TABLE vertx_temporary",
                "USE mysql",
                "SELECT DATABASE()")) {
            sent.add(connection.query(sql).execute());
        }
        done(Future.all(sent));
        assertThat(sent.stream().flatMap(future -> texts(future.result()).stream()))
                .containsExactly("1234", "1", "0", "8", "0", "mysql");
    }

    @Test
    void an_error_amid_commands_sent_at_once_is_that_commands_alone() {
        Future<RowSet<Row>> before = connection.query("SELECT 1").execute();
        Future<RowSet<Row>> wrong =
                connection.query("SELECT nothing FROM nowhere").execute();
        Future<RowSet<Row>> unprepared =
                connection.preparedQuery("SELECT ? FROM nowhere").execute(Tuple.of(1));
        Future<RowSet<Row>> after = connection.preparedQuery("SELECT ? + 1").execute(Tuple.of(1));
        assertThat(texts(done(before))).containsExactly("1");
        for (Future<RowSet<Row>> failed : List.of(wrong, unprepared)) {
            assertThatThrownBy(() -> done(failed))
                    .cause()
                    .isInstanceOfSatisfying(
                            MySQLException.class,
                            error -> assertThat(error.getErrorCode()).isEqualTo(1146));
        }
        assertThat(done(after).iterator().next().getDouble(0)).isEqualTo(2);
    }

    @Test
    void prepared_statements_are_kept_and_evicted_while_others_run() {
        MySQLConnection caching = done(MySQLConnection.connect(
                vertx, options().setCachePreparedStatements(true).setPreparedStatementCacheMaxSize(4)));
        List<Future<RowSet<Row>>> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sent.add(caching.preparedQuery("SELECT CAST(? AS SIGNED) * " + i % 10)
                    .execute(Tuple.of(i)));
        }
        done(Future.all(sent));
        for (int i = 0; i < 60; i++) {
            assertThat(texts(sent.get(i).result())).containsExactly(String.valueOf(i * (i % 10)));
        }
        done(caching.close());
    }

    @Test
    void a_batch_is_executed_row_by_row() {
        List<Tuple> rows =
                IntStream.range(0, 300).mapToObj(i -> Tuple.of("v" + i)).toList();
        RowSet<Row> answers = done(
                connection.preparedQuery("INSERT INTO vertx (v) VALUES (?)").executeBatch(rows));
        for (int i = 0; i < 300; i++) {
            assertThat(answers.property(MySQLClient.LAST_INSERTED_ID)).isEqualTo(i + 1);
            answers = answers.next();
        }
        assertThat(answers).isNull();
        assertThat(texts(query("SELECT COUNT(*) FROM vertx"))).containsExactly("300");
    }

    @Test
    void a_cursor_reads_on_where_it_was() {
        a_batch_is_executed_row_by_row();
        PreparedStatement statement = done(connection.prepare("SELECT v FROM vertx WHERE id > ? ORDER BY id"));
        Cursor cursor = statement.cursor(Tuple.of(10));
        List<String> read = new ArrayList<>(texts(done(cursor.read(50))));
        assertThat(read).hasSize(50).startsWith("v10");
        assertThat(texts(query("SELECT 'between'"))).containsExactly("between");
        while (cursor.hasMore()) {
            read.addAll(texts(done(cursor.read(100))));
        }
        assertThat(read).hasSize(290).endsWith("v299");
        done(cursor.close());
        done(statement.close());
    }

    @Test
    void a_stream_ends_after_its_last_row() {
        a_batch_is_executed_row_by_row();
        PreparedStatement statement = done(connection.prepare("SELECT v FROM vertx"));
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        List<Row> read = new ArrayList<>();
        RowStream<Row> stream = statement.createStream(40, Tuple.tuple());
        stream.exceptionHandler(ended::completeExceptionally);
        stream.endHandler(end -> ended.complete(read.size()));
        stream.handler(read::add);
        assertThat(ended.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(300);
    }

    @Test
    void transactions_of_a_pool_end_as_their_work_does() {
        Pool pool = Pool.pool(vertx, options(), new PoolOptions().setMaxSize(2));
        done(pool.withTransaction(
                client -> client.query("INSERT INTO vertx (v) VALUES ('kept')").execute()));
        assertThatThrownBy(() ->
                        done(pool.withTransaction(client -> client.query("INSERT INTO vertx (v) VALUES ('gone')")
                                .execute()
                                .compose(rows -> client.query("SELECT nothing").execute()))))
                .cause()
                .isInstanceOf(MySQLException.class);
        SqlConnection lent = done(pool.getConnection());
        Transaction transaction = done(lent.begin());
        done(lent.query("INSERT INTO vertx (v) VALUES ('taken back')").execute());
        done(transaction.rollback());
        assertThat(texts(done(lent.query("SELECT v FROM vertx FOR UPDATE").execute())))
                .containsExactly("kept");
        done(lent.close());
        done(pool.close());
    }

    @Test
    void a_pool_that_pipelines_over_two_connections_loses_nothing() {
        Pool pool = Pool.pool(vertx, options(), new PoolOptions().setMaxSize(2));
        List<Future<RowSet<Row>>> sent = IntStream.range(0, 200)
                .mapToObj(i ->
                        pool.preparedQuery("INSERT INTO vertx (v) VALUES (?)").execute(Tuple.of("v" + i)))
                .toList();
        done(Future.all(sent));
        done(pool.close());
        assertThat(texts(query("SELECT COUNT(DISTINCT v) FROM vertx FOR UPDATE")))
                .containsExactly("200");
    }

    @Test
    void commands_other_than_queries_are_answered() {
        done(connection.ping());
        done(connection.specifySchema("mysql"));
        assertThat(texts(query("SELECT DATABASE()"))).containsExactly("mysql");
        done(connection.getInternalStatistics());
        done(connection.setOption(MySQLSetOption.MYSQL_OPTION_MULTI_STATEMENTS_ON));
        RowSet<Row> both = query("SELECT 1; SELECT 2");
        assertThat(texts(both)).containsExactly("1");
        assertThat(texts(both.next())).containsExactly("2");
        query("SET @a = 1");
        done(connection.resetConnection());
        assertThat(texts(query("SELECT @a"))).containsExactly("null");
        done(connection.changeUser(new MySQLAuthOptions()
                .setUser("second")
                .setPassword("second password")
                .setDatabase("app")));
        assertThat(texts(query("SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)")))
                .containsExactly("second");
    }

    @Test
    void logs_in_under_tls_in_another_collation() {
        if (onMariaDb() && endpoint().name().equals("direct")) {
            return; // MariaDB 10.11 has no certificate until it is given one
        }
        MySQLConnection safe = done(MySQLConnection.connect(
                vertx,
                options()
                        .setSslMode(SslMode.REQUIRED)
                        .setSslOptions(new ClientSSLOptions().setTrustAll(true))
                        .setCollation("utf8mb4_bin")));
        assertThat(safe.isSSL()).isTrue();
        assertThat(texts(done(safe.query("SELECT @@collation_connection").execute())))
                .containsExactly("utf8mb4_bin");
        done(safe.close());
    }
}
