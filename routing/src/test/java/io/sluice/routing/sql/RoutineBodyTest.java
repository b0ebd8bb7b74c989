// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.topology.ServerVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RoutineBodyTest {
    private static final LexContext CONTEXT = LexContext.DEFAULT.withVersion(ServerVersion.parse("9.7.4"));

    private static RoutineBody read(String body) {
        return RoutineBody.read(
                "CREATE DEFINER=`a`@`%` FUNCTION `f`(n INT, m ENUM('a', 'b')) RETURNS varchar(20) CHARSET"
                        + " utf8mb4\n    READS SQL DATA\n COMMENT 'RETURN 1' " + body,
                CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RETURN 1",
                "RETURN CONCAT('it''s; DELETE FROM t', \"x\\\"; DROP\", n)",
                "RETURN (SELECT COUNT(*) FROM t WHERE a = n)",
                "BEGIN RETURN CASE WHEN n > 1 THEN 'a' ELSE 'b' END; END",
                "BEGIN DECLARE x, y INT DEFAULT 0; SET x = 1, y = x + IF(n, 1, 2); RETURN x; END",
                "BEGIN DECLARE x VARCHAR(20) CHARACTER SET utf8mb4; SELECT v INTO x FROM t LIMIT 1; RETURN x; END",
                "BEGIN DECLARE e ENUM('a', 'b'); RETURN CAST(n AS CHAR CHARACTER SET utf8mb4); END",
                "BEGIN DECLARE x INT; IF n THEN SET x = 1; ELSEIF n > 2 THEN SET x = 2; ELSE SET x = 3; END IF;"
                        + " RETURN x; END",
                "BEGIN DECLARE x INT; CASE n WHEN 1 THEN SET x = 1; WHEN CASE n WHEN 1 THEN 2 END THEN SET x = 2;"
                        + " ELSE SET x = 3; END CASE; RETURN x; END",
                "BEGIN DECLARE x INT DEFAULT 0; a: LOOP SET x = x + 1; IF x > n THEN LEAVE a; END IF; ITERATE a;"
                        + " END LOOP a; WHILE x > 0 DO SET x = x - 1; END WHILE;"
                        + " REPEAT SET x = x + 1; UNTIL x > 4 END REPEAT; RETURN x; END",
                "BEGIN DECLARE done INT DEFAULT FALSE; DECLARE v INT; DECLARE c CURSOR FOR SELECT id FROM t;"
                        + " DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLSTATE '02000' SET done = TRUE;"
                        + " DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN RETURN NULL; END;"
                        + " OPEN c; r: LOOP FETCH c INTO v; IF done THEN LEAVE r; END IF; END LOOP; CLOSE c;"
                        + " RETURN v; END",
                "BEGIN\n -- DELETE FROM t\n /* DROP */ RETURN REPLACE(n, 'a', INSERT('b', 1, 1, 'c')); END",
                "outer_one: BEGIN RETURN 1; END outer_one",
                "BEGIN WITH w AS (SELECT 1) SELECT 1 INTO m FROM w; SET n = 2, m = 'a'; RETURN n; END",
            })
    void knows_bodies_that_read_only(String body) {
        assertThat(read(body).objection()).isEmpty();
        assertThat(read(body).calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN DELETE FROM t; RETURN 1; END",
                "BEGIN INSERT INTO t VALUES (1); RETURN 1; END",
                "BEGIN UPDATE t SET a = 1; RETURN 1; END",
                "BEGIN REPLACE INTO t VALUES (1); RETURN 1; END",
                "BEGIN CALL p(); RETURN 1; END",
                "BEGIN DO GET_LOCK('a', 1); RETURN 1; END",
                "BEGIN IF n THEN DELETE FROM t; END IF; RETURN 1; END",
                "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION DELETE FROM t; RETURN 1; END",
                "BEGIN CREATE TEMPORARY TABLE x (a INT); RETURN 1; END",
                "BEGIN SET @x = 1; RETURN 1; END",
                "BEGIN SET sql_mode = ''; RETURN 1; END",
                "BEGIN SET SESSION sql_mode = ''; RETURN 1; END",
                "BEGIN SET @@sql_mode = ''; RETURN 1; END",
                "BEGIN DECLARE x INT; SET x = 1, sql_mode = ''; RETURN 1; END",
                "BEGIN DECLARE x INT; SET x = GET_LOCK('a', 1); RETURN 1; END",
                "BEGIN SELECT a INTO @x FROM t; RETURN 1; END",
                "BEGIN SELECT a FROM t INTO OUTFILE '/tmp/x'; RETURN 1; END",
                "BEGIN DECLARE x INT; SELECT a INTO x FROM t FOR UPDATE; RETURN 1; END",
                "BEGIN DECLARE x INT; SELECT a INTO x FROM t LOCK IN SHARE MODE; RETURN 1; END",
                "BEGIN DECLARE c CURSOR FOR SELECT a FROM t FOR UPDATE; OPEN c; RETURN 1; END",
                "RETURN @x",
                "RETURN @x := 1",
                "RETURN @@server_id",
                "RETURN LAST_INSERT_ID(n)",
                "RETURN LAST_INSERT_ID()",
                "RETURN CONNECTION_ID()",
                "RETURN NEXT VALUE FOR s",
                "RETURN IS_FREE_LOCK('a')",
                "RETURN (SELECT 1 FROM performance_schema.threads LIMIT 1)",
                "BEGIN /*!50000 DELETE FROM t; */ RETURN 1; END",
                "BEGIN SIGNAL SQLSTATE '45000'; RETURN 1; END",
                "BEGIN GET DIAGNOSTICS @x = ROW_COUNT; RETURN 1; END",
                "BEGIN RETURN 1; END; DELETE FROM t",
                "BEGIN RETURN 'open; END",
                "BEGIN NOT ATOMIC RETURN 1; END",
                "BEGIN DECLARE x TEXT DEFAULT 'it''s'; INSERT INTO t VALUES (1); SET x = 'it''s'; RETURN x; END",
                "PREPARE s FROM 'DELETE'",
                "",
            })
    void objects_to_whatever_may_do_more(String body) {
        assertThat(read(body).objection()).isNotEmpty();
    }

    @Test
    void tells_which_functions_are_called_with_their_schemas() {
        assertThat(read("RETURN f(1) + Other.G(`h` (2)) + NOW() + `Now`()").calls())
                .containsExactlyInAnyOrder(
                        new StoredCall(null, "f"), new StoredCall("Other", "g"), new StoredCall(null, "h"));
        assertThat(read("RETURN `now`()").objection()).isNotEmpty();
    }

    @Test
    void survives_any_depth() {
        assertThat(read("BEGIN ".repeat(100_000)).objection()).isNotEmpty();
        assertThat(read("IF 1 THEN ".repeat(100_000)).objection()).isNotEmpty();
    }
}
