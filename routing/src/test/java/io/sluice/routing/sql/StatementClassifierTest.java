// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.topology.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatementClassifierTest {
    private static final LexContext MULTI = LexContext.DEFAULT.withMultiStatements(true);

    private final StatementClassifier classifier = new StatementClassifier(64);

    @Test
    void events_which_a_replica_has_disabled_are_asked_of_the_source() {
        assertClass(StatementClass.RP, "SHOW EVENTS LIKE 'a%'");
        assertClass(StatementClass.RP, "SELECT status FROM information_schema.events");
        assertClass(StatementClass.RP, "SELECT status FROM mysql.event");
    }

    @Test
    void gives_the_same_statement_for_texts_that_differ_in_literals_only() {
        Statement first = classify("SELECT c FROM t WHERE id = 1");
        assertThat(classify("SELECT c FROM t WHERE id = -22 -- twenty-two")).isSameAs(first);
        assertThat(classify("SELECT c FROM t WHERE id = 'x'")).isSameAs(first);
    }

    @Test
    void gives_one_digest_for_every_spelling_of_a_statement() {
        Statement first = classify("SELECT c FROM Users WHERE id = 1");
        assertThat(classify("select c from Users where id=2").digest()).isEqualTo(first.digest());
        assertThat(classify("select c from USERS where id=2").digest()).isNotEqualTo(first.digest());
        assertThat(first.digestText()).isEqualTo("SELECT c FROM Users WHERE id = ?");
    }

    @Test
    void knows_which_versions_have_a_function_no_more() {
        for (String sql : List.of("SELECT md5('a')", "SELECT SHA(1)", "SELECT SHA1(1)")) {
            assertThat(classify(sql, version("9.5.0")).statementClass()).isEqualTo(StatementClass.R);
            assertThat(classify(sql, version("11.8.2-MariaDB")).statementClass())
                    .isEqualTo(StatementClass.R);
            assertThat(classify(sql, version("9.6.0")).statementClass()).isEqualTo(StatementClass.W);
        }
        assertThat(classify("SELECT distance(1, 2)", version("9.7.4")).statementClass())
                .isEqualTo(StatementClass.W);
    }

    @Test
    void gives_one_digest_to_names_with_and_without_needless_quotes() {
        String plain = "SELECT COUNT(*), t.rank, STATUS FROM s.t WHERE größe = ?";
        assertThat(classify("select Count(*), `t`.`rank`, status from `s`.`t` where `größe`=1")
                        .digestText())
                .isEqualTo(plain.replace("größe", new String("größe".getBytes(UTF_8), ISO_8859_1)));
        assertThat(classify("select count(*), t.rank, Status from s.t where größe=2")
                        .digest())
                .isEqualTo(classify(plain).digest());
        assertThat(classify("SELECT `STATUS`, `count`(*), `1a`, `my t`, `` FROM t")
                        .digestText())
                .isEqualTo("SELECT `STATUS`, `count`(*), `1a`, `my t`, `` FROM t");
    }

    @Test
    void gives_one_digest_to_all_values_in_lists_and_with_signs() {
        assertThat(classify("INSERT INTO t (a, b) VALUES (1, NULL, - +2), (@x, -.5), (NULL);")
                        .digestText())
                .isEqualTo("INSERT INTO t(a, b) VALUES(?),(@?),(?)");
        assertThat(classify("SELECT _UTF8MB4'x'").digest())
                .isEqualTo(classify("select _latin1 'y'").digest());
        assertThat(classify("SELECT a -1, b > -1 FROM t WHERE c IS NOT NULL AND d NOT IN (1, NULL) LIMIT -1;;")
                        .digestText())
                .isEqualTo("SELECT a - ?, b > ? FROM t WHERE c IS NOT NULL AND d NOT IN (?) LIMIT ?");
    }

    @Test
    void writes_digests_for_people() {
        assertThat(classify("select count(*),max(a.b) from `my t` a join b on a.x=b.y where z in (1,2,3) limit 5")
                        .digestText())
                .isEqualTo("SELECT COUNT(*), MAX(a.b) FROM `my t` a JOIN b ON a.x = b.y WHERE z IN (?) LIMIT ?");
        assertThat(classify("set autocommit=0").digestText()).isEqualTo("SET autocommit = ?");
        assertThat(classify("select @@session.x, @a:=1 /*!50000 for update */").digestText())
                .isEqualTo("SELECT @@SESSION.x, @? := ? /*! FOR UPDATE */");
    }

    @Test
    void keeps_judging_right_when_the_cache_overflows() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1000; i++) {
                assertClass(StatementClass.R, "SELECT c" + i + " FROM t");
                assertClass(StatementClass.W, "UPDATE t SET c" + i + "=1");
            }
        }
    }

    @Test
    void judges_by_the_context_and_not_by_what_another_context_made_of_the_text() {
        String sql = "SELECT 1; SELECT 2";
        assertClass(StatementClass.W, sql);
        assertThat(classify(sql, MULTI).statementClass()).isEqualTo(StatementClass.R);
        assertThat(classify(sql, MULTI).has(Trait.MULTI_STATEMENT)).isTrue();
        LexContext old = LexContext.DEFAULT.withVersion(ServerVersion.parse("5.7.44"));
        assertClass(StatementClass.R, "SELECT BIN_TO_UUID(x) FROM t");
        assertThat(classify("SELECT BIN_TO_UUID(x) FROM t", old).statementClass())
                .isEqualTo(StatementClass.W);
    }

    @Test
    void takes_several_statements_for_a_read_only_if_all_are() {
        for (String second : List.of("DELETE FROM t", "SET @a=1", "BEGIN", "SELECT f()", "USE x", "FLUSH TABLES")) {
            Statement statement = classify("SELECT 1; " + second, MULTI);
            assertThat(statement.statementClass().isAtLeast(StatementClass.W))
                    .as(second)
                    .isTrue();
        }
    }

    @Test
    void pins_for_good_when_one_text_pins_twice() {
        Statement both = classify("CREATE TEMPORARY TABLE a (b INT); LOCK TABLES c READ; UNLOCK TABLES", MULTI);
        assertThat(both.pin()).isEqualTo(Pin.UNTRACKED_STATE);
        assertThat(both.has(Trait.UNPIN_LOCK_TABLES)).isFalse();
    }

    @Test
    void pins_for_state_that_no_tracker_tells() {
        assertPin(Pin.USER_VARIABLE, "SET @a = 1 + 1");
        assertPin(Pin.USER_VARIABLE, "SELECT @a := 1");
        assertPin(Pin.USER_VARIABLE, "SELECT 1 INTO @a");
        assertPin(Pin.USER_VARIABLE, "LOAD DATA INFILE 'f' INTO TABLE t (@a) SET b=@a+1");
        assertPin(Pin.USER_VARIABLE, "INSERT INTO t VALUES (@a:=1)");
        assertPin(Pin.NAMED_LOCK, "SELECT GET_LOCK('a', 1)");
        assertPin(Pin.NAMED_LOCK, "INSERT INTO t SELECT GET_LOCK('a', 1)");
        assertPin(Pin.TEMPORARY_TABLE, "CREATE TEMPORARY TABLE t (a INT)");
        assertPin(Pin.LOCK_TABLES, "LOCK TABLES t WRITE");
        assertPin(Pin.LOCK_TABLES, "FLUSH TABLES WITH READ LOCK");
        assertPin(Pin.HANDLER, "HANDLER t OPEN");
        assertPin(Pin.XA, "XA START 'x'");
        assertPin(Pin.PREPARED_TEXT, "PREPARE s FROM 'SELECT 1'");
        assertPin(Pin.UNTRACKED_STATE, "CALL p()");
        assertPin(Pin.UNTRACKED_STATE, "SELECT LAST_INSERT_ID(5)");
        assertPin(Pin.BINLOG_SETTING, "SET sql_log_bin = 0");
    }

    @Test
    void does_not_pin_for_what_is_tracked_or_gone() {
        for (String sql : List.of(
                "SET NAMES utf8mb4",
                "SET sql_mode = ''",
                "SET SQL_AUTO_IS_NULL = 0",
                "UPDATE t SET id = LAST_INSERT_ID(id + 1)",
                "SELECT RELEASE_ALL_LOCKS()",
                "UNLOCK TABLES",
                "BEGIN",
                "SELECT f()")) {
            assertThat(classify(sql).pin()).as(sql).isNull();
        }
        assertPin(Pin.UNTRACKED_STATE, "SET SQL_AUTO_IS_NULL = 1");
    }

    @Test
    void tells_what_to_expect_of_the_session() {
        assertTraits("BEGIN", Trait.BEGINS_TRANSACTION);
        assertTraits("select Sluice_Token( ) -- mine", Trait.ASKS_TOKEN);
        assertThat(classify("SELECT sluice_token() + 1").statementClass()).isEqualTo(StatementClass.W);
        assertTraits("START TRANSACTION READ ONLY", Trait.BEGINS_TRANSACTION, Trait.BEGINS_READ_ONLY_TRANSACTION);
        assertTraits(
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ WRITE",
                Trait.BEGINS_TRANSACTION,
                Trait.BEGINS_READ_WRITE_TRANSACTION);
        assertTraits("COMMIT AND CHAIN", Trait.BEGINS_TRANSACTION, Trait.ENDS_TRANSACTION);
        assertTraits("ROLLBACK RELEASE", Trait.ENDS_TRANSACTION, Trait.ENDS_CONNECTION);
        assertTraits("ROLLBACK TO s");
        assertTraits("SET autocommit=0", Trait.SETS_AUTOCOMMIT, Trait.SETS_VARIABLES);
        assertTraits(
                "SET character_set_server=latin1",
                Trait.SETS_ONE_CHARSET,
                Trait.SETS_SHARED_VARIABLES,
                Trait.SETS_VARIABLES);
        assertTraits("SET foreign_key_checks=0", Trait.SETS_SHARED_VARIABLES, Trait.SETS_VARIABLES);
        assertTraits("SET TRANSACTION READ ONLY", Trait.NEXT_TRANSACTION_ONLY);
        assertTraits("SELECT SQL_CALC_FOUND_ROWS * FROM t", Trait.CALC_FOUND_ROWS);
        assertTraits("SELECT LAST_INSERT_ID()", Trait.USES_LAST_INSERT_ID);
        assertTraits("INSERT INTO t VALUES (LAST_INSERT_ID())", Trait.USES_LAST_INSERT_ID);
        assertTraits("SHOW WARNINGS", Trait.USES_DIAGNOSTICS);
        assertTraits("SELECT CONNECTION_ID()", Trait.USES_CONNECTION_ID);
        assertTraits("SHOW FULL PROCESSLIST", Trait.SHOWS_PROCESSES);
        assertTraits("SELECT @a", Trait.READS_USER_VARIABLES);
        assertTraits("SELECT f_write()", Trait.CALLS_UNKNOWN_FUNCTION);
        assertTraits("USE x", Trait.CHANGES_SCHEMA);
        assertTraits("LOAD DATA LOCAL INFILE 'f' INTO TABLE t", Trait.LOCAL_INFILE);
        assertTraits("CALL p()", Trait.HIDES_STATUS);
        assertTraits("KILL QUERY 5", Trait.IS_KILL);
        assertTraits("SET STATEMENT sql_mode='' FOR SELECT 1", Trait.TRANSIENT_VARIABLES);
        assertTraits("SELECT /*+ SET_VAR(sort_buffer_size=1) */ 1", Trait.TRANSIENT_VARIABLES);
        assertTraits("SELECT 'a", Trait.UNLEXABLE, Trait.HIDES_STATUS);
        assertTraits("RESET BINARY LOGS AND GTIDS", Trait.FENCING);
        assertTraits("SET GLOBAL read_only=0", Trait.FENCING);
        assertTraits(" ; /* nothing */", Trait.EMPTY);
    }

    @Test
    void tells_the_next_transaction_from_all_later_ones() {
        assertClass(StatementClass.T, "SET @@transaction_isolation='READ-COMMITTED'");
        assertClass(StatementClass.S, "SET @@session.transaction_isolation='READ-COMMITTED'");
        assertClass(StatementClass.S, "SET SESSION TRANSACTION READ ONLY");
        assertClass(StatementClass.A, "SET GLOBAL TRANSACTION READ ONLY");
    }

    @Test
    void finds_the_statement_behind_common_table_expressions() {
        assertClass(StatementClass.R, "WITH a(x,y) AS (SELECT 1,2), b AS (SELECT 3) SELECT * FROM a,b");
        assertClass(StatementClass.R, "WITH RECURSIVE a AS ((SELECT 1) UNION ALL (SELECT x FROM a)) (SELECT * FROM a)");
        assertClass(StatementClass.W, "WITH a AS (SELECT 1) DELETE FROM t");
        assertClass(StatementClass.W, "WITH a AS (SELECT 1), b AS (SELECT 2) UPDATE t SET c=1");
        assertClass(StatementClass.W, "WITH a AS (SELECT f_write()) SELECT * FROM a");
        assertClass(StatementClass.W, "WITH a");
    }

    @Test
    void takes_column_lists_and_clauses_for_no_calls() {
        for (String sql : List.of(
                "SELECT * FROM (SELECT 1, 2) dt(a, b)",
                "SELECT * FROM (SELECT 1, 2) AS dt (a, b)",
                "SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b) FROM t",
                "SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b)",
                "SELECT * FROM t JOIN LATERAL (SELECT 1) x ON TRUE",
                "SELECT a FROM t WHERE MATCH (b) AGAINST ('c' IN BOOLEAN MODE)",
                "SELECT CAST(a AS DECIMAL(10,2)), CONVERT(b, CHAR(5)) FROM t USE INDEX (i) WHERE (c) IN (1)",
                "SELECT 17 MEMBER OF ('[17]'), GROUP_CONCAT(DISTINCT a ORDER BY b SEPARATOR ',') FROM t",
                "SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (x VARCHAR(10) PATH '$', id FOR ORDINALITY)) j",
                "SELECT * FROM t PARTITION (p0) WHERE EXISTS (SELECT 1) AND a = ANY (SELECT 2)")) {
            assertClass(StatementClass.R, sql);
        }
    }

    @Test
    void takes_every_other_name_before_a_parenthesis_for_a_function_that_may_write() {
        for (String sql : List.of(
                "SELECT f()",
                "SELECT `now`()",
                "SELECT db.now()",
                "SELECT db.1(2)",
                "SELECT f ()",
                "SELECT a FROM t ORDER BY f(a)",
                "SELECT 1, f(a) AS b FROM t",
                "SELECT CASE WHEN (a) THEN f(b) END FROM t")) {
            assertThat(classify(sql).has(Trait.CALLS_UNKNOWN_FUNCTION)).as(sql).isTrue();
            assertClass(StatementClass.W, sql);
        }
    }

    @Test
    void sends_locking_reads_to_the_source_wherever_the_lock_is() {
        for (String sql : List.of(
                "SELECT * FROM (SELECT * FROM t FOR UPDATE) x",
                "SELECT 5--1 FROM t WHERE id=1 FOR UPDATE",
                "SELECT 1.FROM t FOR SHARE",
                "select 1 from t for\nupdate skip locked",
                "SELECT * FROM t LOCK IN SHARE MODE",
                "VALUES ROW(1) INTO OUTFILE 'x'",
                "SELECT 1 FROM t PROCEDURE ANALYSE()")) {
            assertClass(StatementClass.W, sql);
        }
    }

    @Test
    void takes_the_strictest_reading_of_executable_comments() {
        assertClass(StatementClass.R, "SELECT /*!40001 SQL_NO_CACHE */ * FROM t");
        assertClass(StatementClass.W, "/*!50000 SELECT 1 -- */ DELETE FROM t");
        assertClass(StatementClass.W, "/*!50000 SELECT a, */ /*!60000 DELETE FROM t WHERE a */");
        assertClass(StatementClass.W, "SELECT 1 /*!1 FOR*/ /*!2 UPDATE*/");
        assertClass(StatementClass.W, "SELECT /*!1 a*/ /*!2 b*/ /*!3 c*/ /*!4 d*/ /*!5 e*/ FROM t");
    }

    @Test
    void reads_accounts_in_show_as_accounts() {
        assertClass(StatementClass.R, "SHOW GRANTS FOR 'u'@'h'");
        assertClass(StatementClass.R, "SHOW GRANTS FOR u@localhost");
        assertClass(StatementClass.RP, "SHOW VARIABLES WHERE Value = @a");
        assertClass(StatementClass.W, "SHOW VARIABLES WHERE f(Value)");
    }

    @Test
    void statements_within_statements_are_followed_for_some_steps_and_no_further() {
        assertClass(StatementClass.R, "SET STATEMENT a=1 FOR SET STATEMENT b=1 FOR ANALYZE SELECT 1");
        for (String verb : List.of("EXPLAIN ANALYZE ", "ANALYZE ", "SET STATEMENT a=1 FOR ")) {
            Statement deep = classify(verb.repeat(20_000) + "SELECT 1");
            assertThat(deep.statementClass()).isEqualTo(StatementClass.W);
            assertThat(deep.pin()).isEqualTo(Pin.UNTRACKED_STATE);
        }
    }

    @Test
    void plans_reads_anywhere_and_writes_at_the_source() {
        assertClass(StatementClass.R, "EXPLAIN FORMAT=JSON SELECT 1");
        assertClass(StatementClass.R, "DESCRIBE db.t 'a%'");
        assertClass(StatementClass.RP, "EXPLAIN SELECT * FROM t FOR UPDATE");
        assertClass(StatementClass.RP, "EXPLAIN INSERT INTO t VALUES (1)");
        assertClass(StatementClass.W, "EXPLAIN ANALYZE SELECT * FROM t FOR UPDATE");
        assertClass(StatementClass.W, "ANALYZE FORMAT=JSON UPDATE t SET a=1");
        assertClass(StatementClass.R, "ANALYZE SELECT 1");
        assertClass(StatementClass.P, "EXPLAIN SELECT @a:=1");
        assertClass(StatementClass.P, "EXPLAIN FORMAT=JSON INTO @a SELECT 1");
    }

    @Test
    void sees_every_assignment_of_a_set() {
        assertClass(StatementClass.A, "SET sql_mode='', GLOBAL max_connections=1");
        assertClass(StatementClass.A, "SET GLOBAL a=1, b=2");
        assertClass(StatementClass.P, "SET sql_mode='', sql_log_bin=0");
        assertClass(StatementClass.W, "SET sql_mode=f_write()");
        assertClass(StatementClass.S, "SET sql_mode=CONCAT(@@sql_mode, ',ANSI'), time_zone='+00:00'");
        assertClass(StatementClass.W, "SET");
        assertClass(StatementClass.S, "SET SESSION session_track_gtids=OFF");
        assertThat(classify("SET session_track_gtids=OFF, sql_mode=''").has(Trait.SETS_TRACKERS))
                .isTrue();
        assertThat(classify("SET @a = 1, @b = NULL").traits()).containsExactly(Trait.SETS_USER_LITERALS);
        for (String sql : List.of(
                "GRANT a TO b",
                "REVOKE ALL ON *.* FROM b",
                "FLUSH HOSTS, PRIVILEGES",
                "FLUSH LOCAL OPTIMIZER_COSTS",
                "SET GLOBAL sort_buffer_size=1",
                "SET @@persist.sort_buffer_size=1",
                "SET GLOBAL TRANSACTION READ ONLY")) {
            assertThat(classify(sql).traits()).as(sql).contains(Trait.CHANGES_NEW_CONNECTIONS);
        }
        assertThat(classify("SET ROLE none").traits()).containsExactly(Trait.SETS_ROLE);
        assertThat(classify("SET wait_timeout = 1").has(Trait.SETS_TIMEOUTS)).isTrue();
        assertThat(classify("SELECT @@wait_timeout").traits()).containsExactly(Trait.READS_OWNED_VARIABLES);
        assertThat(classify("SHOW SESSION VARIABLES").traits()).containsExactly(Trait.READS_OWNED_VARIABLES);
        assertClass(StatementClass.W, "SET STATEMENT sql_log_bin=0 FOR SELECT 1");
        assertClass(StatementClass.W, "SET STATEMENT max_statement_time=1 FOR DELETE FROM t");
    }

    private void assertClass(StatementClass expected, String sql) {
        assertThat(classify(sql).statementClass())
                .as(sql + " is " + classify(sql))
                .isEqualTo(expected);
    }

    private void assertPin(Pin expected, String sql) {
        assertThat(classify(sql).pin()).as(sql).isEqualTo(expected);
    }

    private void assertTraits(String sql, Trait... expected) {
        assertThat(classify(sql).traits()).as(sql).containsExactlyInAnyOrder(expected);
    }

    private static LexContext version(String version) {
        return LexContext.DEFAULT.withVersion(ServerVersion.parse(version));
    }

    private Statement classify(String sql) {
        return classify(sql, LexContext.DEFAULT);
    }

    private Statement classify(String sql, LexContext context) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return classifier.classify(bytes, 0, bytes.length, context);
    }
}
