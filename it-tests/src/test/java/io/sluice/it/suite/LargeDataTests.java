// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Packets at and beyond 16 MB, results of a million rows, results that nobody reads to their end. */
abstract class LargeDataTests extends Area {
    private static final int PACKET = 0xFFFFFF;

    @Test
    void a_20_mb_value_goes_in_and_comes_out() throws SQLException {
        byte[] value = new byte[20_000_000];
        new Random(20).nextBytes(value);
        for (String mode : List.of("useServerPrepStmts=true", "useServerPrepStmts=false")) {
            try (Connection connection = endpoint().connect(mode)) {
                table(connection, "large_value", "id INT PRIMARY KEY, v LONGBLOB");
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO large_value VALUES (1, ?)")) {
                    insert.setBytes(1, value);
                    assertThat(insert.executeUpdate()).isEqualTo(1);
                }
                try (PreparedStatement select = connection.prepareStatement("SELECT id, v FROM large_value");
                        ResultSet rows = select.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getBytes(2)).isEqualTo(value);
                }
                run(connection, "DELETE FROM large_value");
            }
        }
    }

    @Test
    void commands_around_the_packet_limit_arrive_whole() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            String frame = "SELECT LENGTH('')";
            for (int size : new int[] {PACKET - 2, PACKET - 1, PACKET, PACKET + 1}) {
                int fill = size - frame.length() - 1; // one byte is the command's code
                assertThat(value(connection, "SELECT LENGTH('" + "a".repeat(fill) + "')"))
                        .isEqualTo(Integer.toString(fill));
            }
        }
    }

    @Test
    void rows_around_the_packet_limit_arrive_whole() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            // A row of one value of 2^16 bytes or more: 0xFD or 0xFE and 3 or 8 bytes of length, then the value.
            for (int size :
                    new int[] {PACKET - 10, PACKET - 9, PACKET - 5, PACKET - 4, PACKET - 3, PACKET, PACKET + 1}) {
                assertThat(value(connection, "SELECT REPEAT('b', " + size + ")"))
                        .hasSize(size);
            }
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void a_million_rows_stream() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            digits(connection);
            long sum = 0;
            int count = 0;
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(Integer.MIN_VALUE);
                try (ResultSet rows = statement.executeQuery(MILLION_ROWS)) {
                    while (rows.next()) {
                        sum += rows.getInt(1);
                        count++;
                    }
                }
            }
            assertThat(count).isEqualTo(1_000_000);
            assertThat(sum).isEqualTo(499_999_500_000L);
        }
    }

    @Test
    void a_result_is_left_before_its_end() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            digits(connection);
        }
        Lab.topology().awaitCaughtUp(); // another session reads it, from any replica
        for (int i = 0; i < 3; i++) {
            Connection connection = endpoint().connect();
            Statement statement = connection.createStatement();
            statement.setFetchSize(Integer.MIN_VALUE);
            ResultSet rows = statement.executeQuery(MILLION_ROWS);
            assertThat(rows.next()).isTrue();
            connection.abort(Runnable::run); // closes the socket and reads nothing more
        }
        try (Connection connection = endpoint().connect()) {
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    static final String MILLION_ROWS = "SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d, "
            + "'a text to give the row some length' FROM digits a, digits b, digits c, digits e, digits f, digits g";

    static void digits(Connection connection) throws SQLException {
        table(connection, "digits", "d INT PRIMARY KEY");
        run(connection, "INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
    }
}
