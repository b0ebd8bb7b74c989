// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.JdbcConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The compressed protocol as the two drivers speak it, which is zlib. Command-line clients add zstd. */
abstract class CompressionTests extends Area {
    @TempDir
    Path folder;

    @Test
    void a_20_mb_value_goes_in_and_comes_out() throws SQLException {
        for (String mode : new String[] {"useServerPrepStmts=true", "useServerPrepStmts=false"}) {
            try (Connection connection = endpoint().connect("useCompression=true", mode)) {
                writeAndRead(connection);
            }
        }
    }

    @Test
    void a_20_mb_value_goes_in_and_comes_out_by_the_mariadb_driver() throws SQLException {
        for (String mode : new String[] {"useServerPrepStmts=true", "useServerPrepStmts=false"}) {
            try (Connection connection = endpoint().connectByMariaDbDriver("useCompression=true", mode)) {
                writeAndRead(connection);
            }
        }
    }

    @Test
    void many_small_results_come_out() throws SQLException {
        for (String mode : new String[] {"sslMode=DISABLED", "sslMode=PREFERRED"}) {
            try (Connection connection = endpoint().connect("useCompression=true", mode)) {
                table(connection, "compressed_rows", "id INT PRIMARY KEY, v VARCHAR(200)");
                for (int i = 0; i < 300; i++) {
                    run(connection, "INSERT INTO compressed_rows VALUES (" + i + ", REPEAT('" + i % 10 + "', 200))");
                }
                assertThat(column(connection, "SELECT v FROM compressed_rows ORDER BY id"))
                        .hasSize(300)
                        .last()
                        .isEqualTo("9".repeat(200));
                assertThat(error(() -> value(connection, "SELECT nothing")).getErrorCode())
                        .isEqualTo(1054);
            }
        }
    }

    @Test
    void compression_outlasts_a_reset_and_a_change_of_the_user() throws SQLException {
        try (Connection connection = endpoint().connect("useCompression=true")) {
            JdbcConnection driver = connection.unwrap(JdbcConnection.class);
            driver.resetServerState();
            assertThat(value(connection, "SELECT REPEAT('a', 1000)")).isEqualTo("a".repeat(1000));
            driver.changeUser("second", "second password");
            assertThat(value(connection, "SELECT USER()")).startsWith("second@");
            assertThat(value(connection, "SELECT REPEAT('a', 1000)")).isEqualTo("a".repeat(1000));
        }
    }

    @Test
    void a_file_is_loaded() throws SQLException, IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            rows.append(i).append("\trow number ").append(i).append('\n');
        }
        Path file = Files.writeString(folder.resolve("rows.tsv"), rows);
        try (Connection connection = endpoint().connect("useCompression=true", "allowLoadLocalInfile=true");
                Statement statement = connection.createStatement()) {
            table(connection, "compressed_load", "id INT PRIMARY KEY, v VARCHAR(40)");
            assertThat(statement.executeUpdate("LOAD DATA LOCAL INFILE '" + file + "' INTO TABLE compressed_load"))
                    .isEqualTo(100_000);
            assertThat(value(connection, "SELECT COUNT(*) FROM compressed_load"))
                    .isEqualTo("100000");
        }
    }

    @Test
    void rows_stream() throws SQLException {
        try (Connection connection = endpoint().connect("useCompression=true");
                Statement statement = connection.createStatement()) {
            String limit = onMariaDb() ? "max_recursive_iterations" : "cte_max_recursion_depth";
            run(connection, "SET SESSION " + limit + " = 1000000");
            statement.setFetchSize(Integer.MIN_VALUE);
            long sum = 0;
            try (ResultSet rows = statement.executeQuery(
                    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n")) {
                while (rows.next()) {
                    sum += rows.getInt(1);
                }
            }
            assertThat(sum).isEqualTo(200_000L * 200_001 / 2);
        }
    }

    private static void writeAndRead(Connection connection) throws SQLException {
        byte[] value = new byte[20_000_000];
        new Random(20).nextBytes(value);
        Arrays.fill(value, 5_000_000, 15_000_000, (byte) 'a');
        table(connection, "compressed_value", "id INT PRIMARY KEY, v LONGBLOB");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO compressed_value VALUES (1, ?)")) {
            insert.setBytes(1, value);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT v FROM compressed_value");
                ResultSet rows = select.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getBytes(1)).isEqualTo(value);
        }
    }
}
