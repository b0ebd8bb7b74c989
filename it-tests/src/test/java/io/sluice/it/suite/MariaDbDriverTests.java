// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A second driver with habits of its own: pipelined prepare and execute, bulk commands, other capability flags. */
abstract class MariaDbDriverTests extends Area {

    @Test
    void logs_in_reads_and_writes() throws SQLException {
        for (String tls : onMariaDb() ? List.of("sslMode=disable") : List.of("sslMode=disable", "sslMode=trust")) {
            try (Connection connection = endpoint().connectByMariaDbDriver(tls)) {
                table(connection, "maria", "id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(20)");
                run(connection, "INSERT INTO maria (v) VALUES ('a'), ('b')");
                assertThat(column(connection, "SELECT v FROM maria ORDER BY id"))
                        .isEqualTo(List.of("a", "b"));
                assertThat(value(connection, "SELECT DATABASE()")).isEqualTo("app");
            }
        }
    }

    @Test
    void prepares_on_the_server() throws SQLException {
        try (Connection connection = endpoint().connectByMariaDbDriver("useServerPrepStmts=true")) {
            table(connection, "maria_prep", "id INT PRIMARY KEY, v VARCHAR(20)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO maria_prep VALUES (?, ?)")) {
                for (int i = 0; i < 20; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, "v" + i);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            try (PreparedStatement select = connection.prepareStatement("SELECT v FROM maria_prep WHERE id = ?")) {
                for (int i = 0; i < 20; i++) {
                    select.setInt(1, i);
                    try (ResultSet rows = select.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getString(1)).isEqualTo("v" + i);
                    }
                }
            }
        }
    }

    @Test
    void transactions_hold() throws SQLException {
        try (Connection connection = endpoint().connectByMariaDbDriver()) {
            table(connection, "maria_trx", "id INT PRIMARY KEY");
            connection.setAutoCommit(false);
            run(connection, "INSERT INTO maria_trx VALUES (1)");
            assertThat(value(connection, "SELECT COUNT(*) FROM maria_trx")).isEqualTo("1");
            connection.rollback();
            assertThat(value(connection, "SELECT COUNT(*) FROM maria_trx")).isEqualTo("0");
            connection.commit();
        }
    }

    @Test
    void a_batch_of_text_statements_is_sent_at_once() throws SQLException {
        try (Connection connection = endpoint().connectByMariaDbDriver("allowMultiQueries=true")) {
            table(connection, "maria_batch", "id INT PRIMARY KEY");
            try (Statement statement = connection.createStatement()) {
                for (int i = 0; i < 50; i++) {
                    statement.addBatch("INSERT INTO maria_batch VALUES (" + i + ")");
                }
                statement.executeBatch();
            }
            assertThat(value(connection, "SELECT COUNT(*) FROM maria_batch")).isEqualTo("50");
        }
    }

    @Test
    void streams_a_large_result() throws SQLException {
        try (Connection connection = endpoint().connectByMariaDbDriver()) {
            LargeDataTests.digits(connection);
            int count = 0;
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(1000);
                try (ResultSet rows = statement.executeQuery(LargeDataTests.MILLION_ROWS + " LIMIT 200000")) {
                    while (rows.next()) {
                        count++;
                    }
                }
            }
            assertThat(count).isEqualTo(200_000);
        }
    }
}
