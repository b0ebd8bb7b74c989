// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainDefinitionTest {
    private static boolean isPlain(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        StatementText text = StatementText.read(bytes, 0, bytes.length, LexContext.DEFAULT);
        return text != null && text.isPlainDefinition();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRUNCATE t",
                "truncate table `s`.`t`;",
                "DROP TABLE t",
                "DROP TABLE s.t",
                "CREATE TABLE t (a INT)",
                "CREATE TABLE s.t (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, b VARCHAR(100) NULL, c TEXT)",
                "CREATE TABLE t (a INT NOT NULL, `b` CHAR(3), PRIMARY KEY (a))",
            })
    void one_table_defined_in_words_that_give_no_warning(String sql) {
        assertThat(isPlain(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP TABLE IF EXISTS t",
                "DROP TABLE t, u",
                "DROP TABLE t CASCADE",
                "DROP TEMPORARY TABLE t",
                "DROP VIEW t",
                "CREATE TABLE IF NOT EXISTS t (a INT)",
                "CREATE OR REPLACE TABLE t (a INT)",
                "CREATE TEMPORARY TABLE t (a INT)",
                "CREATE TABLE t LIKE u",
                "CREATE TABLE t SELECT 1",
                "CREATE TABLE t (a INT) SELECT 1",
                "CREATE TABLE t (a INT) ENGINE=MyISAM",
                "CREATE TABLE t (a INT(11))",
                "CREATE TABLE t (a VARCHAR(70000))",
                "CREATE TABLE t (a VARCHAR)",
                "CREATE TABLE t (a FLOAT)",
                "CREATE TABLE t (a INT DEFAULT 1)",
                "CREATE TABLE t (a INT, KEY (a))",
                "CREATE TABLE t (a INT CHECK (a > 1))",
                "CREATE TABLE t (a INT, PRIMARY KEY (a, b))",
                "CREATE TABLE t (a INT, PRIMARY KEY (a), b INT)",
                "CREATE TABLE t (a INT NOT)",
                "CREATE TABLE t (",
                "CREATE TABLE t",
                "TRUNCATE",
                "TRUNCATE TABLE t WAIT 1",
                "ALTER TABLE t ADD b INT",
                "CREATE INDEX i ON t (a)",
            })
    void anything_else(String sql) {
        assertThat(isPlain(sql)).isFalse();
    }
}
