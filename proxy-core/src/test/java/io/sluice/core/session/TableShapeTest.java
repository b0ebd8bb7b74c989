// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.session.TableShape.Column;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.StatementText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableShapeTest {
    private static final TableShape SHAPE = new TableShape(List.of(
            new Column("a", "int", false, 0, "", false, false),
            new Column("U", "tinyint", true, 0, "", true, true),
            new Column("c", "varchar", false, 3, "utf8mb4", true, true),
            new Column("t", "tinytext", false, 255, "latin1", true, true),
            new Column("d", "decimal", false, 0, "", true, true),
            new Column("s", "varchar", false, 9, "swe7", true, true)));

    private static boolean takes(String values) {
        byte[] sql = ("INSERT INTO x " + values).getBytes(StandardCharsets.UTF_8);
        StatementText text = Objects.requireNonNull(StatementText.read(sql, 0, sql.length, LexContext.DEFAULT));
        return SHAPE.takes(Objects.requireNonNull(text.plainInsert(), values));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a) VALUES (2147483647), (-2147483648)",
                "(a, u) VALUES (1, 255)",
                "(A, U, C) VALUES (1, NULL, 'abc')",
                "(t, a) VALUES ('abc', 1)",
            })
    void what_fits_goes_in_without_a_warning(String values) {
        assertThat(takes(values)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a) VALUES (2147483648)",
                "(a) VALUES (1), (-2147483649)",
                "(a, u) VALUES (1, 256)",
                "(a, u) VALUES (1, -1)",
                "(a) VALUES ('1')",
                "(a) VALUES (NULL)",
                "(a, c) VALUES (1, 'abcd')",
                "(a, c) VALUES (1, 5)",
                "(a, d) VALUES (1, 5)",
                "(a, d) VALUES (1, NULL)",
                "(a, s) VALUES (1, 'a')",
                "(u) VALUES (1)",
                "(a, a) VALUES (1, 2)",
                "(a, z) VALUES (1, 2)",
                "VALUES (1, 2)",
                "VALUES (1, 2, 'a', 'b', 1, 'c')",
            })
    void what_might_give_one_is_not_derived(String values) {
        assertThat(takes(values)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 64})
    void bytes_of_texts_are_counted_for_the_widest_characters(int length) {
        assertThat(takes("(a, t) VALUES (1, '" + "x".repeat(length) + "')")).isEqualTo(length == 63);
    }
}
