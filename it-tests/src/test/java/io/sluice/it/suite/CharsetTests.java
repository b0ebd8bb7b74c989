// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Text keeps its bytes in every character set that a client may choose. */
abstract class CharsetTests extends Area {
    private static final String TEXT = "Grüße \u00e9\u00df";

    @Test
    void text_round_trips_in_each_character_set() throws SQLException {
        for (String encoding : List.of("UTF-8", "ISO-8859-1", "windows-1252")) {
            for (String prepared : List.of("useServerPrepStmts=false", "useServerPrepStmts=true")) {
                try (Connection connection = endpoint().connect("characterEncoding=" + encoding, prepared)) {
                    table(connection, "charset", "id INT PRIMARY KEY, v VARCHAR(50) CHARACTER SET utf8mb4");
                    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO charset VALUES (1, ?)")) {
                        insert.setString(1, TEXT);
                        insert.executeUpdate();
                    }
                    assertThat(value(connection, "SELECT v FROM charset")).isEqualTo(TEXT);
                    assertThat(value(connection, "SELECT CHAR_LENGTH(v) FROM charset WHERE v = '" + TEXT + "'"))
                            .isEqualTo("8");
                }
            }
        }
    }

    @Test
    void four_byte_text_round_trips() throws SQLException {
        String rocket = new String(Character.toChars(0x1F680));
        try (Connection connection = endpoint().connect();
                PreparedStatement select = connection.prepareStatement("SELECT ?, HEX(?)")) {
            select.setString(1, rocket);
            select.setString(2, rocket);
            try (ResultSet rows = select.executeQuery()) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo(rocket);
                assertThat(rows.getString(2)).isEqualTo("F09F9A80");
            }
        }
    }

    @Test
    void set_names_holds() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "charset_names", "id INT PRIMARY KEY, v VARCHAR(50) CHARACTER SET utf8mb4");
            run(connection, "INSERT INTO charset_names VALUES (1, 'x')");
            run(connection, "SET collation_connection = utf8mb4_bin");
            for (int i = 0; i < 8; i++) {
                assertThat(value(connection, "SELECT COLLATION('a') FROM charset_names"))
                        .isEqualTo("utf8mb4_bin");
                assertThat(value(connection, "SELECT 'a' = 'A' FROM charset_names"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void a_collation_beyond_255_is_understood() throws SQLException {
        String collation = onMariaDb() ? "utf8mb4_unicode_520_ci" : "utf8mb4_ja_0900_as_cs";
        try (Connection connection = endpoint().connect("connectionCollation=" + collation)) {
            assertThat(value(connection, "SELECT COLLATION('a')")).isEqualTo(collation);
        }
    }

    @Test
    void identifiers_keep_their_letters() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            table(connection, "`größe`", "`straße` INT PRIMARY KEY");
            run(connection, "INSERT INTO `größe` VALUES (5)");
            assertThat(value(connection, "SELECT `straße` FROM `größe`")).isEqualTo("5");
        }
    }
}
