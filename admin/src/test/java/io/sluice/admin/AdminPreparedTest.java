// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Prepared statements, as Connector/J prepares them on the server. */
class AdminPreparedTest {
    private AdminPortFixture port;
    private Connection connection;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture();
        connection = port.connect("main", "admin", "secret", "&useServerPrepStmts=true&emulateUnsupportedPstmts=false");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        port.close();
    }

    @Test
    void parameters_of_all_types_come_as_they_are() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, '?', \"?\" AS a -- ?")) {
            statement.setString(1, "it's a \\ '' ä");
            statement.setInt(2, -7);
            statement.setLong(3, Long.MAX_VALUE);
            statement.setDouble(4, 2.5);
            statement.setNull(5, Types.VARCHAR);
            statement.setBoolean(6, true);
            statement.setTimestamp(7, Timestamp.valueOf(LocalDateTime.of(2026, 1, 2, 3, 4, 5, 600_000_000)));
            statement.setBytes(8, new byte[] {'x', 'y'});
            statement.setCharacterStream(9, new StringReader("long ' one"));
            ResultSet row = statement.executeQuery();
            row.next();
            assertThat(row.getString(1)).isEqualTo("it's a \\ '' ä");
            assertThat(row.getInt(2)).isEqualTo(-7);
            assertThat(row.getLong(3)).isEqualTo(Long.MAX_VALUE);
            assertThat(row.getDouble(4)).isEqualTo(2.5);
            assertThat(row.getObject(5)).isNull();
            assertThat(row.getBoolean(6)).isTrue();
            assertThat(row.getString(7)).startsWith("2026-01-02 03:04:05.6");
            assertThat(row.getString(8)).isEqualTo("xy");
            assertThat(row.getString(9)).isEqualTo("long ' one");
            assertThat(row.getString(10)).isEqualTo("?");
            assertThat(row.getObject(2)).isInstanceOf(Long.class);
        }
    }

    @Test
    void changes_say_how_many_rows_they_have_changed() throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO mysql_servers (hostgroup_id, hostname, weight) VALUES (?, ?, ?)")) {
            for (int i = 0; i < 3; i++) {
                insert.setInt(1, 0);
                insert.setString(2, "db" + i);
                insert.setInt(3, i);
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
        }
        assertThat(rows(
                        "SELECT hostname, weight - ?, NULL FROM mysql_servers WHERE weight > -? ORDER BY 1 LIMIT ?",
                        1,
                        5,
                        2))
                .containsExactly(List.of("db0", "-1", "null"), List.of("db1", "0", "null"));
    }

    @Test
    void every_statement_can_be_prepared() throws SQLException {
        assertThat(rows("SHOW TABLES FROM main LIKE ?", "mysql_u%")).containsExactly(List.of("mysql_users"));
        assertThat(rows("SELECT @@version_comment")).containsExactly(List.of("Sluice admin port"));
        assertThat(rows("SET mysql-max_connections = ?", 30)).isEmpty();
        assertThat(rows("SHOW MYSQL VARIABLES LIKE ?", "%max_connections"))
                .containsExactly(List.of("mysql-max_connections", "30"));
        assertThat(rows("SHOW VERSION")).hasSize(1);
        assertThat(rows("SLUICE DRAIN ?", "db2:3306")).isEmpty();
        assertThat(port.control.orders).containsExactly("drain db2:3306 null");
        assertThat(rows("LOAD MYSQL USERS TO RUNTIME")).isEmpty();
    }

    @Test
    void mistakes_are_told_when_it_runs() throws SQLException {
        assertThatThrownBy(() -> rows("SELECT * FROM nowhere WHERE a = ?", 1)).hasMessageContaining("no such table");
        assertThatThrownBy(() -> rows("SELECT ?", "a\0b")).hasMessageContaining("NUL character");
        assertThat(rows("SELECT ?", "and on")).containsExactly(List.of("and on"));
    }

    @Test
    void their_number_has_a_limit() throws SQLException {
        List<PreparedStatement> open = new ArrayList<>();
        try (Connection other =
                port.connect("", "admin", "secret", "&useServerPrepStmts=true&emulateUnsupportedPstmts=false")) {
            for (int i = 0; i < 1000; i++) {
                open.add(other.prepareStatement("SELECT ?"));
            }
            assertThatThrownBy(() -> other.prepareStatement("SELECT ?"))
                    .hasMessageContaining("1000 prepared statements");
            open.get(0).close();
            other.prepareStatement("SELECT ?").close();
        }
    }

    private List<List<String>> rows(String sql, Object... parameters) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            if (statement.execute()) {
                ResultSet result = statement.getResultSet();
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(String.valueOf(result.getString(i)));
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }
}
