// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.sql.PlainInsert.Value;
import io.sluice.routing.sql.parse.TableName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainInsertTest {
    private static @Nullable PlainInsert read(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        StatementText text = StatementText.read(bytes, 0, bytes.length, LexContext.DEFAULT);
        return text == null ? null : text.plainInsert();
    }

    @Test
    void rows_of_literals_are_told() {
        PlainInsert insert =
                Objects.requireNonNull(read("/* a */ insert into `s`.t (a, `b c`) values (1, 'x y'), (-2, NULL);"));
        assertThat(insert.table()).isEqualTo(new TableName("s", "t"));
        assertThat(insert.columns()).containsExactly("a", "b c");
        assertThat(insert.rows())
                .containsExactly(
                        List.of(new Value.Whole(1), new Value.Text(3)), List.of(new Value.Whole(-2), new Value.Null()));
        assertThat(insert.width()).isEqualTo(2);
    }

    @Test
    void columns_and_into_may_be_missing() {
        assertThat(read("INSERT `t` VALUE (\"it's\")"))
                .isEqualTo(new PlainInsert(new TableName(null, "t"), List.of(), List.of(List.of(new Value.Text(4)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT IGNORE INTO t VALUES (1)",
                "INSERT LOW_PRIORITY INTO t VALUES (1)",
                "INSERT IGNORE t VALUES (1)",
                "INSERT t VALUES (1)",
                "REPLACE INTO t VALUES (1)",
                "INSERT INTO t PARTITION (p) VALUES (1)",
                "INSERT INTO t SET a = 1",
                "INSERT INTO t SELECT 1",
                "INSERT INTO t TABLE u",
                "INSERT INTO t VALUES ROW(1)",
                "INSERT INTO t VALUES ()",
                "INSERT INTO t () VALUES ()",
                "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1",
                "INSERT INTO t VALUES (1) AS n ON DUPLICATE KEY UPDATE a = 1",
                "INSERT INTO t VALUES (1) RETURNING a",
                "INSERT INTO t VALUES (1), (1, 2)",
                "INSERT INTO t (a) VALUES (1, 2)",
                "INSERT INTO t VALUES (1),",
                "INSERT INTO t VALUES (?)",
                "INSERT INTO t VALUES (DEFAULT)",
                "INSERT INTO t VALUES (NOW())",
                "INSERT INTO t VALUES (1 + 1)",
                "INSERT INTO t VALUES (1.5)",
                "INSERT INTO t VALUES (1e2)",
                "INSERT INTO t VALUES (0x41)",
                "INSERT INTO t VALUES (x'41')",
                "INSERT INTO t VALUES (b'1')",
                "INSERT INTO t VALUES (1234567890123456789)",
                "INSERT INTO t VALUES (@a)",
                "INSERT INTO t VALUES (_latin1'a')",
                "INSERT INTO t VALUES (N'a')",
                "INSERT INTO t VALUES ('a' 'b')",
                "INSERT INTO t VALUES (-'1')",
                "INSERT INTO t VALUES ('a\\n')",
                "INSERT INTO t VALUES ('it''s')",
                "INSERT INTO t VALUES ('\u00e9')",
                "INSERT INTO t VALUES ('a\tb')",
                "INSERT INTO t\u00e9 VALUES (1)",
                "INSERT /*+ SET_VAR(sql_mode='') */ INTO t VALUES (1)",
                "INSERT /*! IGNORE */ INTO t VALUES (1)",
                "INSERT INTO t VALUES (1); SELECT 1",
                "UPDATE t SET a = 1",
                "INSERT",
                "INSERT INTO",
                "INSERT INTO t VALUES",
                "INSERT INTO t VALUES (",
                "INSERT INTO t VALUES (1",
                "INSERT INTO t VALUES (-",
            })
    void anything_else_is_not(String sql) {
        assertThat(read(sql)).isNull();
    }

    @Test
    void under_ansi_quotes_a_double_quoted_text_is_a_name() {
        byte[] bytes = "INSERT INTO t VALUES (\"a\")".getBytes(StandardCharsets.UTF_8);
        StatementText text = StatementText.read(bytes, 0, bytes.length, LexContext.DEFAULT.withSqlMode("ANSI_QUOTES"));
        assertThat(Objects.requireNonNull(text).plainInsert()).isNull();
    }
}
