// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mysql.cj.jdbc.JdbcStatement;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Query attributes: what drivers of MySQL 8.0.23 and later send with statements, mostly none. */
abstract class QueryAttributeTests extends Area {
    private static final String COMPONENT = "file://component_query_attributes";
    private static final String READ_BACK =
            "SELECT mysql_query_attribute_string('n'), mysql_query_attribute_string('m')";

    @Test
    void attributes_reach_the_server_for_one_statement() throws SQLException {
        installComponent();
        try (Connection connection = endpoint().connect();
                Statement statement = connection.createStatement()) {
            JdbcStatement attributed = statement.unwrap(JdbcStatement.class);
            attributed.setAttribute("n", "text");
            attributed.setAttribute("m", 42L);
            assertThat(readBack(statement)).isEqualTo("text 42");
            attributed.clearAttributes();
            assertThat(readBack(statement)).isEqualTo("null null");
            attributed.setAttribute("n", "x".repeat(1000));
            assertThat(readBack(statement)).hasSize(1000 + " null".length());
        }
    }

    @Test
    void attributes_come_with_executions() throws SQLException {
        installComponent();
        try (Connection connection = endpoint().connect("useServerPrepStmts=true")) {
            for (int i = 0; i < 3; i++) {
                // Prepared anew: the server takes the function for constant from the first execution on.
                String sql = "SELECT mysql_query_attribute_string('n'), CONCAT(?, " + i + ")";
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    statement.unwrap(JdbcStatement.class).setAttribute("n", "round " + i);
                    statement.setString(1, "given");
                    assertThat(first(statement.executeQuery())).isEqualTo("round " + i + " given" + i);
                    statement.unwrap(JdbcStatement.class).clearAttributes();
                    statement.setString(1, "other");
                    assertThat(first(statement.executeQuery())).endsWith(" other" + i);
                }
            }
        }
    }

    @Test
    void a_server_without_them_is_used_as_ever() throws SQLException {
        try (Connection connection = endpoint().connect("useServerPrepStmts=true");
                Statement statement = connection.createStatement();
                PreparedStatement prepared = connection.prepareStatement("SELECT ?, 2")) {
            statement.unwrap(JdbcStatement.class).setAttribute("n", "ignored");
            assertThat(first(statement.executeQuery("SELECT 1, 2"))).isEqualTo("1 2");
            prepared.unwrap(JdbcStatement.class).setAttribute("n", "ignored");
            prepared.setInt(1, 7);
            assertThat(first(prepared.executeQuery())).isEqualTo("7 2");
        }
    }

    private static void installComponent() throws SQLException {
        assumeTrue(Lab.flavor() == ServerFlavor.MYSQL_9_7, "has no component_query_attributes");
        MysqldProcess source = Lab.topology().source();
        if (source.query("SELECT component_urn FROM mysql.component WHERE component_urn='" + COMPONENT + "'")
                .isEmpty()) {
            source.execute("SET sql_log_bin=0", "INSTALL COMPONENT '" + COMPONENT + "'");
        }
    }

    private static String readBack(Statement statement) throws SQLException {
        return first(statement.executeQuery(READ_BACK));
    }

    private static String first(ResultSet opened) throws SQLException {
        try (ResultSet rows = opened) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1) + " " + rows.getString(2);
        }
    }
}
