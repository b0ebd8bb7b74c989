// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionIdTextTest {
    private static final String ID = "CAST(7 AS UNSIGNED)";

    private static @Nullable String with7(String sql, LexContext context) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        byte[] changed = ConnectionIdText.with(7, bytes, bytes.length, context);
        return changed == null ? null : new String(changed, StandardCharsets.UTF_8);
    }

    private static @Nullable String with7(String sql) {
        return with7(sql, LexContext.DEFAULT);
    }

    @Test
    void a_column_keeps_the_name_that_the_client_spelled() {
        assertThat(with7("SELECT CONNECTION_ID()")).isEqualTo("SELECT " + ID + " AS `CONNECTION_ID()`");
        assertThat(with7("select 1, connection_id ( ) ;")).isEqualTo("select 1, " + ID + " AS `connection_id ( )` ;");
        assertThat(with7("SELECT SQL_NO_CACHE DISTINCT CONNECTION_ID() FROM t"))
                .isEqualTo("SELECT SQL_NO_CACHE DISTINCT " + ID + " AS `CONNECTION_ID()` FROM t");
        assertThat(with7("SELECT CONNECTION_ID() + `a` FROM t"))
                .isEqualTo("SELECT " + ID + " + `a` AS `CONNECTION_ID() + ``a``` FROM t");
        assertThat(with7("SELECT CONCAT('é', CONNECTION_ID())"))
                .isEqualTo("SELECT CONCAT('é', " + ID + ") AS `CONCAT('é', CONNECTION_ID())`");
        assertThat(with7("SELECT CONNECTION_ID() IS NOT NULL"))
                .isEqualTo("SELECT " + ID + " IS NOT NULL AS `CONNECTION_ID() IS NOT NULL`");
    }

    @Test
    void a_column_with_a_name_keeps_it() {
        assertThat(
                        with7(
                                "SELECT CONNECTION_ID() AS a, CONNECTION_ID() b, CONNECTION_ID() 'c', 2 IN (CONNECTION_ID()) `d`"))
                .isEqualTo("SELECT " + ID + " AS a, " + ID + " b, " + ID + " 'c', 2 IN (" + ID + ") `d`");
    }

    @Test
    void lists_within_the_statement_have_names_too() {
        assertThat(with7("SELECT * FROM (SELECT CONNECTION_ID()) t"))
                .isEqualTo("SELECT * FROM (SELECT " + ID + " AS `CONNECTION_ID()`) t");
        assertThat(with7("SELECT (SELECT CONNECTION_ID())"))
                .isEqualTo("SELECT (SELECT " + ID + " AS `CONNECTION_ID()`) AS `(SELECT CONNECTION_ID())`");
        assertThat(with7("SELECT 1 UNION SELECT CONNECTION_ID() ORDER BY CONNECTION_ID()"))
                .isEqualTo("SELECT 1 UNION SELECT " + ID + " AS `CONNECTION_ID()` ORDER BY " + ID);
        assertThat(with7("INSERT INTO t SELECT a, CONNECTION_ID() FROM u ON DUPLICATE KEY UPDATE a = CONNECTION_ID()"))
                .isEqualTo("INSERT INTO t SELECT a, " + ID + " AS `CONNECTION_ID()` FROM u ON DUPLICATE KEY UPDATE a = "
                        + ID);
    }

    @Test
    void elsewhere_no_name_is_needed() {
        assertThat(with7("INSERT INTO t VALUES (CONNECTION_ID())")).isEqualTo("INSERT INTO t VALUES (" + ID + ")");
        assertThat(with7("SELECT a FROM t WHERE b=CONNECTION_ID() AND c = ?"))
                .isEqualTo("SELECT a FROM t WHERE b=" + ID + " AND c = ?");
        assertThat(with7("SET @a = CONNECTION_ID()")).isEqualTo("SET @a = " + ID);
        assertThat(with7("DO SLEEP(1); UPDATE t SET a = CONNECTION_ID()"))
                .isEqualTo("DO SLEEP(1); UPDATE t SET a = " + ID);
    }

    @Test
    void what_is_no_call_is_left_alone() {
        assertThat(
                        with7(
                                "SELECT 'CONNECTION_ID()', \"CONNECTION_ID()\", connection_id, `connection_id`, s.connection_id()"))
                .isNull();
        assertThat(with7("SELECT /* CONNECTION_ID() */ 1 -- CONNECTION_ID()\n # CONNECTION_ID()"))
                .isNull();
        assertThat(with7("SELECT \"CONNECTION_ID()\"", LexContext.DEFAULT.withSqlMode("ANSI_QUOTES")))
                .isNull();
        assertThat(with7("SELECT 'a\\'', CONNECTION_ID(), '"))
                .as("a string that does not end")
                .isNull();
        assertThat(with7("SELECT 'a\\', CONNECTION_ID(), '' x", LexContext.DEFAULT.withSqlMode("NO_BACKSLASH_ESCAPES")))
                .isEqualTo("SELECT 'a\\', " + ID + " AS `CONNECTION_ID()`, '' x");
        assertThat(with7("SELECT CONNECTION_ID(1), @connection_id()")).isNull();
    }

    @Test
    void what_a_server_keeps_is_left_alone() {
        assertThat(with7("CREATE PROCEDURE p() SELECT CONNECTION_ID()")).isNull();
        assertThat(with7("CREATE TABLE t (a BIGINT DEFAULT (CONNECTION_ID()))")).isNull();
        assertThat(with7("ALTER TABLE t ALTER a SET DEFAULT (CONNECTION_ID())")).isNull();
        assertThat(with7("CREATE VIEW v AS SELECT CONNECTION_ID()")).isNull();
    }

    @Test
    void what_compares_ids_of_servers_is_left_alone() {
        assertThat(with7("SELECT * FROM information_schema.processlist WHERE id = CONNECTION_ID()"))
                .isNull();
        assertThat(with7("SELECT IS_USED_LOCK('a') = CONNECTION_ID()")).isNull();
        assertThat(with7("SELECT 1 FROM `performance_schema`.`threads` WHERE processlist_id=CONNECTION_ID()"))
                .isNull();
    }

    @Test
    void what_may_read_differently_on_a_server_is_left_alone() {
        assertThat(with7("SELECT CONNECTION_ID() /*! AS a */")).isNull();
        assertThat(with7("SELECT " + "1 + ".repeat(100) + "CONNECTION_ID()"))
                .as("no room for the name")
                .isNull();
        assertThat(with7("SELECT 1) + CONNECTION_ID() + (1")).isNull();
        assertThat(with7("SELECT " + "(".repeat(200) + "CONNECTION_ID()" + ")".repeat(200)))
                .as("looked over once for each pair")
                .isNull();
    }

    @Test
    void any_text_is_survived() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        String[] parts = {
            "SELECT ", "CONNECTION_ID()", "(", ")", ",", " FROM ", "'", "`", "\\", "/*", "*/", ";", " a ", "AS "
        };
        for (int i = 0; i < 100_000; i++) {
            StringBuilder sql = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                sql.append(parts[random.nextInt(parts.length)]);
            }
            assertThat(catchAny(sql.toString())).as("seed %d: %s", seed, sql).isNull();
        }
    }

    private static @Nullable Throwable catchAny(String sql) {
        try {
            with7(sql);
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }
}
