// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.sql.StatementText.Assignment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatementTextTest {
    private static @Nullable StatementText orNull(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return StatementText.read(bytes, 0, bytes.length, LexContext.DEFAULT);
    }

    private static StatementText text(String sql) {
        return Objects.requireNonNull(orNull(sql), sql);
    }

    @Test
    void literals_of_user_variables_are_told_as_written() {
        assertThat(text("SET @A = -1.5e-3, @`b c` := 'it''s', @d=NULL, sql_mode='', @e=x'00ff', @f=_latin1'x';")
                        .literals())
                .containsExactly(
                        new Assignment("a", "-1.5e-3", false),
                        new Assignment("b c", "'it''s'", true),
                        new Assignment("d", "NULL", false),
                        new Assignment("e", "x'00ff'", false),
                        new Assignment("f", "_latin1'x'", true));
    }

    @Test
    void what_is_no_literal_is_not_told() {
        for (String sql : new String[] {
            "SET @a = @b",
            "SET @a = 1 + 1",
            "SET @a = NOW()",
            "SET @a = ?",
            "SET @a = 'x' 'y'",
            "SET @a.b = 1",
            "SET @a = 'x' COLLATE utf8mb4_bin",
            "SELECT @a"
        }) {
            assertThat(text(sql).literals()).as(sql).isNull();
        }
    }

    @Test
    void what_is_hard_to_read_is_not_read() {
        assertThat(orNull("SET @a = /*!80000 1 + */ 1")).isNull();
        assertThat(orNull("SET @a = 1; SET @b = 2")).isNull();
        assertThat(orNull("SET @a = 'x")).isNull();
        assertThat(orNull("SET @a = 'x\\'")).isNull();
        assertThat(orNull("SET @a /* no end")).isNull();
        assertThat(text("SET /* yes */ @a = 1 -- end").literals()).hasSize(1);
    }

    @Test
    void assigned_variables_are_named() {
        assertThat(text("SET NAMES utf8mb4, @@session.a=1, SESSION b=IF(1,2,3), @u=1, c=DEFAULT")
                        .assignedVariables())
                .containsExactly(
                        "character_set_client",
                        "character_set_results",
                        "character_set_connection",
                        "collation_connection",
                        "a",
                        "b",
                        "c");
        assertThat(text("SET TRANSACTION READ ONLY").assignedVariables()).isNull();
    }

    @Test
    void tables_are_named() {
        assertThat(text("CREATE TEMPORARY TABLE IF NOT EXISTS `a b` (id INT)").tables())
                .containsExactly("a b");
        assertThat(text("CREATE TEMPORARY TABLE s.t SELECT 1, 2").tables()).containsExactly("s.t");
        assertThat(text("DROP TEMPORARY TABLE IF EXISTS a, b.c").tables()).containsExactly("a", "b.c");
        assertThat(text("DROP TABLE a").tables()).containsExactly("a");
        assertThat(text("DROP VIEW a").tables()).isEmpty();
    }

    @Test
    void a_lock_is_named_if_nothing_else_happens() {
        assertThat(text("SELECT GET_LOCK('A', 10)").lock("GET_LOCK")).isEqualTo("'a'");
        assertThat(text("DO RELEASE_LOCK('A')").lock("RELEASE_LOCK")).isEqualTo("'a'");
        assertThat(text("SELECT RELEASE_LOCK('a') AS released").lock("RELEASE_LOCK"))
                .isEqualTo("'a'");
        assertThat(text("SELECT GET_LOCK('a', 1), GET_LOCK('b', 1)").lock("GET_LOCK"))
                .isNull();
        assertThat(text("SELECT GET_LOCK('a', 1) FROM t").lock("GET_LOCK")).isNull();
        assertThat(text("SELECT IF(0, RELEASE_LOCK('a'), 0)").lock("RELEASE_LOCK"))
                .isNull();
        assertThat(text("SELECT RELEASE_LOCK(@a)").lock("RELEASE_LOCK")).isNull();
    }

    @Test
    void handlers_and_prepared_texts_are_named() {
        assertThat(text("HANDLER s.t OPEN").handler()).isEqualTo("t");
        assertThat(text("HANDLER t OPEN AS h").handler()).isEqualTo("h");
        assertThat(text("HANDLER h CLOSE").handler()).isEqualTo("h");
        assertThat(text("PREPARE S FROM 'SELECT ''x'''").preparedName()).isEqualTo("s");
        assertThat(text("PREPARE S FROM 'SELECT ''x'''").preparedText())
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("SELECT 'x'");
        assertThat(text("PREPARE s FROM @a").preparedText()).isNull();
        assertThat(text("DEALLOCATE PREPARE s").preparedName()).isEqualTo("s");
        assertThat(text("EXECUTE s USING @a").preparedName()).isEqualTo("s");
    }
}
