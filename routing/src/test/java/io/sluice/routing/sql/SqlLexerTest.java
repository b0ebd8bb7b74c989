// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class SqlLexerTest {
    private static final LexContext ANSI = LexContext.DEFAULT.withSqlMode("ANSI_QUOTES");
    private static final LexContext NO_ESCAPES = LexContext.DEFAULT.withSqlMode("NO_BACKSLASH_ESCAPES");

    private final SqlLexer lexer = new SqlLexer();

    @Test
    void replaces_literals_of_every_form() {
        assertThat(normal("SELECT 1 a,'x' b,\"y\" c,1.5 d,.5e1 e,1e5 f,1e-5 g,0x41 h,0b01 i"))
                .isEqualTo("SELECT ? a,? b,? c,? d,? e,? f,? g,? h,? i");
        assertThat(normal("SELECT X'41' a,b'01' c,N'x' d,_utf8mb4'x' e,\\N f"))
                .isEqualTo("SELECT ? a,? c,? d,_utf8mb4 ? e,? f");
        assertThat(normal("WHERE a='it''s' AND b=\"q\"\"q\" AND c='\\'' AND d=-1"))
                .isEqualTo("WHERE a=? AND b=? AND c=? AND d=?");
    }

    @Test
    void keeps_identifiers_that_begin_with_digits() {
        assertThat(normal("SELECT 1abc, t.1a, 1e, 0xfg, t.1 FROM 2b"))
                .isEqualTo("SELECT 1abc,t.1a,1e,0xfg,t.1 FROM 2b");
        assertThat(normal("SELECT 1e5a")).isEqualTo("SELECT ? a");
        assertThat(normal("SELECT 1.FROM t")).isEqualTo("SELECT ? FROM t");
    }

    @Test
    void collapses_lists_of_literals_and_equal_rows() {
        assertThat(normal("a IN (1, 2, 'x', NULL)")).isEqualTo("a IN(?)");
        assertThat(normal("VALUES (1,'a',now()),(2,'b',now()),(3,'c',now())")).isEqualTo("VALUES(?,now())");
        assertThat(normal("VALUES (1),(2) , (3)")).isEqualTo("VALUES(?)");
    }

    @Test
    void drops_comments_and_blanks() {
        assertThat(normal(" /* a */ SELECT -- b\n 1 # c\n + /*+ hint */ a--\n")).isEqualTo("SELECT ?+a");
        assertThat(normal("SELECT 5--1")).isEqualTo("SELECT ?--?");
        assertThat(normal("a /* b */c")).isEqualTo("a c");
    }

    @Test
    void marks_executable_comments() {
        assertThat(normal("a /*!50000 b */ c")).isEqualTo("a\u0001b\u0002c");
        assertThat(normal("a /*!260700 b */ c")).isEqualTo("a\u0001b\u0002c");
        assertThat(normal("a /*M! b */ c")).isEqualTo("a\u0001b\u0002c");
        assertThat(normal("a /*!40001SQL_NO_CACHE */ c")).isEqualTo("a\u0001SQL_NO_CACHE\u0002c");
    }

    @Test
    void gives_up_where_servers_differ_about_a_comments_end() {
        assertUnreadable("a /*! '*/' */ c", LexContext.DEFAULT);
        assertUnreadable("a /*! b /* c */ d */ e", LexContext.DEFAULT);
        assertUnreadable("a /*! -- */\n b */", LexContext.DEFAULT);
        assertUnreadable("a /*!500001b */ c", LexContext.DEFAULT);
    }

    @Test
    void gives_up_on_what_does_not_end() {
        for (String text : new String[] {"SELECT 'a", "SELECT \"a", "SELECT `a", "a /* b", "a /*! b", "SELECT 'a\\'"}) {
            assertUnreadable(text, LexContext.DEFAULT);
        }
    }

    @Test
    void gives_up_on_dollar_quotes_and_control_bytes() {
        assertUnreadable("CREATE LIBRARY l AS $$ x $$", LexContext.DEFAULT);
        assertUnreadable("SELECT \u0001", LexContext.DEFAULT);
        assertUnreadable("SELECT 1\0, 2", LexContext.DEFAULT);
    }

    @Test
    void follows_ansi_quotes() {
        assertThat(normal("SELECT \"a`b\"\"c\" FROM t", ANSI)).isEqualTo("SELECT `a``b\"c` FROM t");
    }

    @Test
    void follows_no_backslash_escapes() {
        assertThat(normal("SELECT 'a\\', b", NO_ESCAPES)).isEqualTo("SELECT ?,b");
        assertUnreadable("SELECT 'a\\', b", LexContext.DEFAULT);
    }

    @Test
    void takes_a_zero_byte_at_the_end_for_the_end() {
        assertThat(normal("SELECT a\0")).isEqualTo("SELECT a");
    }

    @Test
    void gives_up_at_the_first_high_byte_of_an_unsafe_character_set() {
        LexContext gbk = LexContext.DEFAULT.withCharset("gbk");
        assertThat(normal("SELECT 'a'", gbk)).isEqualTo("SELECT ?");
        assertUnreadable("SELECT '\u00bf\\' FOR UPDATE", gbk);
    }

    @Test
    void writes_every_quoted_variable_the_same_way() {
        assertThat(normal("SET @a=1,@'b c'=2,@\"d\"=3,@`e`=4")).isEqualTo("SET@a=1,@`b c`=?,@`d`=?,@`e`=?");
        assertThat(normal("SELECT @@global.x,@@y, @a.b")).isEqualTo("SELECT@@global.x,@@y,@a.b");
    }

    @Test
    void tells_zero_and_one_in_set_only() {
        assertThat(normal("SET a=0")).isEqualTo("SET a=0");
        assertThat(normal("SELECT a=0")).isEqualTo("SELECT a=?");
    }

    @Test
    void never_throws_whatever_the_bytes_are() {
        byte[] alphabet = "aSeX@.,()'\"`\\/*!-#?;:=0159eE+ \n\t$M_\0\u0001<>".getBytes(StandardCharsets.ISO_8859_1);
        StatementClassifier classifier = new StatementClassifier(64);
        Seeds.forEach(20_000, random -> {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            boolean nearSql = random.nextBoolean();
            for (int i = 0; nearSql && i < bytes.length; i++) {
                bytes[i] = alphabet[random.nextInt(alphabet.length)];
            }
            LexContext context = new LexContext(
                    random.nextBoolean(), random.nextBoolean(), random.nextBoolean(), random.nextBoolean(), null);
            assertThat(classifier.classify(bytes, 0, bytes.length, context)).isNotNull();
        });
    }

    @Test
    void reads_no_byte_outside_its_range() throws Exception {
        for (ClassifierCorpusTest.Row row : ClassifierCorpusTest.rows()) {
            byte[] sql = row.sql().getBytes(StandardCharsets.UTF_8);
            for (int length = 0; length <= sql.length; length++) {
                byte[] padded = new byte[sql.length + 20];
                Arrays.fill(padded, (byte) '\'');
                System.arraycopy(sql, 0, padded, 10, length);
                lexer.normalise(sql, 0, length, LexContext.DEFAULT);
                String alone = text();
                lexer.normalise(padded, 10, length, LexContext.DEFAULT);
                assertThat(text()).isEqualTo(alone);
            }
        }
    }

    @Test
    void cuts_off_what_stays_endless() {
        StringBuilder sql = new StringBuilder("INSERT INTO t VALUES ");
        for (int i = 0; i < 200_000; i++) {
            sql.append("(c").append(i).append("),");
        }
        assertThat(normal(sql.append("(1)").toString())).endsWith("\u0003");
        assertThat(normal("SELECT 1")).isEqualTo("SELECT ?");
    }

    private void assertUnreadable(String sql, LexContext context) {
        assertThat(normal(sql, context)).endsWith("\u0003");
    }

    private String normal(String sql) {
        return normal(sql, LexContext.DEFAULT);
    }

    private String normal(String sql, LexContext context) {
        byte[] bytes = sql.getBytes(StandardCharsets.ISO_8859_1);
        lexer.normalise(bytes, 0, bytes.length, context);
        return text();
    }

    private String text() {
        return new String(lexer.normal().bytes(), 0, lexer.normal().length(), StandardCharsets.ISO_8859_1);
    }
}
