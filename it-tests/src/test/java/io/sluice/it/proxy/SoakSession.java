// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** One session of {@link StateSoakIT} and the model of its state. Belongs to one thread. */
final class SoakSession {
    private static final String[] COLLATIONS = {"utf8mb4_bin", "utf8mb4_unicode_ci", "latin1_swedish_ci", "latin1_bin"};
    private static final String[] SCHEMAS = {"app", "soak_other"};

    private final int number;
    private final Connection connection;
    private final Random random;
    private final Semaphore keeping;

    private final @Nullable Integer[] userVariables = new @Nullable Integer[3];
    private int precision = 4;
    private int zone;
    private boolean safeUpdates;
    private String collation = "";
    private String schema = "app";
    private int temporaryRows = -1;
    private int temporaryRowsBefore;
    private boolean locked;
    private boolean inTransaction;
    private int rows;
    private int rowsBefore;
    private long insertId;
    private boolean keeps;

    SoakSession(int number, Connection connection, Random random, Semaphore keeping) {
        this.number = number;
        this.connection = connection;
        this.random = random;
        this.keeping = keeping;
    }

    /** Changes something, or compares something. */
    void step() throws SQLException {
        switch (random.nextInt(20)) {
            case 0 -> setUserVariable();
            case 1 -> setPrecision();
            case 2 -> setZone();
            case 3 -> setCollation();
            case 4 -> use();
            case 5 -> temporaryTable();
            case 6 -> lock();
            case 7 -> transaction();
            case 8, 9 -> write();
            case 10 -> insertId();
            case 11 -> reset();
            case 12 -> prepared();
            case 13 -> foundRows();
            case 14 -> badStatement();
            default -> compare();
        }
        if (keeps && temporaryRows < 0 && !locked && !inTransaction) {
            keeps = false;
            keeping.release();
        }
    }

    void end() {
        if (keeps) {
            keeping.release();
        }
    }

    private boolean mayKeep() {
        keeps = keeps || keeping.tryAcquire();
        return keeps;
    }

    // ---- changes

    private void setUserVariable() throws SQLException {
        int which = random.nextInt(userVariables.length);
        userVariables[which] = random.nextInt(1000) - 500;
        run("SET @soak" + which + " = " + userVariables[which]);
    }

    private void setPrecision() throws SQLException {
        precision = random.nextInt(8);
        safeUpdates = random.nextBoolean();
        run("SET div_precision_increment = " + precision + ", sql_safe_updates = " + (safeUpdates ? 1 : 0));
    }

    private void setZone() throws SQLException {
        zone = random.nextInt(10) + 1;
        run("SET time_zone = '+0" + (zone % 10) + ":00'");
        zone %= 10;
    }

    private void setCollation() throws SQLException {
        collation = COLLATIONS[random.nextInt(COLLATIONS.length)];
        run("SET NAMES " + collation.substring(0, collation.indexOf('_')) + " COLLATE " + collation);
    }

    private void use() throws SQLException {
        schema = SCHEMAS[random.nextInt(SCHEMAS.length)];
        run("USE " + schema);
    }

    private void temporaryTable() throws SQLException {
        if (temporaryRows >= 0) {
            run("DROP TEMPORARY TABLE app.mine");
            temporaryRows = -1;
        } else if (mayKeep()) {
            run("CREATE TEMPORARY TABLE app.mine (id INT)", "INSERT INTO app.mine VALUES (1), (2)");
            temporaryRows = 2;
            temporaryRowsBefore = 0; // A rollback leaves a temporary table, but not the rows inserted since BEGIN.
        }
    }

    private void lock() throws SQLException {
        if (locked) {
            assertEquals("SELECT RELEASE_LOCK('soak" + number + "')", "1");
            locked = false;
        } else if (mayKeep()) {
            assertEquals("SELECT GET_LOCK('soak" + number + "', 0)", "1");
            locked = true;
        }
    }

    private void transaction() throws SQLException {
        if (!inTransaction) {
            if (mayKeep()) {
                run("BEGIN");
                inTransaction = true;
                rowsBefore = rows;
                temporaryRowsBefore = temporaryRows;
            }
        } else if (random.nextBoolean()) {
            run("COMMIT");
            inTransaction = false;
        } else {
            run("ROLLBACK");
            inTransaction = false;
            rows = rowsBefore;
            temporaryRows = temporaryRows < 0 ? -1 : temporaryRowsBefore;
        }
    }

