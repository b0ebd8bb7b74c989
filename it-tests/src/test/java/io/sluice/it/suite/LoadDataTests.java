// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LOAD DATA LOCAL INFILE: the only response that asks the client for data. */
abstract class LoadDataTests extends Area {

    @TempDir
    Path folder;

    @Test
    void a_file_is_loaded() throws SQLException, IOException {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            rows.append(i).append("\trow number ").append(i).append('\n');
        }
        Path file = Files.writeString(folder.resolve("rows.tsv"), rows, StandardCharsets.UTF_8);
        try (Connection connection = endpoint().connect("allowLoadLocalInfile=true");
                Statement statement = connection.createStatement()) {
            table(connection, "loaded", "id INT PRIMARY KEY, v VARCHAR(40)");
            assertThat(statement.executeUpdate("LOAD DATA LOCAL INFILE '" + file + "' INTO TABLE loaded"))
                    .isEqualTo(100_000);
            assertThat(value(connection, "SELECT v FROM loaded WHERE id = 99999"))
                    .isEqualTo("row number 99999");
        }
    }

    @Test
    void an_empty_file_is_loaded() throws SQLException, IOException {
        Path file = Files.createFile(folder.resolve("empty.tsv"));
        try (Connection connection = endpoint().connect("allowLoadLocalInfile=true");
                Statement statement = connection.createStatement()) {
            table(connection, "loaded_empty", "id INT PRIMARY KEY");
            assertThat(statement.executeUpdate("LOAD DATA LOCAL INFILE '" + file + "' INTO TABLE loaded_empty"))
                    .isZero();
            assertThat(value(connection, "SELECT COUNT(*) FROM loaded_empty")).isEqualTo("0");
        }
    }

    @Test
    void a_bad_file_is_an_error_and_the_connection_goes_on() throws SQLException, IOException {
        Path file = Files.writeString(folder.resolve("bad.tsv"), "1\n1\nx\n", StandardCharsets.UTF_8);
        try (Connection connection = endpoint().connect("allowLoadLocalInfile=true")) {
            table(connection, "loaded_bad", "id INT PRIMARY KEY");
            SQLException missing =
                    error(() -> run(connection, "LOAD DATA LOCAL INFILE '" + file + "' INTO TABLE no_such_table"));
            assertThat(missing.getErrorCode()).isEqualTo(1146);
            run(connection, "LOAD DATA LOCAL INFILE '" + file + "' IGNORE INTO TABLE loaded_bad");
            assertThat(value(connection, "SELECT COUNT(*) FROM loaded_bad WHERE id = 1"))
                    .isEqualTo("1");
        }
    }
}
