// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session has one id, which the greeting tells and KILL takes. */
@Timeout(60)
abstract class IdentityTests extends Area {
    private static final int ER_NO_SUCH_THREAD = 1094;
    private static final int ER_KILL_DENIED = 1095;
    private static final int ER_QUERY_INTERRUPTED = 1317;
    private static final int ER_STATEMENT_TIMEOUT_OF_MARIADB = 1969;

    /** 40 s in steps: a SLEEP that is killed ends early and well, and the next row sees that the statement was killed. */
    private static final String SLOW_ROWS = " FROM identity_rows a, identity_rows b WHERE SLEEP(0.1) = 1";

    private static final String SLOW_READ = "SELECT a.id" + SLOW_ROWS;
    private static final String SLOW_WRITE = "INSERT INTO identity SELECT a.id + 100, 'x'" + SLOW_ROWS;

    @BeforeEach
    void make_table() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "identity", "id INT PRIMARY KEY, a VARCHAR(20)");
            run(connection, "INSERT INTO identity VALUES (1, 'one')");
            table(connection, "identity_rows", "id INT PRIMARY KEY");
            for (int i = 0; i < 20; i++) {
                run(connection, "INSERT INTO identity_rows VALUES (" + i + ")");
            }
        }
        awaitReplicas();
    }

    private static long greeted(Connection connection) throws SQLException {
        return connection.unwrap(JdbcConnection.class).getSession().getThreadId();
    }

    private static String idOf(Connection connection) throws SQLException {
        return value(connection, "SELECT CONNECTION_ID()");
    }

    /** Runs a statement that another session is going to end; gives its error, or null if it ends well. */
    private static CompletableFuture<SQLException> start(Connection connection, String sql) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                run(connection, sql);
                return null;
            } catch (SQLException e) {
                return e;
            }
        });
    }

    /** Kills until the statement has ended: the first KILL may come before it has begun. */
    private static SQLException killed(Connection killer, String kill, CompletableFuture<SQLException> victim)
            throws Exception {
        for (int i = 0; i < 100 && !victim.isDone(); i++) {
            try {
                run(killer, kill);
            } catch (SQLException e) {
                assertThat(e.getErrorCode()).as("error of " + kill).isEqualTo(ER_NO_SUCH_THREAD); // killed before
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return victim.get(5, TimeUnit.SECONDS);
    }

    @Test
    void the_greetings_id_is_the_id() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            String id = String.valueOf(greeted(connection));
            for (int i = 0; i < 4; i++) {
                assertThat(idOf(connection)).isEqualTo(id);
                assertThat(value(connection, "SELECT CONNECTION_ID() FROM identity"))
                        .isEqualTo(id);
                run(connection, "UPDATE identity SET a = CONNECTION_ID()");
                assertThat(value(connection, "SELECT a FROM identity WHERE a = CONNECTION_ID()"))
                        .isEqualTo(id);
            }
            connection.setAutoCommit(false);
            assertThat(idOf(connection)).isEqualTo(id);
            connection.commit();
        }
    }

    @Test
    void a_prepared_statement_tells_it_too() throws SQLException {
        try (Connection connection = endpoint().connect("useServerPrepStmts=true");
                PreparedStatement statement = connection.prepareStatement("SELECT CONNECTION_ID(), ? FROM identity")) {
            for (int i = 0; i < 4; i++) {
                connection.setAutoCommit(i % 2 == 0);
                statement.setInt(1, i);
                try (ResultSet rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getLong(1)).isEqualTo(greeted(connection));
                }
            }
        }
    }

    @Test
    void its_column_is_named_and_typed_as_by_the_server() throws SQLException {
        try (Connection connection = endpoint().connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT connection_id( ), CONNECTION_ID() + 0, CONNECTION_ID() id, 'CONNECTION_ID()',"
                                + " t.* FROM (SELECT CONNECTION_ID()) t")) {
            ResultSetMetaData columns = rows.getMetaData();
            assertThat(columns.getColumnLabel(1)).isEqualTo("connection_id( )");
            assertThat(columns.getColumnTypeName(1)).isEqualTo(onMariaDb() ? "INT UNSIGNED" : "BIGINT UNSIGNED");
            assertThat(columns.isNullable(1)).isEqualTo(ResultSetMetaData.columnNoNulls);
            assertThat(columns.getPrecision(1)).isEqualTo(onMariaDb() ? 10 : 20);
            assertThat(columns.getColumnLabel(2)).isEqualTo("CONNECTION_ID() + 0");
            assertThat(columns.getColumnLabel(3)).isEqualTo("id");
            assertThat(columns.getColumnLabel(4)).isEqualTo("CONNECTION_ID()");
            assertThat(columns.getColumnLabel(5)).isEqualTo("CONNECTION_ID()");
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(4)).isEqualTo("CONNECTION_ID()");
            assertThat(rows.getString(5)).isEqualTo(rows.getString(1));
        }
    }

    @Test
    void the_process_list_has_a_row_of_the_session() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            assertThat(value(connection, "SELECT INFO FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()"))
                    .startsWith("SELECT INFO");
        }
    }

    @Test
    void kill_query_ends_a_read_and_a_write() throws Exception {
        try (Connection victim = endpoint().connect();
                Connection killer = endpoint().connect()) {
            String id = idOf(victim);
            for (String slow : new String[] {SLOW_READ, SLOW_WRITE}) {
                SQLException error = killed(killer, "KILL QUERY " + id, start(victim, slow));
                assertThat(error.getErrorCode()).as(slow).isEqualTo(ER_QUERY_INTERRUPTED);
                assertThat(error.getSQLState()).isEqualTo("70100");
                assertThat(idOf(victim)).isEqualTo(id);
            }
        }
    }

    @Test
    void kill_query_leaves_a_transaction_open() throws Exception {
        try (Connection victim = endpoint().connect();
                Connection killer = endpoint().connect()) {
            String id = idOf(victim);
            victim.setAutoCommit(false);
            run(victim, "INSERT INTO identity VALUES (2, 'two')");
            SQLException error = killed(killer, "KILL QUERY " + id, start(victim, SLOW_WRITE));
            assertThat(error.getErrorCode()).isEqualTo(ER_QUERY_INTERRUPTED);
            assertThat(value(victim, "SELECT COUNT(*) FROM identity")).isEqualTo("2");
            victim.rollback();
            assertThat(value(victim, "SELECT COUNT(*) FROM identity FOR UPDATE"))
                    .isEqualTo("1");
        }
    }

    @Test
    void kill_closes_a_busy_session() throws Exception {
        try (Connection victim = endpoint().connect();
                Connection killer = endpoint().connect()) {
            SQLException error = killed(killer, "KILL " + idOf(victim), start(victim, SLOW_READ));
            assertThat((Throwable) error).isNotNull();
            assertThat(victim.isValid(5)).isFalse();
        }
    }

    @Test
    void kill_closes_an_idle_session_with_its_transaction() throws Exception {
        try (Connection victim = endpoint().connect();
                Connection idle = endpoint().connect();
                Connection killer = endpoint().connect()) {
            victim.setAutoCommit(false);
            run(victim, "UPDATE identity SET a = 'killed'");
            run(killer, "KILL CONNECTION " + idOf(victim), "KILL " + idOf(idle));
            assertThat(error(() -> idOf(victim)).getSQLState()).startsWith("08");
            assertThat(error(() -> idOf(idle)).getSQLState()).startsWith("08");
            assertThat(value(killer, "SELECT a FROM identity FOR UPDATE")).isEqualTo("one");
        }
    }

    @Test
    void nobody_kills_a_session_of_another_user() throws Exception {
        try (Connection victim = endpoint().connect();
                Connection killer = endpoint().connectAs("second", "second password", "app")) {
            for (String kill : new String[] {"KILL ", "KILL QUERY "}) {
                long id = greeted(victim);
                SQLException denied = error(() -> run(killer, kill + id));
                assertThat(denied.getErrorCode()).isEqualTo(ER_KILL_DENIED);
                assertThat(denied.getMessage()).isEqualTo("You are not owner of thread " + id);
            }
            run(victim, "BEGIN", "SELECT a FROM identity FOR UPDATE");
            assertThat(error(() -> run(killer, "KILL " + greeted(victim))).getErrorCode())
                    .isEqualTo(ER_KILL_DENIED);
            assertThat(value(victim, "SELECT a FROM identity")).isEqualTo("one");
        }
    }

    @Test
    void a_session_kills_itself() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            assertThat(error(() -> run(connection, "KILL QUERY CONNECTION_ID()"))
                            .getErrorCode())
                    .isEqualTo(ER_QUERY_INTERRUPTED);
            String id = idOf(connection);
            assertThat(error(() -> run(connection, "KILL " + id)).getErrorCode())
                    .isEqualTo(onMariaDb() ? 1927 : ER_QUERY_INTERRUPTED);
            assertThat(connection.isValid(5)).isFalse();
        }
    }

    @Test
    void an_id_that_nobody_has_is_told_so() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            SQLException error = error(() -> run(connection, "KILL 987654321"));
            assertThat(error.getErrorCode()).isEqualTo(ER_NO_SUCH_THREAD);
            assertThat(error.getMessage()).isEqualTo("Unknown thread id: 987654321");
        }
    }

    @Test
    void a_driver_cancels_a_statement() throws Exception {
        try (Connection connection = endpoint().connect();
                Statement statement = connection.createStatement()) {
            CompletableFuture<SQLException> slow = CompletableFuture.supplyAsync(() -> error(() -> {
                statement.execute(SLOW_READ);
            }));
            while (!slow.isDone()) {
                TimeUnit.MILLISECONDS.sleep(100);
                statement.cancel();
            }
            assertThat((Throwable) slow.get()).isNotNull();
            assertThat(idOf(connection)).isEqualTo(String.valueOf(greeted(connection)));
        }
    }

    @Test
    void a_drivers_timeout_ends_a_statement() throws SQLException {
        try (Connection connection = endpoint().connect();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertThat((Throwable) error(() -> statement.execute(SLOW_WRITE)))
                    .isInstanceOf(java.sql.SQLTimeoutException.class);
            assertThat(value(connection, "SELECT a FROM identity WHERE id = 1")).isEqualTo("one");
        }
    }

    @Test
    void mariadbs_driver_cancels_and_times_out_too() throws Exception {
        try (Connection connection = endpoint().connectByMariaDbDriver();
                Statement statement = connection.createStatement()) {
            CompletableFuture<SQLException> slow =
                    CompletableFuture.supplyAsync(() -> error(() -> statement.execute(SLOW_READ)));
            while (!slow.isDone()) {
                TimeUnit.MILLISECONDS.sleep(100);
                statement.cancel();
            }
            assertThat(slow.get().getErrorCode()).isEqualTo(ER_QUERY_INTERRUPTED);
            try (Statement timed = connection.createStatement()) {
                timed.setQueryTimeout(1);
                assertThat(error(() -> timed.execute(SLOW_WRITE)).getErrorCode())
                        .isIn(ER_QUERY_INTERRUPTED, ER_STATEMENT_TIMEOUT_OF_MARIADB);
            }
            assertThat(value(connection, "SELECT a FROM identity WHERE id = 1")).isEqualTo("one");
        }
    }
}