    private void write() throws SQLException {
        run("INSERT INTO app.soak VALUES (" + number + ", " + rows + ")");
        rows++;
        assertEquals("SELECT ROW_COUNT()", "1");
        if (temporaryRows >= 0) {
            run("INSERT INTO app.mine VALUES (3)");
            temporaryRows++;
        }
    }

    private void insertId() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO app.soak_ids (session) VALUES (" + number + ")", Statement.RETURN_GENERATED_KEYS);
            try (ResultSet keys = statement.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
                insertId = keys.getLong(1);
            }
        }
    }

    private void reset() throws SQLException {
        if (random.nextInt(4) > 0) {
            return;
        }
        connection.unwrap(JdbcConnection.class).resetServerState();
        java.util.Arrays.fill(userVariables, null);
        precision = 4;
        safeUpdates = false;
        zone = -1;
        collation = "";
        temporaryRows = -1;
        locked = false;
        if (inTransaction) {
            rows = rowsBefore;
        }
        inTransaction = false;
        insertId = 0;
    }

    private void badStatement() {
        try {
            run("SET time_zone = 'nowhere'");
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).isEqualTo(1298);
            return;
        }
        throw new AssertionError("a bad SET succeeded");
    }

    // ---- comparisons

    private void compare() throws SQLException {
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                for (int i = 0; i < userVariables.length; i++) {
                    assertEquals(
                            "SELECT @soak" + i, String.valueOf(userVariables[i]).replace("null", "NULL"));
                }
            }
            case 2 ->
                assertEquals(
                        "SELECT @@div_precision_increment * 10 + @@sql_safe_updates",
                        "" + (precision * 10 + (safeUpdates ? 1 : 0)));
            case 3 -> {
                if (zone > 0) {
                    assertEquals("SELECT @@time_zone", "+0" + zone + ":00");
                }
            }
            case 4 -> {
                if (!collation.isEmpty()) {
                    assertEquals("SELECT COLLATION('a')", collation);
                }
            }
            case 5 -> assertEquals("SELECT DATABASE()", schema);
            case 6 -> temporary();
            case 7 -> assertEquals("SELECT IS_FREE_LOCK('soak" + number + "')", locked ? "0" : "1");
            case 8 -> assertEquals("SELECT COUNT(*) FROM app.soak WHERE session = " + number, "" + rows);
            default -> assertEquals("SELECT LAST_INSERT_ID()", "" + insertId);
        }
    }

    private void temporary() throws SQLException {
        if (temporaryRows >= 0) {
            assertEquals("SELECT COUNT(*) FROM app.mine", "" + temporaryRows);
            return;
        }
        try {
            value("SELECT COUNT(*) FROM app.mine");
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).isEqualTo(1146);
            return;
        }
        throw new AssertionError("session " + number + " sees a table that is not its own");
    }

    private void prepared() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*) + ? FROM app.soak WHERE session = ?")) {
            statement.setInt(1, 5);
            statement.setInt(2, number);
            try (ResultSet result = statement.executeQuery()) {
                assertThat(result.next()).isTrue();
                assertThat(result.getInt(1)).as("prepared count of %d", number).isEqualTo(rows + 5);
            }
        }
    }

    private void foundRows() throws SQLException {
        value("SELECT SQL_CALC_FOUND_ROWS * FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS three LIMIT 1");
        try {
            assertEquals("SELECT FOUND_ROWS()", "3");
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).as("no wrong answer").isEqualTo(9508);
        }
    }

    private void assertEquals(String sql, String expected) throws SQLException {
        try {
            assertThat(value(sql)).as("session %d: %s", number, sql).isEqualTo(expected);
        } catch (SQLException e) {
            // Too many others wanted the connection: told as such, and never answered wrongly.
            if (e.getErrorCode() != 9508) {
                throw e;
            }
        }
    }

    private String value(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).as(sql).isTrue();
            String value = result.getString(1);
            return value == null ? "NULL" : value;
        }
    }

    private void run(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
